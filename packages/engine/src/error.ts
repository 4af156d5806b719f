// Errors of the wire and of results. What the server refused is a DatabaseError, in @oriel/sql.
import { InvalidRequestError, OrielError } from '@oriel/sql'

/** The connection to the server could not be made, was lost, or was not to be had. */
export class ConnectionError extends OrielError {
  override readonly code: string = 'ORIEL_CONNECTION'
  /** True only when nothing of the statement had been sent. */
  readonly safeToRetry: boolean = false
}
/** No connection could be made: wrong host, password or database, or a server that is not there. */
export class ConnectError extends ConnectionError {
  override readonly code: string = 'ORIEL_CONNECT'
  override readonly safeToRetry: boolean = true
}
/** How far the statement had come when the connection was lost. */
export type LostPhase = 'not sent' | 'sent'
/** The connection was lost. `phase` says whether the statement had been sent. */
export class ConnectionLostError extends ConnectionError {
  override readonly code: string = 'ORIEL_CONNECTION_LOST'
  readonly phase: LostPhase
  override readonly safeToRetry: boolean

  constructor(
    message: string,
    options: { readonly phase: LostPhase; readonly cause?: unknown; readonly hint?: string },
  ) {
    super(message, options)
    this.phase = options.phase
    this.safeToRetry = options.phase === 'not sent'
  }
}
/** No connection became free in time. */
export class PoolTimeoutError extends ConnectionError {
  override readonly code: string = 'ORIEL_POOL_TIMEOUT'
  override readonly safeToRetry: boolean = true
}
/** The transaction was aborted by an earlier error, which is the cause: nothing but a rollback is possible. */
export class PendingRollbackError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_PENDING_ROLLBACK'
}
/** The engine, connection or result was closed. */
export class ClosedError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_CLOSED'
}
/** `one()` found no row. */
export class NoResultFoundError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_NO_RESULT_FOUND'
}
/** `one()` or `oneOrNone()` found more than one row. */
export class MultipleResultsFoundError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_MULTIPLE_RESULTS_FOUND'
}
/** The caller's signal, or a time limit, ended the statement. `cause` is the signal's reason. */
export class CanceledError extends OrielError {
  override readonly code: string = 'ORIEL_CANCELED'
}
/** The stream was ended before its rows were: its transaction or its session ended, or it was closed. */
export class StreamClosedError extends OrielError {
  override readonly code: string = 'ORIEL_STREAM_CLOSED'
}
/** The connection was lost after COMMIT had been sent: whether it was committed is not known. */
export class CommitUnknownError extends ConnectionError {
  override readonly code: string = 'ORIEL_COMMIT_UNKNOWN'
  /** The number of the transaction, by which the server tells what became of it; null where nobody asked for it. */
  readonly transactionId: string | null

  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly hint?: string; readonly transactionId?: string | null },
  ) {
    super(message, options)
    this.transactionId = options.transactionId ?? null
  }
}
