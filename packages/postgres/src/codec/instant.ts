// timestamptz to Date and back. The text is read here, not by Date.parse: years past 9999, BC, offsets with seconds.
import type { Codec } from '@oriel/sql'
import { refusal, unreadable } from './refusal.ts'
import { storable } from './text.ts'

const form = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/
const asText = 'A Date cannot hold it: declare the column t.timestamptz().asText(), or cast the expression to text.'

function milliseconds(fraction: string | undefined): number {
  return fraction ? Number(fraction.padEnd(3, '0').slice(0, 3)) : 0
}

function decodeAny(text: string): Date {
  const found = form.exec(text)
  if (!found) {
    if (text === 'infinity' || text === '-infinity') throw unreadable(text, 'is no instant of JavaScript', asText)
    throw unreadable(
      text,
      'is not an ISO timestamp with time zone',
      "Oriel reads DateStyle 'ISO': set it on the connection.",
    )
  }
  const [, year, month, day, hour, minute, second, fraction, sign, hours, minutes, seconds, bc] = found
  const date = new Date(0)
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), milliseconds(fraction))
  const offset = (Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000
  const instant = new Date(date.getTime() - (sign === '-' ? -offset : offset))
  if (Number.isNaN(instant.getTime())) throw unreadable(text, 'is beyond the dates of JavaScript', asText)
  return instant
}

function two(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}

/** `2024-03-31 02:30:00[.ffffff]+00`, which is nearly every text, without a regular expression. */
function decode(text: string): Date {
  const end = text.length - 3
  const year = two(text, 0) * 100 + two(text, 2)
  const isPlain =
    end >= 19 && end <= 26 && year >= 100 && year <= 9999 && text.charCodeAt(4) === 45 && text.charCodeAt(10) === 32
  if (!isPlain || !text.endsWith('+00') || (end > 19 && text.charCodeAt(19) !== 46)) return decodeAny(text)
  const fraction = end > 20 ? milliseconds(text.slice(20, end)) : 0
  const time = Date.UTC(year, two(text, 5) - 1, two(text, 8), two(text, 11), two(text, 14), two(text, 17), fraction)
  return Number.isNaN(time) ? decodeAny(text) : new Date(time)
}

/** A Date as PostgreSQL reads it, in UTC. Throws ArgumentError for an invalid Date and for years that PostgreSQL does not have. */
export function encodeDate(value: Date, subject: string): string {
  const year = value.getUTCFullYear()
  if (Number.isNaN(year)) throw refusal(subject, 'a valid Date', value)
  // Written as the server writes it, so that what was sent can be read like what came.
  const iso = value.toISOString().replace('T', ' ').replace('Z', '+00')
  if (year >= 1 && year <= 9999) return iso
  // The ISO text of other years is signed and six digits wide, which PostgreSQL does not read.
  const rest = iso.slice(iso.indexOf('-', 1))
  if (year > 9999) return `${year}${rest}`
  if (year < -4712) throw refusal(subject, 'a Date from 4713 BC on', value)
  return `${String(1 - year).padStart(4, '0')}${rest} BC`
}

export const instantCodec: Codec = {
  decode,
  encode(value, subject) {
    if (value instanceof Date) return encodeDate(value, subject)
    throw refusal(subject, 'a Date (for texts, declare the column t.timestamptz().asText())', value)
  },
}

export const instantAsTextCodec: Codec = {
  decode: (text) => text,
  encode(value, subject) {
    if (typeof value === 'string' && value !== '') return storable(value, subject)
    throw refusal(subject, 'the text of an instant, such as the one that date.toISOString() gives', value)
  },
}
