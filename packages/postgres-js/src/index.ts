export { PostgresJsDriver, type PostgresJsOptions, postgresJs } from './postgres-js.ts'
export type { PostgresAddress, SslMode } from './target.ts'
