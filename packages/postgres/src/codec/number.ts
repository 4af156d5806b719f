// boolean, and the numbers: smallint, integer, bigint, real, double. Exact decimals are in numeric.ts.
import type { Codec } from '@oriel/sql'
import { isDecimal, isInteger, special } from './digits.ts'
import { refusal, unreadable } from './refusal.ts'

export const booleanCodec: Codec = {
  holds: (value, text) => (value === true && text === 't') || (value === false && text === 'f'),
  decode(text) {
    if (text === 't' || text === 'true') return true
    if (text === 'f' || text === 'false') return false
    throw unreadable(text, 'is not a boolean')
  },
  encode(value, subject) {
    if (typeof value !== 'boolean') throw refusal(subject, 'a boolean', value)
    return value ? 'true' : 'false'
  },
}

// No text this short can be rounded to a safe integer that it is not: the sign and 16 digits.
const longestSafeText = 17

// Fewer digits than a safe integer has at most.
const longestQuickText = 15

/** The number of a short text of digits, perhaps behind a minus: nearly every one. NaN for any other. */
function quickInteger(text: string): number {
  const isNegative = text.charCodeAt(0) === 45
  const start = isNegative ? 1 : 0
  if (text.length === start || text.length > longestQuickText) return Number.NaN
  let number = 0
  for (let at = start; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    number = number * 10 + digit
  }
  return isNegative ? -number : number
}

/** Counts, ranks and sums come as int8 or numeric text into a number: never rounded. */
function decodeInteger(text: string): number {
  const quick = quickInteger(text)
  return Number.isNaN(quick) ? decodeAnyInteger(text) : quick
}

function decodeAnyInteger(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && (text.length <= longestSafeText ? isDecimal(text) : isInteger(text)))
    return number
  if (!isInteger(text)) throw unreadable(text, 'is not an integer')
  throw unreadable(
    text,
    'is beyond the integers that a JavaScript number can hold exactly',
    'Read it as a bigint: declare the column bigint, or cast the expression to bigint.',
  )
}

function integerCodec(name: string, min: number, max: number): Codec {
  return {
    decode: decodeInteger,
    encode(value, subject) {
      if (typeof value === 'number' && Number.isInteger(value)) {
        if (value >= min && value <= max) return String(value)
      } else if (typeof value === 'bigint') {
        if (value >= min && value <= max) return String(value)
      } else throw refusal(subject, 'an integer', value)
      throw refusal(subject, `${name} between ${min} and ${max}`, value)
    },
    holds: (value, text) => value === quickInteger(text),
  }
}

export const smallintCodec: Codec = integerCodec('a smallint', -32768, 32767)
export const integer32Codec: Codec = integerCodec('an integer', -2147483648, 2147483647)
/** oid and the like: 32 bits without a sign. */
export const unsignedCodec: Codec = integerCodec('a number', 0, 4294967295)

const int8Min = -(2n ** 63n)
const int8Max = 2n ** 63n - 1n

function toBigint(value: unknown, subject: string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && isInteger(value.startsWith('+') ? `0${value.slice(1)}` : value))
    return BigInt(value.startsWith('+') ? value.slice(1) : value)
  if (typeof value === 'number' && Number.isInteger(value))
    throw refusal(subject, 'a bigint, since a number this large is not exact', value)
  throw refusal(subject, 'a bigint, a safe integer or a string of digits', value)
}

export const bigintCodec: Codec = {
  decode(text) {
    if (!isInteger(text)) throw unreadable(text, 'is not an integer')
    return BigInt(text)
  },
  encode(value, subject) {
    const integer = toBigint(value, subject)
    if (integer < int8Min || integer > int8Max)
      throw refusal(subject, `a bigint between ${int8Min} and ${int8Max}`, value)
    return String(integer)
  },
}

/** Counts and sums: an int8 in a number, never rounded. */
export const bigintAsNumberCodec: Codec = {
  decode: decodeInteger,
  encode: bigintCodec.encode,
  holds: (value, text) => value === quickInteger(text),
}

/** The number of a float or numeric text; DataError where it overflows. */
export function decodeDouble(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) ? isDecimal(text) : special.has(text)) return number
  throw unreadable(
    text,
    isDecimal(text) ? 'is beyond what a JavaScript number can hold' : 'is not a number',
    'Read it as numeric, which is held as a string.',
  )
}

/** NaN and the infinities are values of PostgreSQL's floats too; minus zero keeps its sign. */
export function encodeDouble(value: unknown, subject: string): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value !== 'bigint') throw refusal(subject, 'a number', value)
  const number = Number(value)
  if (!Number.isFinite(number) || BigInt(number) !== value)
    throw refusal(subject, 'a number that a double holds exactly', value)
  return String(value)
}

export const doubleCodec: Codec = { decode: decodeDouble, encode: encodeDouble }

/** What a real shows, to the digits that it has. */
export const realCodec: Codec = {
  decode: decodeDouble,
  encode(value, subject) {
    const text = encodeDouble(value, subject)
    const number = Number(value)
    const held = Math.fround(number)
    if (Number.isFinite(number) && (!Number.isFinite(held) || (held === 0 && number !== 0)))
      throw refusal(subject, 'a real, between 1e-45 and 3.4e38 on either side of zero', value)
    return text
  },
}
