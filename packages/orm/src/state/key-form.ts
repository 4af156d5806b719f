// One key, one text: types whose equal values the server may write in several ways are brought to one form before keys are compared.
import { isDeepStrictEqual } from 'node:util'
import type { Column } from '@oriel/sql'

/** Brings the text of a key to the one form that stands for it. */
export type KeyForm = (text: string) => string

/** `1`, `1.0` and `01.00` are `1`. */
function plainNumeric(text: string): string {
  const match = /^([+-]?)0*(\d*)\.?(\d*?)0*$/.exec(text.includes('.') ? text : `${text}.`)
  if (!match) return text
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = `${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`
  return digits === '0' || sign !== '-' ? digits : `-${digits}`
}

const forms: Readonly<Record<string, KeyForm>> = {
  numeric: plainNumeric,
  char: (text) => text.trimEnd(),
}

/** How texts of this column are brought to one form; null where the server writes each value in one way only, as it does most types. */
export function keyForm({ type }: Column): KeyForm | null {
  return forms[type.spec.name] ?? null
}

/** The key that these texts are, part by part. */
export function keyOf(texts: readonly string[], keyForms: readonly (KeyForm | null)[]): string {
  return texts.map((text, i) => keyForms[i]?.(text) ?? text).join('\u0000')
}

/** Are two values of keys the same key? Numbers by value, uuids and texts of ours whatever their case. */
export function isSameKeyValue(a: unknown, b: unknown, column: Column): boolean {
  if (a === b) return true
  if (a === undefined || a === null || b === undefined || b === null) return false
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if (typeof a === 'object' || typeof b === 'object') return isDeepStrictEqual(a, b)
  const form = keyForm(column)
  const [left, right] = form ? [form(String(a)), form(String(b))] : [String(a), String(b)]
  return left === right || (column.type.spec.name === 'uuid' && left.toLowerCase() === right.toLowerCase())
}
