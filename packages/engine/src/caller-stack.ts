// Errors begin at the caller's line: their stack is taken where the public call is awaited. Which lines are the user's, sql knows.
import { beginAtUser, OrielError, type Place, rememberCall } from '@oriel/sql'

const taken = new WeakSet<object>()

/**
 * The error, with a stack from here outwards through the awaits, or from the call where nobody awaited it.
 * Once: an error that goes on through other calls keeps its place.
 */
export function atCaller(error: unknown, call?: Place | null): unknown {
  if (!(error instanceof OrielError)) return error
  if (call) rememberCall(error, call)
  if (taken.has(error)) return error
  taken.add(error)
  beginAtUser(error)
  return error
}
