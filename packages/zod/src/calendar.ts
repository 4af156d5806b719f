// Dates, clocks and instants as texts: whether there is such a day and such a time. The patterns alone would let 30 February through.

const day = String.raw`(?<year>\d{4}|[1-9]\d{4,6})-(?<month>\d\d)-(?<day>\d\d)`
const clock = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,6}0*))?)?`
const offset = String.raw`(?:Z|(?<sign>[+-])(?<hours>\d\d)(?::?(?<minutes>\d\d))?)`

const forms = {
  date: new RegExp(`^${day}$`),
  time: new RegExp(`^${clock}$`),
  timetz: new RegExp(`^${clock}${offset}$`, 'i'),
  timestamp: new RegExp(`^${day}[T ]${clock}$`),
  timestamptz: new RegExp(`^${day}[T ]${clock}${offset}$`, 'i'),
}

/** The last year that the database has. */
const lastYears = { date: 5_874_897, time: 0, timetz: 0, timestamp: 294_276, timestamptz: 294_276 }

type Kind = keyof typeof forms
type Parts = Readonly<Record<string, string | undefined>>

/** Is the text a value of this type, just as it is written: no day that is carried over, no digit that is cut? */
export function isOn(kind: Kind, text: string): boolean {
  return partsOf(kind, text) !== null
}

/** The instant of a text with an offset; null where it is none. */
export function instantOf(text: string): { readonly date: Date; readonly isFiner: boolean } | null {
  const parts = partsOf('timestamptz', text)
  if (!parts) return null
  const { fraction = '', sign, hours, minutes } = parts
  const date = new Date(0)
  date.setUTCFullYear(part(parts.year), part(parts.month) - 1, part(parts.day))
  date.setUTCHours(part(parts.hour), part(parts.minute), part(parts.second), part(fraction.padEnd(3, '0').slice(0, 3)))
  const ahead = (part(hours) * 60 + part(minutes)) * (sign === '-' ? -60_000 : 60_000)
  return { date: new Date(date.getTime() - ahead), isFiner: /[1-9]/.test(fraction.slice(3)) }
}

function partsOf(kind: Kind, text: string): Parts | null {
  const parts = forms[kind].exec(text)?.groups
  if (!parts) return null
  if (parts.year !== undefined && !isDay(parts, lastYears[kind])) return null
  const mayEnd = kind === 'time' || kind === 'timetz'
  if (parts.hour !== undefined && !isClock(parts) && !(mayEnd && isMidnight(parts))) return null
  return part(parts.hours) <= 15 && part(parts.minutes) <= 59 ? parts : null
}

function isDay(parts: Parts, lastYear: number): boolean {
  const [year, month, day] = [part(parts.year), part(parts.month), part(parts.day)]
  return year >= 1 && year <= lastYear && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function isClock(parts: Parts): boolean {
  return part(parts.hour) <= 23 && part(parts.minute) <= 59 && part(parts.second) <= 59
}

/** 24:00 is a time of its own for a clock; of a day it would be the next one. */
function isMidnight(parts: Parts): boolean {
  return parts.hour === '24' && part(parts.minute) + part(parts.second) + part(parts.fraction) === 0
}

function part(digits: string | undefined): number {
  return Number(digits ?? 0)
}
