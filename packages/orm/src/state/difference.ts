// Does a value still say what the row said? The row's text is decoded; the value is never encoded, so what was not touched is never written.
import { isDeepStrictEqual } from 'node:util'
import { OrielError } from '@oriel/sql'
import type { Place } from './row-format.ts'

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)$/

/** So few digits have a double of their own. */
const exactLength = 15

/** Are two texts the same number? `12.5` and `12.50` are. */
export function sameNumeric(a: string, b: string): boolean {
  if (a === b) return true
  if (Number(a) !== Number(b) || !decimal.test(a) || !decimal.test(b)) return false
  return (a.length <= exactLength && b.length <= exactLength) || plainDecimal(a) === plainDecimal(b)
}

/** Without what does not count: a plus, zeros at either end. */
function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d*)\.?(\d*?)0*$/.exec(text) ?? []
  const digits = `${whole || '0'}.${fraction}`
  return digits === '0.' ? digits : `${sign === '-' ? '-' : ''}${digits}`
}

function isSame(value: unknown, known: unknown, place: Place): boolean {
  if (Object.is(value, known)) return true
  if (typeof value !== 'object' || value === null) {
    const { name } = place.column.type.spec
    if (name === 'numeric' || name === 'bigint' || name === 'integer' || name === 'smallint')
      return known !== null && value !== null && sameNumeric(String(value), String(known))
    return name === 'uuid' && String(value).toLowerCase() === known
  }
  if (value instanceof Date) return known instanceof Date && value.getTime() === known.getTime()
  return isDeepStrictEqual(value, known) || isSentAs(value, known, place)
}

/** Would both be written alike? JSON holds no undefined and no instants, and bytes come in several classes. */
function isSentAs(value: object, known: unknown, { codec, column }: Place): boolean {
  if (known === null) return false
  try {
    return codec.encode(value, column.label) === codec.encode(known, column.label)
  } catch (error) {
    // What cannot be written differs; whoever writes it says why.
    if (error instanceof OrielError) return false
    throw error
  }
}

/** Is the value another one than the text says? A text that was not loaded differs from every value. */
export function differs(value: unknown, text: string | null | undefined, place: Place): boolean {
  if (text === undefined) return true
  if (text !== null && place.codec.holds?.(value, text)) return false
  // The text of a JSON null is not NULL, and is null to JavaScript.
  const known = text === null ? null : place.codec.decode(text)
  if (value === null || known === null) return value !== known
  return !isSame(value, known, place)
}
