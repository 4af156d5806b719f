// Two texts of a column, compared as the server compares them. What cannot be told for certain is null: evaluate.ts refuses it.
import type { Column } from '@oriel/sql'
import type { Place } from '../state/row-format.ts'
import { withoutBlanks } from '../state/text-form.ts'

/** Two texts, and the column whose values they are. */
export interface Compared {
  readonly left: string
  readonly right: string
  readonly place: Place
}

const exact = new Set(['integer', 'smallint', 'bigint', 'numeric'])

/** Are values of these two columns compared without being brought to a third type? */
export function areAlike({ type: { spec } }: Column, { type: { spec: other } }: Column): boolean {
  if (exact.has(spec.name) && exact.has(other.name)) return true
  return spec.name === other.name && spec.typeName === other.typeName
}

interface Decimal {
  readonly digits: bigint
  /** How many of them stand behind the point. */
  readonly scale: number
}

function decimalOf(text: string): Decimal | null {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/.exec(text) ?? []
  if (whole + fraction === '') return null
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length - Number(exponent) }
}

function orderOfDecimals(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale)
  const at = ({ digits, scale: own }: Decimal): bigint => digits * 10n ** BigInt(scale - own)
  const [a, b] = [at(left), at(right)]
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Negative, zero or positive; null where it cannot be told here. */
export function orderOf({ left, right, place }: Compared): number | null {
  const { name } = place.column.type.spec
  if (exact.has(name)) {
    const [a, b] = [decimalOf(left), decimalOf(right)]
    return a && b && orderOfDecimals(a, b)
  }
  if (name !== 'double') return null
  const [a, b] = [Number(left), Number(right)]
  // Here NaN is nothing; there it is the greatest number.
  if (Number.isNaN(a) || Number.isNaN(b)) return null
  return Math.sign(a - b) || (a === b ? 0 : null)
}

/** One form for each value of a type whose values may be written in several; null for a text that has no such form here. */
const formOf: Readonly<Record<string, (text: string, place: Place) => string | null>> = {
  text: (text) => text,
  varchar: (text) => text,
  enum: (text) => text,
  boolean: throughCodec,
  bytea: throughCodec,
  uuid: (text) => (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : null),
  date: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? text : null),
  time: (text) => clock(/^\d\d:\d\d:\d\d(\.\d{1,6})?$/, text),
  timestamp: (text) => clock(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/, text),
  timestamptz: instant,
}

function throughCodec(text: string, { codec, column }: Place): string {
  return codec.encode(codec.decode(text), column.label)
}

function clock(form: RegExp, text: string): string | null {
  if (!form.test(text)) return null
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Milliseconds since 1970, and what a Date does not hold of the text. */
function instant(text: string, { codec }: Place): string | null {
  if (text.endsWith('infinity')) return null
  const date: unknown = codec.decode(text)
  if (!(date instanceof Date)) return null
  const [, beyond = ''] = /\.\d{3}(\d{1,3})/.exec(text) ?? []
  return `${date.getTime()} ${beyond.padEnd(3, '0')}`
}

/** Are they equal? Null where it cannot be told here. */
export function areEqualTexts(compared: Compared): boolean | null {
  const { left, right, place } = compared
  const { name } = place.column.type.spec
  const order = orderOf(compared)
  if (order !== null) return order === 0
  // Blanks behind a char(n) count for nothing there; whether those of a value do depends on the type that it is taken for.
  if (name === 'char') return right.endsWith(' ') ? null : withoutBlanks(left) === right
  const form = formOf[name]
  const [a, b] = form ? [form(left, place), form(right, place)] : [null, null]
  if (a === null || b === null) return null
  return a === b
}
