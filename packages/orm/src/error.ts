// The errors of mapping and of mapped objects. Their base classes are in @oriel/sql.
import { InvalidRequestError, OrielError, type OrielErrorOptions } from '@oriel/sql'

/** One thing that is wrong with the mapping. */
export interface MappingProblem {
  /** The class, as the user named it. */
  readonly entity: string
  /** The property, where it is about one. */
  readonly property: string | null
  /** What is wrong, in the user's names. */
  readonly message: string
  /** What to write instead. */
  readonly remedy: string
}

function sentence({ message, remedy }: MappingProblem): string {
  return `${message}. ${remedy}`
}

function report(problems: readonly MappingProblem[]): string {
  const [only] = problems
  if (only && problems.length === 1) return sentence(only)
  return [`The mapping has ${problems.length} problems:`, ...problems.map((p, i) => `  ${i + 1}. ${sentence(p)}`)].join(
    '\n',
  )
}

/** The mapping of classes to tables is wrong. `problems` lists everything that was found, each with its remedy. */
export class MappingError extends OrielError {
  override readonly code: string = 'ORIEL_MAPPING'
  readonly problems: readonly MappingProblem[]

  constructor(problems: readonly MappingProblem[]) {
    super(report(problems))
    this.problems = Object.freeze([...problems])
    Object.defineProperty(this, 'problems', { enumerable: false })
  }
}

/** What was read is not loaded. Nothing is loaded by reading: ask for it in the statement, or load it before. */
export class NotLoadedError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_NOT_LOADED'
}

/** The object is in no session, or in another one. */
export class DetachedInstanceError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_DETACHED_INSTANCE'
}

/** Two operations of one session overlap where they must not. The stack shows both places. */
export class ConcurrentSessionError extends InvalidRequestError {
  override readonly code: string = 'ORIEL_CONCURRENT_SESSION'
}

/** The session's objects cannot be written as they are. Where it is found before SQL, nothing was sent. */
export class FlushError extends OrielError {
  override readonly code: string = 'ORIEL_FLUSH'
}

/** A row that was to be updated or deleted is not there any more. */
export class StaleDataError extends FlushError {
  override readonly code: string = 'ORIEL_STALE_DATA'
}

/** New objects refer to each other in a cycle that no order of inserts can satisfy. */
export class CircularDependencyError extends FlushError {
  override readonly code: string = 'ORIEL_CIRCULAR_DEPENDENCY'
}

/** The row behind an object was deleted by somebody else. */
export class ObjectDeletedError extends FlushError {
  override readonly code: string = 'ORIEL_OBJECT_DELETED'
}

/** What was given does not fit the model. Found here, before the server sees it. */
export class ValidationError extends OrielError {
  override readonly code: string = 'ORIEL_VALIDATION'
}

/** A row of a bulk load does not fit, and nobody takes such rows. */
export class RowRejectedError extends ValidationError {
  override readonly code: string = 'ORIEL_ROW_REJECTED'
  /** The row's number in the source, from 1. */
  readonly row: number
  /** The property; null where it is about the row as a whole. */
  readonly property: string | null
  readonly reason: string

  constructor(
    message: string,
    { row, property, reason }: { readonly row: number; readonly property: string | null; readonly reason: string },
    options: OrielErrorOptions = {},
  ) {
    super(message, options)
    this.row = row
    this.property = property
    this.reason = reason
  }
}
