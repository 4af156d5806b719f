// interval: a span of time part by part, as PostgreSQL keeps it. Reads IntervalStyle 'postgres', which is the server's default.
import { ArgumentError, type Codec, suggest } from '@oriel/sql'
import { kindOf, refusal, unreadable } from './refusal.ts'
import { storable } from './text.ts'

type Part = 'years' | 'months' | 'days' | 'hours' | 'minutes' | 'seconds'
const parts: readonly Part[] = ['years', 'months', 'days', 'hours', 'minutes', 'seconds']
const asText = 'Cast the expression to text to read it.'

const form =
  /^(?:([+-]?\d+) years? ?)?(?:([+-]?\d+) mons? ?)?(?:([+-]?\d+) days? ?)?(?:([+-])?(\d+):(\d\d):(\d\d(?:\.\d+)?))?$/

const sentForm = /(-?\d+(?:\.\d+)?) (years|months|days|hours|minutes|seconds)/g

/** The parts of a text that `encode` made; null for any other text. */
function decodeSent(text: string): Partial<Record<Part, number>> | null {
  const interval: Partial<Record<Part, number>> = {}
  const rest = text.replace(sentForm, (_, amount: string, part: string) => {
    if (isPart(part) && Number(amount) !== 0) interval[part] = Number(amount)
    return ''
  })
  return rest.trim() === '' && text !== '' ? interval : null
}

/** The parts that are not zero: `1 mon -3 days` is `{ months: 1, days: -3 }`, and no time at all is `{}`. */
function decode(text: string): Partial<Record<Part, number>> {
  const found = text === '' ? null : form.exec(text)
  if (!found) {
    const sent = decodeSent(text)
    if (sent) return sent
    if (text === 'infinity' || text === '-infinity') throw unreadable(text, 'has no parts', asText)
    throw unreadable(text, "is not an interval in IntervalStyle 'postgres'", 'Set that style on the connection.')
  }
  const [, years, months, days, sign, hours, minutes, seconds] = found
  const direction = sign === '-' ? -1 : 1
  const interval: Partial<Record<Part, number>> = {}
  if (years) interval.years = Number(years)
  if (months) interval.months = Number(months)
  if (days) interval.days = Number(days)
  if (Number(hours ?? 0) !== 0) interval.hours = direction * Number(hours)
  if (Number(minutes ?? 0) !== 0) interval.minutes = direction * Number(minutes)
  if (Number(seconds ?? 0) !== 0) interval.seconds = direction * Number(seconds)
  return interval
}

function isPart(name: string): name is Part {
  return parts.some((part) => part === name)
}

function encodePart(part: Part, value: unknown, subject: string): string {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw refusal(`${subject}.${part}`, 'a finite number', value)
  if (Number.isInteger(value)) return `${value} ${part}`
  // The server would carry a fraction of a month over into days of its own choice.
  if (part === 'years' || part === 'months' || part === 'days')
    throw refusal(`${subject}.${part}`, 'a whole number', value)
  const text = value.toFixed(part === 'seconds' ? 6 : 9)
  // A nanosecond is what a sum of fractions may be off; what is more was meant.
  if (part === 'seconds' && (Number(text) === 0 || Math.abs(Number(text) - value) > 1e-9))
    throw refusal(`${subject}.${part}`, 'a number of seconds to the microsecond', value)
  return `${text} ${part}`
}

function encode(value: unknown, subject: string): string {
  if (typeof value === 'string' && /\d|infinity/i.test(value)) return storable(value, subject)
  if (typeof value !== 'object' || value === null || kindOf(value) !== 'object')
    throw refusal(subject, "an interval such as { days: 7 } or '7 days'", value)
  const texts: string[] = []
  for (const [name, amount] of Object.entries(value)) {
    if (!isPart(name))
      throw new ArgumentError(`${subject}: an interval has no part '${name}'. ${suggest(name, parts, 'Parts')}`)
    if (amount !== undefined) texts.push(encodePart(name, amount, subject))
  }
  return texts.length > 0 ? texts.join(' ') : '0 seconds'
}

export const intervalCodec: Codec = { decode, encode }
