// Numbers that a column holds as they are given: the database would round what has more digits, and refuse what is too large.
import type { TypeSpec } from '@oriel/sql'

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const parts = /^[+-]?(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i
/** The digits before and behind the point of a numeric that was declared without any number of them. */
const most = { before: 131_072, behind: 16_383 }
/** Enough for all of them; a pattern needs time for each. */
const longest = 150_000

/** Is it a decimal number, as a text? */
export function isDecimal(text: string): boolean {
  return text.length <= longest && decimal.test(text)
}

/** Without these at the end. By a loop: a pattern like `0+$` begins anew at each of them, and a long text takes minutes. */
function withoutEnd(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end--
  return end === text.length ? text : text.slice(0, end)
}

/** Does a numeric column hold just these digits? */
export function fits(spec: TypeSpec): (value: string) => boolean {
  const { before, behind } = room(spec)
  return (value) => {
    const [, leading = '', trailing = '', exponent = '0'] = parts.exec(value) ?? []
    const whole = leading.replace(/^0+/, '')
    const fraction = withoutEnd(trailing, '0')
    const shift = Number(exponent)
    const significant = (whole + fraction).replace(/^0+/, '')
    const digits = whole.length > 0 ? whole.length : -(/^0*/.exec(fraction)?.[0].length ?? 0)
    // `50e-3` is 0.05: zeros at the end of a whole number take no place behind the point.
    const zeros = fraction === '' ? whole.length - withoutEnd(whole, '0').length : 0
    if (significant === '') return Math.abs(shift) <= most.behind
    return digits + shift <= before && fraction.length - zeros - shift <= behind
  }
}

/** What `fits` asks for, in words. */
export function digitsOf(spec: TypeSpec): string {
  const { before, behind } = room(spec)
  return `has at most ${before} digits before the point and ${behind} behind it`
}

function room({ precision, scale = 0 }: TypeSpec): typeof most {
  return precision === undefined ? most : { before: precision - scale, behind: scale }
}

/** Does a real give this number back? It keeps the shortest decimal that tells its four bytes from their neighbours. */
export function isReal(value: number): boolean {
  const kept = Math.fround(value)
  if (!Number.isFinite(kept) || kept === 0) return Object.is(kept, value)
  for (let digits = 1; digits <= 9; digits++) {
    const shown = Number(kept.toPrecision(digits))
    if (Math.fround(shown) === kept && !isBetween(shown, kept)) return shown === value
  }
  return false
}

/** Is it just half way from a real to the next one? Those the server does not show. */
function isBetween(value: number, real: number): boolean {
  const next = 2 * value - real
  return next !== real && Math.fround(next) === next
}
