// json and jsonb. Nothing is dropped, and no integer rounded, in silence: what JSON or PostgreSQL cannot hold is refused with its path.
// A fraction is read as the nearest double, as by JSON.parse: the averages inside a document have more digits than one holds.
import { ArgumentError, type Codec, type StandardSchema } from '@oriel/sql'
import { kindOf, shown, unreadable } from './refusal.ts'
import { checkSchema } from './schema.ts'
import { withoutEnd } from './without-end.ts'

const longNumber = /\d{16}/
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const integer = /^-?\d+$/

/** Would JavaScript print this integer with the same digits? `9007199254740993` it would not. */
function survives(digits: string): boolean {
  const [mantissa = ''] = String(Number(digits)).split('e')
  return withoutEnd(mantissa.replace('.', ''), '0') === withoutEnd(digits, '0')
}

function decode(text: string): unknown {
  if (longNumber.test(text)) for (const outside of outsideOfStrings(text)) refuseRounded(outside)
  return JSON.parse(text)
}

function refuseRounded(text: string): void {
  if (!longNumber.test(text)) return
  for (const [found] of text.matchAll(number)) {
    if (!integer.test(found) || survives(found)) continue
    throw unreadable(
      found,
      'in a json value is an integer that a JavaScript number would round',
      "Read the column as text: t.custom('jsonb'), or cast the expression to text.",
    )
  }
}

/** The pieces of a JSON text between its strings. No pattern: one would take the length of a string in stack. */
function* outsideOfStrings(text: string): Generator<string> {
  let start = 0
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', start)) {
    yield text.slice(start, open)
    let close = text.indexOf('"', open + 1)
    while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1)
    if (close === -1) return
    start = close + 1
  }
  yield text.slice(start)
}

/** Does an odd number of backslashes stand before this place? */
function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === 92) first--
  return (at - first) % 2 === 1
}

function holdsEscape(text: string, form: RegExp): boolean {
  for (const { index } of text.matchAll(form)) if (!isEscaped(text, index)) return true
  return false
}

function unfit(subject: string, what: string): ArgumentError {
  return new ArgumentError(`${subject} is ${what}, which JSON cannot hold`)
}

/** What JSON.stringify would drop or change in silence. An undefined property is left out, as everywhere in JSON. */
function check(value: unknown, subject: string): void {
  switch (typeof value) {
    case 'undefined':
      throw unfit(subject, 'undefined')
    case 'function':
    case 'symbol':
      throw unfit(subject, `a ${typeof value}`)
    case 'bigint':
      throw new ArgumentError(`${subject} is a bigint, which JSON cannot hold`, {
        hint: 'Write String(value), or Number(value) if it is small.',
      })
    case 'number':
      if (!Number.isFinite(value)) throw unfit(subject, String(value))
      return
  }
  if (value instanceof Map || value instanceof Set) throw unfit(subject, kindOf(value))
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw unfit(subject, 'an invalid Date')
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) check(value[i], `${subject}[${i}]`)
  } else if (typeof value === 'object' && value !== null && !('toJSON' in value)) {
    for (const [name, inner] of Object.entries(value)) if (inner !== undefined) check(inner, `${subject}.${name}`)
  }
}

/** Throws where objects refer back to themselves: the check could not end. */
function stringify(value: unknown, subject: string): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    if (!(cause instanceof TypeError) || !/circular|cyclic/i.test(cause.message)) check(value, subject)
    throw new ArgumentError(
      `${subject} cannot be written as JSON: ${cause instanceof Error ? firstLine(cause.message) : shown(cause)}`,
      { cause },
    )
  }
  check(value, subject)
  if (text === undefined) throw unfit(subject, 'undefined')
  return text
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}

// An escape counts when an even number of backslashes stands before it. JSON.stringify writes escapes in lower case.
const nul = /\\u0000/g
const surrogate = /\\ud[89a-f]/g

/** The JSON text of a value; ArgumentError naming `subject` and the path for what cannot be stored. */
export function encodeJson(value: unknown, subject: string): string {
  const text = stringify(value, subject)
  if (!text.includes('\\u')) return text
  if (holdsEscape(text, nul)) {
    throw new ArgumentError(`${subject} contains a NUL character (\\u0000), which PostgreSQL cannot store`)
  }
  if (holdsEscape(text, surrogate)) {
    throw new ArgumentError(`${subject} contains half of a surrogate pair, which PostgreSQL cannot store`, {
      hint: 'The string was cut inside a character: cut by code points, or call toWellFormed() first.',
    })
  }
  return text
}

/** The codec of json and jsonb; a schema checks what is written, never what is read. */
export function jsonCodec(schema: StandardSchema<unknown> | undefined): Codec {
  if (!schema) return { decode, encode: encodeJson }
  return {
    decode,
    encode(value, subject) {
      checkSchema(schema, value, subject)
      return encodeJson(value, subject)
    },
  }
}
