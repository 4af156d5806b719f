// Does a value still say what the row said? The row's text is decoded; the value is never encoded, so what was not touched is never written.
import { isDeepStrictEqual } from 'node:util'
import type { Place } from './row-format.ts'

/** Are two texts the same number? `12.5` and `12.50` are. */
export function sameNumeric(a: string, b: string): boolean {
  const plain = (text: string) => {
    const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d*)\.?(\d*?)0*$/.exec(text) ?? []
    const digits = `${whole || '0'}.${fraction}`
    return digits === '0.' ? digits : `${sign === '-' ? '-' : ''}${digits}`
  }
  return a === b || (/^[+-]?[\d.]+$/.test(a) && /^[+-]?[\d.]+$/.test(b) && plain(a) === plain(b))
}

function isSame(value: unknown, known: unknown, { column }: Place): boolean {
  if (Object.is(value, known)) return true
  if (typeof value !== 'object' || value === null) {
    const { name } = column.type.spec
    if (name === 'numeric' || name === 'bigint' || name === 'integer' || name === 'smallint')
      return known !== null && value !== null && sameNumeric(String(value), String(known))
    return name === 'uuid' && String(value).toLowerCase() === known
  }
  if (value instanceof Date) return known instanceof Date && value.getTime() === known.getTime()
  return isDeepStrictEqual(value, known)
}

/** Is the value another one than the text says? A text that was not loaded differs from every value. */
export function differs(value: unknown, text: string | null | undefined, place: Place): boolean {
  if (text === undefined) return true
  if (value === null || text === null) return value !== text
  if (value === text && typeof value === 'string') return false
  return !isSame(value, place.codec.decode(text), place)
}
