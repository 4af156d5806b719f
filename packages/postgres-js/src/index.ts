// The public face of @oriel/postgres-js. Every name that leaves the package stands here.

export type { PostgresAddress, SslMode } from '@oriel/postgres-wire'
export { PostgresJsDriver, type PostgresJsOptions, postgresJs } from './postgres-js.ts'
