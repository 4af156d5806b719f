// The public face of @oriel/pglite. Every name that leaves the package stands here.
export { PgliteConnection } from './connection.ts'
export { PgliteDriver, type PgliteDriverOptions, pglite } from './pglite.ts'
