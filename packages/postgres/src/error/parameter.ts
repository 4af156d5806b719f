// Which parameter the server could not read: told by number, and said by the name of its property.
import type { DatabaseErrorOptions, FailedStatement, ServerErrorFields } from '@oriel/sql'

/** `unnamed portal parameter $1 = '...'`, the form since PostgreSQL 13; in any language the number stands before ` = `. */
const byNumber = /\$(\d+) = /
const quotedAtEnd = /: "(.*)"$/s

/** The 1-based number of the parameter that a data error is about; null where it cannot be told. */
export function parameterNumber(fields: ServerErrorFields, statement: FailedStatement): number | null {
  const [context = ''] = (fields.where ?? '').split('\n', 1)
  const told = byNumber.exec(context)?.[1]
  if (told) return Number(told)
  // A server that does not tell repeats the text: if exactly one parameter is that text, it is the one.
  const text = quotedAtEnd.exec(fields.message)?.[1]
  if (text === undefined) return null
  const matches = statement.params.flatMap((param, i) => (String(param) === text ? [i + 1] : []))
  return matches.length === 1 ? (matches[0] ?? null) : null
}

/**
 * 22003 at a numeric of given precision, where the server names neither column nor parameter: the one parameter that is too large.
 * The limit is the power of ten in the server's detail; what is rounded up to it is too large as well.
 */
function explainOverflow({ detail = '', message }: ServerErrorFields, statement: FailedStatement): string | null {
  const [, power] = /10\^(\d+)/.exec(detail) ?? []
  const [, scale] = /\d+\D+(\d+)\D+10\^/.exec(detail) ?? []
  if (power === undefined || scale === undefined) return null
  const limit = 10 ** Number(power) - 0.5 * 10 ** -Number(scale)
  const large = statement.subjects.filter((_, i) => Math.abs(Number(statement.params[i] ?? Number.NaN)) >= limit)
  const [subject] = large
  return subject !== undefined && large.length === 1
    ? `${message}: of the parameters, only ${subject} is that large`
    : null
}

/** 22P02 and its kin: `Author.age expects integer, and PostgreSQL cannot read the value as one`. Never the value itself. */
export function explainParameter({ fields, statement }: DatabaseErrorOptions): string | null {
  if (!statement) return null
  if (fields.sqlState === '22003') {
    const overflow = explainOverflow(fields, statement)
    if (overflow) return overflow
  }
  const number = parameterNumber(fields, statement)
  const subject = number === null ? undefined : statement.subjects[number - 1]
  if (subject === undefined) return null
  const type = /type ([\w ]+?)(?::|$)/.exec(fields.message)?.[1] ?? /for enum ([\w."]+?):/.exec(fields.message)?.[1]
  if (type && fields.sqlState === '22P02')
    return `${subject} expects ${type}, and PostgreSQL cannot read the value as one`
  return `${subject}: ${fields.message.replace(quotedAtEnd, '')}`
}
