// The public face of @oriel/pg. Every name that leaves the package stands here.
export type { PostgresAddress, SslMode } from '@oriel/postgres-wire'
export { NodePostgresDriver, type NodePostgresOptions, nodePostgres } from './node-postgres.ts'
