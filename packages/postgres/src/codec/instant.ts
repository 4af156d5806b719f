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

function digit(text: string, at: number, end: number): number {
  return at < end ? text.charCodeAt(at) - 48 : 0
}

/** Days from 1970-01-01 on, by the Gregorian calendar. Counted in years that begin in March, so that a leap day is the last of its year. */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1
  const century = Math.floor(shifted / 100)
  const leapDays = Math.floor(shifted / 4) - century + Math.floor(century / 4)
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return shifted * 365 + leapDays + dayOfYear - 719_468
}

/** The time of `2024-03-31 02:30:00[.ffffff]+00`, which is nearly every text, without a regular expression. NaN for any other. */
function plainTime(text: string): number {
  const end = text.length - 3
  const year = two(text, 0) * 100 + two(text, 2)
  const isPlain =
    end >= 19 &&
    end <= 26 &&
    year >= 100 &&
    year <= 9999 &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(10) === 32 &&
    text.charCodeAt(end) === 43 &&
    text.charCodeAt(end + 1) === 48 &&
    text.charCodeAt(end + 2) === 48
  if (!isPlain || (end > 19 && text.charCodeAt(19) !== 46)) return Number.NaN
  const seconds =
    dayNumber(year, two(text, 5), two(text, 8)) * 86_400 + two(text, 11) * 3600 + two(text, 14) * 60 + two(text, 17)
  const fraction = digit(text, 20, end) * 100 + digit(text, 21, end) * 10 + digit(text, 22, end)
  return seconds * 1000 + fraction
}

function decode(text: string): Date {
  const time = plainTime(text)
  return Number.isNaN(time) ? decodeAny(text) : new Date(time)
}

const dayLength = 86_400_000
const firstOrdinary = Date.UTC(1970, 0, 1) - 719_162 * dayLength
const lastOrdinary = Date.UTC(10_000, 0, 1) - 1
const padded = (width: number) => Array.from({ length: 10 ** width }, (_, i) => String(i).padStart(width, '0'))
const twoDigits = padded(2)
/** `02:30:`, by the minutes of the day. */
const minuteTexts = Array.from({ length: 1440 }, (_, i) => `${twoDigits[Math.floor(i / 60)]}:${twoDigits[i % 60]}:`)
const endTexts = padded(3).map((digits) => `.${digits}+00`)

/** The day that was written last: instants that come together are nearly always of few days. */
let knownDay = Number.NaN
let knownDayText = ''

/** An instant of the years 1 to 9999. `toISOString` takes ten times longer. */
function ordinary(time: number): string {
  const day = Math.floor(time / dayLength)
  if (day !== knownDay) {
    knownDay = day
    knownDayText = `${new Date(day * dayLength).toISOString().slice(0, 10)} `
  }
  const rest = time - day * dayLength
  const inMinute = rest % 60_000
  // Of few parts: each concatenation makes an object.
  const clock = `${minuteTexts[Math.floor(rest / 60_000)]}${twoDigits[Math.floor(inMinute / 1000)]}${endTexts[inMinute % 1000]}`
  return `${knownDayText}${clock}`
}

/** A Date as PostgreSQL reads it, in UTC. Throws ArgumentError for an invalid Date and for years that PostgreSQL does not have. */
export function encodeDate(value: Date, subject: string): string {
  const time = value.getTime()
  // Written as the server writes it, so that what was sent can be read like what came.
  if (time >= firstOrdinary && time <= lastOrdinary) return ordinary(time)
  const year = value.getUTCFullYear()
  if (Number.isNaN(year)) throw refusal(subject, 'a valid Date', value)
  const iso = value.toISOString().replace('T', ' ').replace('Z', '+00')
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
  holds: (value, text) => value instanceof Date && value.getTime() === plainTime(text),
}

export const instantAsTextCodec: Codec = {
  decode: (text) => text,
  encode(value, subject) {
    if (typeof value === 'string' && value !== '') return storable(value, subject)
    throw refusal(subject, 'the text of an instant, such as the one that date.toISOString() gives', value)
  },
}
