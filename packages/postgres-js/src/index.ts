// The public face of @oriel/postgres-js. Every name that leaves the package stands here.
export { PostgresJsDriver, type PostgresJsOptions, postgresJs } from './postgres-js.ts'
export type { PostgresAddress, SslMode } from './target.ts'
