// text, varchar, char and uuid: strings. Characters that the server would refuse or silently change are refused here, by name; what is
// longer than a column, in stored.ts.
import { ArgumentError, type Codec } from '@oriel/sql'
import { refusal, unreadable } from './refusal.ts'

/** Up to here a loop is faster than the two searches below. */
const short = 32

/** Is it short, and has it neither a NUL nor a surrogate? Nearly every text. */
function isPlain(text: string): boolean {
  if (text.length > short) return false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) return false
  }
  return true
}

/** The string itself, if PostgreSQL can store it; else an ArgumentError that names `subject`. */
export function storable(text: string, subject: string): string {
  if (isPlain(text)) return text
  if (text.includes('\0')) {
    throw new ArgumentError(`${subject} contains a NUL character, which PostgreSQL cannot store`, {
      hint: 'Remove it, or map the column as bytea.',
    })
  }
  if (!text.isWellFormed()) {
    throw new ArgumentError(`${subject} contains half of a surrogate pair, which would be stored as U+FFFD`, {
      hint: 'The string was cut inside a character: cut by code points, or call toWellFormed() first.',
    })
  }
  return text
}

export const textCodec: Codec = {
  decode: (text) => text,
  holds: (value, text) => value === text,
  encode(value, subject) {
    if (typeof value !== 'string') throw refusal(subject, 'a string', value)
    return storable(value, subject)
  },
}

const uuidForm = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})$/i

const bareLength = 32

/** As the server writes it, so that one uuid has one text. */
function dashed(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

export const uuidCodec: Codec = {
  decode(text) {
    if (!uuidForm.test(text)) throw unreadable(text, 'is not a uuid')
    return text
  },
  encode(value, subject) {
    if (typeof value !== 'string' || !uuidForm.test(value)) throw refusal(subject, 'a uuid', value)
    return value.length === bareLength ? dashed(value.toLowerCase()) : value.toLowerCase()
  },
}
