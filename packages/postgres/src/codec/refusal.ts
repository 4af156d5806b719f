// The two ways a codec says no: the caller's value does not fit (ArgumentError), or the server's text cannot be held (DataError).
import { ArgumentError, DataError } from '@oriel/sql'

const longest = 60

/** The JavaScript kind of a value, as messages name it: `string`, `Date`, `instance of Map`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) return 'array'
  if (value instanceof Date) return 'Date'
  if (value instanceof Uint8Array) return 'Uint8Array'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return 'object'
  return `instance of ${value.constructor?.name || 'an unnamed class'}`
}

/** A value as messages show it, cut where it is long: `"old" (string)`. */
export function shown(value: unknown): string {
  const kind = kindOf(value)
  switch (typeof value) {
    case 'string':
      return `${JSON.stringify(cut(value))} (${kind})`
    case 'number':
    case 'boolean':
    case 'bigint':
      return `${cut(String(value))} (${kind})`
    default:
      if (value instanceof Date)
        return Number.isNaN(value.getTime()) ? 'an invalid Date' : `${value.toISOString()} (Date)`
      return kind
  }
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** What messages call an element of an array: `Author.tags, element 1 of the list`. */
export function elementSubject(subject: string, index: number): string {
  return `${subject}, element ${index + 1} of the list`
}

/** The error for a value that does not fit: `Author.age expects an integer, got "old" (string)`. */
export function refusal(subject: string, expected: string, value: unknown): ArgumentError {
  return new ArgumentError(`${subject} expects ${expected}, got ${shown(value)}`)
}

/** The error for a text of the server that JavaScript cannot hold without changing it. */
export function unreadable(text: string, what: string, hint?: string): DataError {
  return new DataError({
    fields: { message: `${JSON.stringify(cut(text))} ${what}`, sqlState: '22000', ...(hint ? { hint } : {}) },
  })
}
