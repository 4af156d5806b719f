// Constraint violations in words: in the model's names where the mapper gave them, else in table and column.
import type { DatabaseErrorOptions, ModelContext } from '@oriel/sql'
import { foreignKeySide, type ViolatedKey, violatedKey } from './constraint.ts'

/** A message and what the error carries beside it; null where the fields do not hold enough. */
export interface Explanation {
  readonly message: string
  readonly model?: ModelContext
  /** The column, where there is exactly one. */
  readonly column?: string
}

/** Parameters that were taken out of the statement must not come back through the server's detail. */
function areValuesHidden({ statement }: DatabaseErrorOptions): boolean {
  return statement !== undefined && statement.params.length < statement.subjects.length
}

function constraintNote({ fields }: DatabaseErrorOptions): string {
  return fields.constraint ? ` (constraint ${fields.constraint})` : ''
}

function columnsOf(key: ViolatedKey): string {
  return key.columns.length === 1 ? (key.columns[0] ?? '') : `(${key.columns.join(', ')})`
}

function subjectOf(options: DatabaseErrorOptions, table: string | undefined, column: string): string {
  const { entity, property } = options.model ?? {}
  return [entity ?? table, property ?? column].filter((name) => name).join('.')
}

function shownValue(options: DatabaseErrorOptions, key: ViolatedKey): string {
  if (areValuesHidden(options)) return ''
  if (key.columns.length > 1) return ` (${key.text})`
  return /^-?\d+(?:\.\d+)?$/.test(key.text) ? ` ${key.text}` : ` ${JSON.stringify(key.text)}`
}

function explained(options: DatabaseErrorOptions, key: ViolatedKey, message: string): Explanation {
  const [column] = key.columns
  const value = key.values?.length === 1 ? key.values[0] : key.values
  return {
    message: message + constraintNote(options),
    model: {
      ...(areValuesHidden(options) || value === null ? {} : { value }),
      ...options.model,
    },
    ...(key.columns.length === 1 && column !== undefined ? { column } : {}),
  }
}

/** 23505: `authors.email "ann@x.io" is already taken (constraint authors_email_key)`. */
export function explainUnique(options: DatabaseErrorOptions): Explanation | null {
  const key = violatedKey(options.fields.detail)
  if (!key) return null
  const subject = subjectOf(options, options.fields.table, columnsOf(key))
  return explained(options, key, `${subject}${shownValue(options, key)} is already taken`)
}

/** 23P01: the row overlaps another. */
export function explainExclusion(options: DatabaseErrorOptions): Explanation | null {
  const key = violatedKey(options.fields.detail)
  if (!key) return null
  const subject = subjectOf(options, options.fields.table, columnsOf(key))
  return explained(options, key, `${subject}${shownValue(options, key)} conflicts with an existing row`)
}

/** 23503: `books.author_id 999 does not exist in authors`, or `authors.id 1 is still referenced by books`. */
export function explainForeignKey(options: DatabaseErrorOptions): Explanation | null {
  const key = violatedKey(options.fields.detail)
  const side = foreignKeySide(options.fields)
  if (!key || !side) return null
  const subject = subjectOf(options, side.table, columnsOf(key)) + shownValue(options, key)
  if (side.kind === 'referenced')
    return explained(options, key, `${subject} is still referenced by ${options.model?.other ?? side.by}`)
  const other = options.model?.other ?? side.referenced
  return explained(options, key, `${subject} does not exist${other ? ` in ${other}` : ''}`)
}

/** 23502: `authors.name must not be null`. The server's detail holds the whole row, so it is not repeated. */
export function explainNotNull(options: DatabaseErrorOptions): Explanation | null {
  const { table, column } = options.fields
  if (!column) return null
  return { message: `${subjectOf(options, table, column)} must not be null` }
}

/** 23514: `authors: a row fails the check authors_age_check`. */
export function explainCheck(options: DatabaseErrorOptions): Explanation | null {
  const { table, constraint } = options.fields
  if (!constraint || !table) return null
  return { message: `${options.model?.entity ?? table}: a row fails the check ${constraint}` }
}
