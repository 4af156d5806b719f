// From what a driver rejects with to what the user meets. Made where it is awaited, so that the stack ends at the caller's line.
import { type DatabaseError, type Dialect, modelOfError, QueryCanceledError, withRelated } from '@oriel/sql'
import type { Deadline } from '../deadline.ts'
import { DriverError, type WireStatement } from '../driver.ts'
import { ConnectionLostError } from '../error.ts'
import type { Prepared } from '../prepare/preparer.ts'
import type { ModelOf } from './parts.ts'

export interface FailureContext {
  readonly dialect: Dialect
  /** Host, port, database and user. */
  readonly target: string
  readonly deadline: Deadline
  readonly statement: WireStatement
  /** Null for BEGIN and its like. */
  readonly prepared: Prepared<unknown> | null
  readonly modelOf: ModelOf | null
}

/** The error for a statement that failed. What is no driver's error goes on as it is. */
export function statementFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof DriverError) {
    const refused = databaseError(error, context)
    // The cancel that we asked for ourselves.
    if (refused instanceof QueryCanceledError && context.deadline.hasPassed)
      return context.deadline.error('The statement was canceled')
    return refused
  }
  if (error instanceof ConnectionLostError)
    return new ConnectionLostError(`The connection to ${context.target} was lost ${lostWhen[error.phase]}.`, {
      phase: error.phase,
      cause: error.cause ?? error,
    })
  return error
}

const lostWhen = {
  'not sent': 'before the statement was sent',
  sent: 'after the statement was sent: whether it took effect is not known',
} as const

function databaseError(error: DriverError, context: FailureContext): DatabaseError {
  const { dialect, prepared, statement } = context
  const binds = prepared?.compiled.binds ?? []
  const model =
    context.modelOf?.(error.fields) ?? modelOfError(error.fields, withRelated(prepared?.compiled.elements ?? []))
  return dialect.databaseError({
    fields: error.fields,
    statement: {
      text: statement.text,
      params: binds.map(({ value }) => value),
      subjects: binds.map(({ subject }) => subject),
    },
    ...(model ? { model } : {}),
    cause: error.cause ?? error,
  })
}
