// The root of every error that Oriel throws, and the three that the language itself throws.
// Server errors are in database-error.ts.

import { beginAtUser } from './user-frames.ts'

export interface OrielErrorOptions {
  /** What to do about it, in one sentence. Printed behind the message. */
  readonly hint?: string
  readonly cause?: unknown
}

/** Base of all errors of Oriel. `code` is stable and names the page of the error in the documentation. */
export class OrielError extends Error {
  readonly code: string = 'ORIEL_ERROR'
  declare readonly hint?: string

  constructor(message: string, options: OrielErrorOptions = {}) {
    super(
      options.hint ? `${message}\n  ${options.hint}` : message,
      'cause' in options ? { cause: options.cause } : undefined,
    )
    // Quiet, and the cause behind a getter: a printed error shows neither the hint twice nor a driver's frames and fields.
    if (options.hint)
      Object.defineProperty(this, 'hint', { value: options.hint, enumerable: false, configurable: true })
    Object.defineProperty(this, 'name', { value: new.target.name, enumerable: false, configurable: true })
    if ('cause' in options)
      Object.defineProperty(this, 'cause', { get: () => options.cause, enumerable: false, configurable: true })
    beginAtUser(this)
  }
}

/** The caller passed something that can never work. Nothing was sent. */
export class ArgumentError extends OrielError {
  override readonly code: string = 'ORIEL_ARGUMENT'
}

/** The statement cannot be written as SQL. Nothing was sent. */
export class CompileError extends OrielError {
  override readonly code: string = 'ORIEL_COMPILE'
}

/** The statement asks for something that this dialect does not have. */
export class UnsupportedByDialectError extends CompileError {
  override readonly code: string = 'ORIEL_UNSUPPORTED_BY_DIALECT'
}

/** The right call at the wrong moment: what was asked for is not possible in the present state. */
export class InvalidRequestError extends OrielError {
  override readonly code: string = 'ORIEL_INVALID_REQUEST'
}
