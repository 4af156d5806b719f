export { PgliteConnection } from './connection.ts'
export { PgliteDriver, type PgliteDriverOptions, pglite } from './pglite.ts'
