// What a failed flush is told as.
import { ConnectionLostError } from '@oriel/engine'
import { ArgumentError } from '@oriel/sql'

/** COMMIT was not sent: what the server had taken, it has thrown away. */
export function lostInFlush(error: ConnectionLostError): ConnectionLostError {
  return new ConnectionLostError(`The connection was lost during a flush: nothing of this transaction was written.`, {
    phase: error.phase,
    cause: error,
    hint: 'Roll the session back, add what was new, and run the transaction again.',
  })
}

/** What was thrown, as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new ArgumentError(String(error))
}
