// The errors of a connection that is no longer there, in the words that all drivers over sockets share.
import { ClosedError, ConnectionLostError, type LostPhase } from '@oriel/engine'
import { messageOf } from './message-of.ts'
import { describeTarget, type Target } from './target.ts'

/** The ConnectionLostError for a statement that had come so far. */
export function lostError(target: Target, phase: LostPhase, cause: unknown): ConnectionLostError {
  const message = cause === undefined ? undefined : messageOf(cause)
  const why = message ? `: ${message}` : ''
  const when = phase === 'sent' ? 'while a statement ran' : 'before the statement was sent'
  return new ConnectionLostError(`The connection to ${describeTarget(target)} was lost ${when}${why}`, {
    phase,
    cause,
    hint:
      phase === 'sent'
        ? 'Whether the statement took effect is not known; its transaction, if it was in one, did not.'
        : 'Nothing was sent: run it again on a new connection, from the start of its transaction.',
  })
}

/** The ClosedError for a statement on a connection that was closed. */
export function closedError(target: Target): ClosedError {
  return new ClosedError(`The connection to ${describeTarget(target)} was closed`, {
    hint: 'Take a new connection from the engine.',
  })
}
