// SQLSTATE → error class, by one map. The words of the message come from error/message.ts, the way out from error/hint.ts.
import {
  CheckViolationError,
  DatabaseError,
  type DatabaseErrorOptions,
  DataError,
  DeadlockError,
  ExclusionViolationError,
  ForeignKeyViolationError,
  IntegrityError,
  LockTimeoutError,
  NotNullViolationError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  QueryCanceledError,
  SerializationError,
  TransactionRollbackError,
  UniqueViolationError,
} from '@oriel/sql'
import { hintFor } from './error/hint.ts'
import { explain } from './error/message.ts'

type ErrorClass = new (options: DatabaseErrorOptions) => DatabaseError

/** Whole codes first, then the class of two characters. What is in neither is a plain DatabaseError. */
const byCode: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['23001', ForeignKeyViolationError],
  ['23502', NotNullViolationError],
  ['23503', ForeignKeyViolationError],
  ['23505', UniqueViolationError],
  ['23514', CheckViolationError],
  ['23P01', ExclusionViolationError],
  ['25P02', DatabaseError],
  ['25P03', OperationalError],
  ['25P04', OperationalError],
  ['40001', SerializationError],
  ['40P01', DeadlockError],
  ['44000', IntegrityError],
  ['55P03', LockTimeoutError],
  ['57014', QueryCanceledError],
])

const byClass: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['08', OperationalError],
  ['0A', NotSupportedError],
  ['0L', ProgrammingError],
  ['0P', ProgrammingError],
  ['20', ProgrammingError],
  ['21', ProgrammingError],
  ['22', DataError],
  ['23', IntegrityError],
  ['25', ProgrammingError],
  ['26', ProgrammingError],
  ['27', IntegrityError],
  ['28', OperationalError],
  ['2B', ProgrammingError],
  ['34', ProgrammingError],
  ['3B', ProgrammingError],
  ['3D', ProgrammingError],
  ['3F', ProgrammingError],
  ['40', TransactionRollbackError],
  ['42', ProgrammingError],
  ['53', OperationalError],
  ['54', OperationalError],
  ['55', OperationalError],
  ['57', OperationalError],
  ['58', OperationalError],
])

/** The class of the errors that a SQLSTATE stands for. */
export function errorClass(sqlState: string): ErrorClass {
  return byCode.get(sqlState) ?? byClass.get(sqlState.slice(0, 2)) ?? DatabaseError
}

/** The error for what the server refused: its class by SQLSTATE, its message in the names of the caller. */
export function databaseError(options: DatabaseErrorOptions): DatabaseError {
  const { fields } = options
  const { message, model, column } = explain(options)
  const hint = options.hint ?? hintFor(fields.sqlState, fields.hint, options.statement?.text)
  return new (errorClass(fields.sqlState))({
    ...options,
    fields: column === undefined ? fields : { ...fields, column: fields.column ?? column },
    message: options.message ?? message,
    ...(model ? { model } : {}),
    ...(hint ? { hint } : {}),
  })
}
