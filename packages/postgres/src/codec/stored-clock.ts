// Dates and times of a wall clock, to be stored: in ISO form, days that exist, and nothing that the column would drop.
import { ArgumentError } from '@oriel/sql'
import { refusal } from './refusal.ts'

type ClockName = 'date' | 'timestamp' | 'time' | 'timetz'

const day = String.raw`(?<year>\d{4,7})-(?<month>\d\d?)-(?<day>\d\d?)`
const time = String.raw`(?<hour>\d\d?):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d(?:\.\d+)?))?`
const zone = String.raw` ?(?:Z|[+-]\d\d?(?::?[0-5]\d(?::?[0-5]\d)?)?)`

const forms: Readonly<Record<ClockName, { readonly form: RegExp; readonly example: string; readonly years: number }>> =
  {
    date: { form: new RegExp(`^${day}(?<bc> BC)?$`), example: '2024-03-31', years: 5_874_897 },
    timestamp: {
      form: new RegExp(`^${day}(?:[ T]${time})?(?<bc> BC)?$`),
      example: '2024-03-31 02:30:00',
      years: 294_276,
    },
    time: { form: new RegExp(`^${time}$`), example: '02:30:00', years: 0 },
    timetz: { form: new RegExp(`^${time}${zone}$`), example: '02:30:00+01', years: 0 },
  }

function isDay(year: number, month: number, dayOfMonth: number): boolean {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, dayOfMonth)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth
}

function isTime({ hour, minute, second }: Readonly<Record<string, string | undefined>>): boolean {
  if (hour === undefined) return true
  const rest = Number(minute) + Number(second ?? 0)
  return Number(hour) < 24 || (Number(hour) === 24 && rest === 0)
}

/** Microseconds are the most that PostgreSQL keeps. */
function isFine(second: string | undefined): boolean {
  return second === undefined || !/\.\d{6}\d*[1-9]/.test(second)
}

/** The two digits at a place; out of all ranges where they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** `2024-03-31` and `2024-03-31 02:30:00`, which is nearly every text, without a regular expression. */
function isPlain(text: string, hasTime: boolean): boolean {
  if (text.length !== (hasTime ? 19 : 10) || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false
  const month = two(text, 5)
  const dayOfMonth = two(text, 8)
  const year = two(text, 0) * 100 + two(text, 2)
  // The last days of months are left to the calendar.
  const isEveryMonths = year >= 1 && month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= 28
  if (!isEveryMonths || !hasTime) return isEveryMonths
  return (
    text.charCodeAt(10) === 32 &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58 &&
    two(text, 11) < 24 &&
    two(text, 14) < 60 &&
    two(text, 17) < 60
  )
}

/** Throws ArgumentError for a text that the server would refuse, cut, or read by its own clock and settings. */
export function refuseClock(name: ClockName): (text: string, subject: string) => void {
  const { form, example, years } = forms[name]
  const hasDay = name === 'date' || name === 'timestamp'
  return (text, subject) => {
    if (hasDay && isPlain(text, name === 'timestamp')) return
    if (hasDay && (text === 'infinity' || text === '-infinity')) return
    const found = form.exec(text)?.groups
    if (!found)
      throw new ArgumentError(`${refusal(subject, `a text such as '${example}'`, text).message}`, {
        hint: `A column of type ${name} would drop or guess the rest: give it in this form, without words${name === 'timetz' ? '' : ' and zones'}.`,
      })
    const { year, month, day: dayOfMonth, bc, second } = found
    if (hasDay) {
      const inEra = Number(year)
      const most = bc ? 4713 : years
      if (inEra < 1 || inEra > most || !isDay(bc ? 1 - inEra : inEra, Number(month), Number(dayOfMonth)))
        throw refusal(subject, 'a day of the calendar', text)
    }
    if (!isTime(found)) throw refusal(subject, 'a time of the day', text)
    if (!isFine(second)) throw refusal(subject, 'a time to the microsecond', text)
  }
}
