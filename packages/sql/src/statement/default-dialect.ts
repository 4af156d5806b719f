// The dialect that `toSQL()` means when none is named. `oriel` registers PostgreSQL; @oriel/sql alone has none.
import type { Dialect } from '../dialect.ts'
import { InvalidRequestError } from '../error/oriel-error.ts'

let registered: Dialect | null = null

/** Makes a dialect the one that `toSQL()` without a target means. */
export function setDefaultDialect(dialect: Dialect): void {
  registered = dialect
}

export function defaultDialect(): Dialect {
  if (registered) return registered
  throw new InvalidRequestError('No dialect is registered for toSQL().', {
    hint: "Import 'oriel', which registers PostgreSQL, or pass one: toSQL(dialect).",
  })
}
