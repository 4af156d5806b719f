// Puts a server error into words: what happened, where in the statement, which parameters by name.
import type { DatabaseErrorOptions } from '@oriel/sql'
import {
  type Explanation,
  explainCheck,
  explainExclusion,
  explainForeignKey,
  explainNotNull,
  explainUnique,
} from './constraint-message.ts'
import { excerpt } from './excerpt.ts'
import { explainParameter } from './parameter.ts'

const constraints: ReadonlyMap<string, (options: DatabaseErrorOptions) => Explanation | null> = new Map([
  ['23505', explainUnique],
  ['23503', explainForeignKey],
  ['23001', explainForeignKey],
  ['23502', explainNotNull],
  ['23514', explainCheck],
  ['23P01', explainExclusion],
])

/** More parameters than this are counted, not listed. */
const mostSubjects = 8

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}

/** `parameters: $1 Author.age, $2 Author.name` – for those that the shown statement cannot explain by itself. */
function parameterLine(subjects: readonly string[]): string {
  const named = subjects.slice(0, mostSubjects).map((subject, i) => `$${i + 1} ${subject}`)
  const more = subjects.length - named.length
  return `parameters: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function withStatement(message: string, { fields, statement }: DatabaseErrorOptions): string {
  if (!statement || fields.position === undefined) return message
  const lines = [message, indented(excerpt(statement.text, fields.position))]
  if (statement.subjects.length > 0) lines.push(indented(parameterLine(statement.subjects)))
  return lines.join('\n')
}

/** The message of a server error, and what was found out beside it. */
export function explain(options: DatabaseErrorOptions): Explanation {
  const { fields } = options
  const constraint = constraints.get(fields.sqlState)?.(options)
  if (constraint) return constraint
  const parameter = fields.sqlState.startsWith('22') ? explainParameter(options) : null
  return { message: withStatement(parameter ?? fields.message, options) }
}
