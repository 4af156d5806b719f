// The public face of @oriel/fastify. Every name that leaves the package stands here.
export { type RequestSessionOptions, requestSession } from './request-session.ts'
