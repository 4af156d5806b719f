# The API of apps/api. Built from the root of the repository:
#   docker build -f docker/api.Dockerfile -t oriel-api .
#   docker run -p 3000:3000 oriel-api                     # PostgreSQL inside the process
#   docker run -p 3000:3000 oriel-api --host 0.0.0.0 --database-url postgres://…
FROM node:22-slim

WORKDIR /workspace
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json ./
COPY packages packages
COPY apps/flights apps/flights
COPY apps/api apps/api
RUN npx --yes pnpm@12.21.0 install --frozen-lockfile --prod --filter-prod @oriel-apps/api...

ENV NODE_ENV=production
USER node
WORKDIR /workspace/apps/api
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--conditions=@oriel/source", "--import", "tsx", "src/main.ts"]
CMD ["--host", "0.0.0.0"]
