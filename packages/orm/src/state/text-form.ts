// One value, one text: what was sent, however it was spelled, and what the server writes for it are brought to one form. Where a text
// cannot be read here, only the server knows what it stands for: bulk/key-question.ts asks it.
import type { SqlType, TypeSpec } from '@oriel/sql'

/** The one form of a text; null where only the server knows what the text stands for. */
export type TextForm = (text: string) => string | null

/** Beyond this a number is left to the server: its digits would be written out. */
const largestExponent = 1_000
const wholeNumber = /^[1-9]\d*$/
const decimal = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

/** Without these at the end. By a loop: a pattern like `0+$` begins anew at each of them, and a long text takes minutes. */
function withoutEnd(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end--
  return end === text.length ? text : text.slice(0, end)
}

/** `1`, `+1`, `1.00`, `01` and `1e0` are `1`. With a scale it is rounded as the server rounds, half away from zero. */
export function decimalForm(text: string, scale: number | null): string | null {
  if (wholeNumber.test(text) || text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text
  const match = decimal.exec(text)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? []
  if (!match || whole + fraction === '' || Math.abs(Number(exponent)) > largestExponent) return null
  let digits = whole + fraction
  let point = whole.length + Number(exponent)
  if (point < 0) {
    digits = '0'.repeat(-point) + digits
    point = 0
  }
  digits = digits.padEnd(point, '0')
  if (scale !== null && digits.length > point + scale) {
    const unit = 10n ** BigInt(digits.length - point - scale)
    const rounded = (BigInt(digits) * 2n + unit) / (unit * 2n)
    digits = String(rounded).padStart(point + scale, '0')
    point = digits.length - scale
  }
  const integer = digits.slice(0, point).replace(/^0+/, '') || '0'
  const rest = withoutEnd(digits.slice(point), '0')
  const plain = rest === '' ? integer : `${integer}.${rest}`
  return plain === '0' || sign !== '-' ? plain : `-${plain}`
}

function numericForm({ precision, scale = 0 }: TypeSpec): TextForm | null {
  if (precision === undefined) return (text) => decimalForm(text, null)
  return scale < 0 ? null : (text) => decimalForm(text, scale)
}

/** The server compares without the blanks at the end; other white space counts. */
export function withoutBlanks(text: string): string {
  return withoutEnd(text, ' ')
}

const day = String.raw`(\d{4,6})-(\d\d?)-(\d\d?)`
const clock = String.raw`(\d\d?):(\d\d)(?::([0-5]\d)(?:\.(\d+))?)?`
const dayForm = new RegExp(`^${day}( BC)?$`)
const clockForm = new RegExp(`^${clock}$`)
const instant = new RegExp(`^${day}(?:[ T]${clock})?(Z|[+-]\\d\\d(?::?\\d\\d)?(?::\\d\\d)?)?( BC)?$`)

/** Seconds of `+05:30`. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0
  const [hours = 0, minutes = 0, seconds = 0] = (zone.slice(1).match(/\d\d/g) ?? []).map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
}

/** Six digits, as many as the server keeps; null for more. */
function microseconds(fraction: string): string | null {
  const digits = withoutEnd(fraction, '0').padEnd(6, '0')
  return digits.length === 6 ? digits : null
}

function isEndless(text: string): boolean {
  return text === 'infinity' || text === '-infinity'
}

/** The end of a day may be written as 24:00. */
function isMidnight([hour, ...rest]: readonly string[]): boolean {
  return hour === '24' && rest.every((part) => Number(part) === 0)
}

function instantForm(hasZone: boolean): TextForm {
  return (text) => {
    if (isEndless(text)) return text
    const found = instant.exec(text)
    if (!found) return null
    const [, year, month, dayOfMonth, hour = '0', minute = '0', second = '0', fraction = '', zone, bc] = found
    const micros = microseconds(fraction)
    // The server forgets a zone where the column has none, and takes its own where the text has none.
    if ((zone !== undefined) !== hasZone || micros === null) return null
    const time = new Date(0)
    time.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(dayOfMonth))
    // The server refuses what a Date carries over: the 30th of February, the thirteenth month, 25 o'clock.
    if (Number(year) < 1 || time.getUTCMonth() !== Number(month) - 1 || time.getUTCDate() !== Number(dayOfMonth))
      return null
    if (Number(minute) > 59 || (Number(hour) > 23 && !isMidnight([hour, minute, second, micros]))) return null
    time.setUTCHours(Number(hour), Number(minute), Number(second) - offsetOf(zone ?? 'Z'))
    return Number.isNaN(time.getTime()) ? null : `${time.getTime() / 1000}.${micros}`
  }
}

/** Spellings that do not begin with the year depend on the server's DateStyle, or on the day. */
function dateForm(text: string): string | null {
  const [, year = '', month = '', dayOfMonth = '', bc = ''] = dayForm.exec(text) ?? []
  if (year === '') return isEndless(text) ? text : null
  return `${Number(year)}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}${bc}`
}

function timeForm(text: string): string | null {
  const [, hour, minute, second = '00', fraction = ''] = clockForm.exec(text) ?? []
  const micros = microseconds(fraction)
  return hour === undefined || micros === null ? null : `${hour.padStart(2, '0')}:${minute}:${second}.${micros}`
}

/** `t` and `f`, which is what the server writes; `true` and `false` are sent. */
export function booleanForm(text: string): string | null {
  if (text === 't' || text === 'true') return 't'
  return text === 'f' || text === 'false' ? 'f' : null
}

/** Minus zero is zero, and NaN is equal to itself. */
function doubleForm(text: string): string | null {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? String(number + 0) : null
}

function bytesForm(text: string): string | null {
  return /^\\x[0-9a-f]*$/i.test(text) ? text.toLowerCase() : null
}

const asItIs: TextForm = (text) => text

const byName: { readonly [K in TypeSpec['name']]?: (spec: TypeSpec) => TextForm | null } = {
  smallint: () => asItIs,
  integer: () => asItIs,
  bigint: () => asItIs,
  text: () => asItIs,
  enum: () => asItIs,
  varchar: () => asItIs,
  char: () => withoutBlanks,
  uuid: () => (text) => text.toLowerCase().replaceAll('-', ''),
  numeric: numericForm,
  boolean: () => booleanForm,
  double: () => doubleForm,
  bytea: () => bytesForm,
  timestamptz: () => instantForm(true),
  timestamp: () => instantForm(false),
  date: () => dateForm,
  time: () => timeForm,
}

const forms = new WeakMap<SqlType<unknown>, TextForm | null>()

/** How texts of a type are brought to one form; null where the server alone can compare its values: json, intervals, types of its own. */
export function textForm(type: SqlType<unknown>): TextForm | null {
  let form = forms.get(type)
  if (form === undefined) {
    form = byName[type.spec.name]?.(type.spec) ?? null
    forms.set(type, form)
  }
  return form
}

const alwaysReadable: ReadonlySet<string> = new Set([
  'smallint',
  'integer',
  'bigint',
  'text',
  'varchar',
  'char',
  'enum',
  'uuid',
  'boolean',
])

/** Has every text that can be sent for the type a form? */
export function isAlwaysReadable({ spec }: SqlType<unknown>): boolean {
  return alwaysReadable.has(spec.name)
}
