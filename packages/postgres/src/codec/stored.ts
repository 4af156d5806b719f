// What a column would not hold just as it was said: longer texts, larger numbers, parts of a date that it drops. A condition may
// compare with such a value, so codecs write it; what is to be stored is refused here, by name. Wall clocks are in stored-clock.ts.
import { ArgumentError, type Codec, type TypeSpec } from '@oriel/sql'
import { arrayCodec } from './array.ts'
import { special } from './digits.ts'
import { refusal } from './refusal.ts'
import { refuseClock } from './stored-clock.ts'
import { withoutEnd } from './without-end.ts'

type Refuse = (text: string, subject: string) => void

/** Throws ArgumentError for a text that the server would cut, or refuse as too long. Padding is no part of a `char`. */
function longerThan({ name, length }: TypeSpec): Refuse | null {
  if (length === undefined) return null
  return (text, subject) => {
    if (text.length <= length) return
    const characters = [...(name === 'char' ? withoutEnd(text, ' ') : text)].length
    if (characters > length) throw refusal(subject, `at most ${length} characters`, text)
  }
}

const parts = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/

/** The power of ten that the number stays below once it is rounded to so many decimals. */
function magnitude(text: string, scale: number): number {
  const [, whole = '', fraction = '', exponent = '0'] = parts.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const point = digits.length - fraction.length + Number(exponent)
  const kept = point + scale
  // Digits that are dropped may carry over into another one: 9.995 is 10.00.
  const carries = kept >= 0 && (digits[kept] ?? '0') >= '5' && /^9*$/.test(digits.slice(0, kept))
  return digits === '' || kept < 0 ? Number.NEGATIVE_INFINITY : point + (carries ? 1 : 0)
}

/** Throws ArgumentError for what `numeric(p, s)` cannot hold. More decimals than `s` are the server's to round. */
function beyond({ precision, scale = 0 }: TypeSpec): Refuse | null {
  if (precision === undefined) return null
  const most = precision - scale
  const safe = 10 ** most - Math.max(1, 10 ** -scale)
  const expected = `a number with at most ${most} digits before the point`
  return (text, subject) => {
    if (Math.abs(Number(text)) < safe || text === 'NaN') return
    if (special.has(text) || magnitude(text, scale) > most) throw refusal(subject, expected, text)
  }
}

/** Up to here a real shows every integer in full. */
const mostInReal = 2 ** 24

/** An integer that does not come back from a `real` is refused; a fraction is near enough, as in every binary number. */
function inexact(text: string, subject: string): void {
  const number = Number(text)
  if (!Number.isInteger(number) || Math.abs(number) <= mostInReal) return
  const held = Math.fround(number)
  // The server shows as few digits as tell it from its neighbours, also where it holds more.
  for (let digits = 1; digits <= 9; digits++) {
    const shown = Number(held.toPrecision(digits))
    if (Math.fround(shown) !== held || isBetween(shown, held)) continue
    if (shown === number) return
    throw new ArgumentError(`${subject} is a real, which gives back ${shown} in place of ${text}.`, {
      hint: 'Declare the column double, integer or numeric.',
    })
  }
}

/** Is it just half way from a real to the next one? Those the server does not show. */
function isBetween(value: number, real: number): boolean {
  const next = 2 * value - real
  return next !== real && Math.fround(next) === next
}

function refuseOf(spec: TypeSpec): Refuse | null {
  switch (spec.name) {
    case 'varchar':
    case 'char':
      return longerThan(spec)
    case 'numeric':
      return beyond(spec)
    case 'real':
      return inexact
    case 'date':
    case 'timestamp':
    case 'time':
    case 'timetz':
      return refuseClock(spec.name)
    default:
      return null
  }
}

/** The codec with its `store`, where a column of this type holds less than a text can say. */
export function storing(codec: Codec, spec: TypeSpec): Codec {
  const refuse = refuseOf(spec)
  if (!refuse) return codec
  return {
    ...codec,
    store(value, subject) {
      const text = codec.encode(value, subject)
      refuse(text, subject)
      return text
    },
  }
}

/** An array stores what its elements do. */
export function storingArray(shape: Parameters<typeof arrayCodec>[0]): Codec {
  const codec = arrayCodec(shape)
  const { leaf } = shape
  if (!leaf.store) return codec
  const store = leaf.store.bind(leaf)
  return { ...codec, store: arrayCodec({ ...shape, leaf: { decode: leaf.decode, encode: store } }).encode }
}
