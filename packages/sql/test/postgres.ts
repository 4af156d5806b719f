// PostgreSQL for these tests: the dialect, and PGlite as a bare wire. By path, since packages/sql depends on nothing.
import { postgres } from '../../postgres/src/postgres.ts'

export { openWire, type Wire } from '../../postgres/test/wire.ts'

export const dialect = postgres()
