// Where a public call was made, for the error that has no line of the user's otherwise. Production goes without: taking a place is the
// dearest part of a small statement, a tenth of a read by key on a server beside it.
import { env } from 'node:process'
import { type Place, placeOf } from '@oriel/sql'

const isKept = env.NODE_ENV !== 'production'

/** Where `before` was called; null in production. `const call = callPlace(this.execute)` */
export function callPlace(before: (...args: never[]) => unknown): Place | null {
  return isKept ? placeOf(before) : null
}
