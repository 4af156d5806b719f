// Errors begin at the caller's line: their stack is taken where the public call is awaited, not deep in the pool or a driver.
// No stack is taken where nothing fails.
import { OrielError } from '@oriel/sql'

const taken = new WeakSet<object>()

/** The error, with a stack from here outwards through the awaits. Once: an error that goes on through other calls keeps its place. */
export function atCaller(error: unknown): unknown {
  if (error instanceof OrielError && !taken.has(error)) {
    taken.add(error)
    Error.captureStackTrace(error, atCaller)
  }
  return error
}
