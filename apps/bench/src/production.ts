// The first import of a bench: everything runs as it is deployed. `NODE_ENV=development npm run bench` measures the other mode.
process.env.NODE_ENV ??= 'production'
