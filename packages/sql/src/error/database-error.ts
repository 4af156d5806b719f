// What the server refused, by meaning. A dialect maps the server's code to one of these classes; drivers only deliver fields.
import { OrielError } from './oriel-error.ts'

/** The fields of a server's error, as every driver delivers them. */
export interface ServerErrorFields {
  readonly message: string
  /** SQLSTATE, five characters. */
  readonly sqlState: string
  readonly severity?: string
  readonly detail?: string
  readonly hint?: string
  /** 1-based character position in the statement. */
  readonly position?: number
  readonly where?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly dataType?: string
  readonly constraint?: string
}

/** The statement that failed. Parameters are kept out of messages and logs unless asked for. */
export interface FailedStatement {
  readonly text: string
  readonly params: readonly unknown[]
  /** What each parameter stands for, such as `Order.amount`. */
  readonly subjects: readonly string[]
}

/** What the dialect found out about the model behind a constraint; the mapper fills it in. */
export interface ModelContext {
  readonly entity?: string
  readonly property?: string
  readonly value?: unknown
  /** The other side of a foreign key: the entity that is referred to, or the property that refers. */
  readonly other?: string
}

export interface DatabaseErrorOptions {
  readonly fields: ServerErrorFields
  readonly statement?: FailedStatement
  readonly message?: string
  readonly hint?: string
  readonly model?: ModelContext
  readonly cause?: unknown
}

/** The server refused a statement. `sqlState` says why; subclasses say it by meaning. */
export class DatabaseError extends OrielError {
  override readonly code: string = 'ORIEL_DATABASE'
  /** May the same transaction succeed if it is run again from the top? */
  readonly isRetryable: boolean = false
  declare readonly sqlState: string
  declare readonly detail?: string
  declare readonly constraint?: string
  declare readonly table?: string
  declare readonly column?: string
  declare readonly position?: number
  declare readonly statement?: FailedStatement
  declare readonly entity?: string
  declare readonly property?: string
  declare readonly value?: unknown

  constructor(options: DatabaseErrorOptions) {
    super(options.message ?? options.fields.message, {
      hint: options.hint ?? options.fields.hint,
      cause: options.cause,
    })
    const { fields, model } = options
    const quiet = {
      sqlState: fields.sqlState,
      detail: fields.detail,
      constraint: fields.constraint,
      table: fields.table,
      column: fields.column,
      position: fields.position,
      statement: options.statement,
      entity: model?.entity,
      property: model?.property,
      value: model?.value,
    }
    for (const [name, value] of Object.entries(quiet))
      Object.defineProperty(this, name, { value, enumerable: false, configurable: true })
  }
}

export class IntegrityError extends DatabaseError {
  override readonly code: string = 'ORIEL_INTEGRITY'
}
export class UniqueViolationError extends IntegrityError {
  override readonly code: string = 'ORIEL_UNIQUE_VIOLATION'
}
export class ForeignKeyViolationError extends IntegrityError {
  override readonly code: string = 'ORIEL_FOREIGN_KEY_VIOLATION'
}
export class NotNullViolationError extends IntegrityError {
  override readonly code: string = 'ORIEL_NOT_NULL_VIOLATION'
}
export class CheckViolationError extends IntegrityError {
  override readonly code: string = 'ORIEL_CHECK_VIOLATION'
}
export class ExclusionViolationError extends IntegrityError {
  override readonly code: string = 'ORIEL_EXCLUSION_VIOLATION'
}

/** The transaction was rolled back by the server and may succeed if it is run again. */
export class TransactionRollbackError extends DatabaseError {
  override readonly code: string = 'ORIEL_TRANSACTION_ROLLBACK'
}
export class SerializationError extends TransactionRollbackError {
  override readonly code: string = 'ORIEL_SERIALIZATION'
  override readonly isRetryable: boolean = true
}
export class DeadlockError extends TransactionRollbackError {
  override readonly code: string = 'ORIEL_DEADLOCK'
  override readonly isRetryable: boolean = true
}

/** A value that the database, or JavaScript, cannot hold. */
export class DataError extends DatabaseError {
  override readonly code: string = 'ORIEL_DATA'
}
/** The statement is wrong: a missing table, a syntax error, a privilege. */
export class ProgrammingError extends DatabaseError {
  override readonly code: string = 'ORIEL_PROGRAMMING'
}
/** The server could not do it now: out of resources, shutting down, a lock, a cancel. */
export class OperationalError extends DatabaseError {
  override readonly code: string = 'ORIEL_OPERATIONAL'
}
export class LockTimeoutError extends OperationalError {
  override readonly code: string = 'ORIEL_LOCK_TIMEOUT'
}
export class QueryCanceledError extends OperationalError {
  override readonly code: string = 'ORIEL_QUERY_CANCELED'
}
export class NotSupportedError extends DatabaseError {
  override readonly code: string = 'ORIEL_NOT_SUPPORTED'
}
