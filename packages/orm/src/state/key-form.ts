// One key, one text: types whose equal values the server may write in several ways are brought to one form before keys are compared.
import { isDeepStrictEqual } from 'node:util'
import { type Column, types } from '@oriel/sql'
import { booleanForm, decimalForm, textForm, withoutBlanks } from './text-form.ts'

/** Brings the text of a key to the one form that stands for it. */
export type KeyForm = (text: string) => string

const instant = textForm(types.timestamptz())

/** `2024-06-01T00:00:00Z` and `2024-06-01 02:00:00+02` are `2024-06-01 00:00:00.000000+00`: a text that can be sent, too. */
function instantKey(text: string): string {
  const [seconds, micros] = instant?.(text)?.split('.') ?? []
  if (seconds === undefined || micros === undefined) return text
  const written = new Date(Number(seconds) * 1000).toISOString()
  // Years that ISO 8601 writes with a sign, and those before the first, stay as they came.
  return written.length === 24 && !written.startsWith('0000')
    ? `${written.slice(0, 10)} ${written.slice(11, 19)}.${micros}+00`
    : text
}

const forms: Readonly<Record<string, KeyForm>> = {
  // Not rounded to the column's scale: the server looks for the number that was given.
  numeric: (text) => decimalForm(text, null) ?? text,
  char: withoutBlanks,
  boolean: (text) => booleanForm(text) ?? text,
  timestamptz: instantKey,
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
  const left = String(a)
  const right = String(b)
  if (left === right) return true
  const form = column.type.spec.name === 'uuid' ? textForm(column.type) : keyForm(column)
  return form !== null && form(left) === form(right)
}
