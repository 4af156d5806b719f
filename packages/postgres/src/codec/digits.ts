// What a number looks like as text. Every test here takes the same little stack for a text of any length; number.ts and numeric.ts use them.
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const nonDigit = /\D/
// The server's longest numeric has 131072 digits before the point and 16383 behind it.
const longestDecimal = 150_000

/** What numeric and the floats hold besides numbers. */
export const special: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity'])

const isDigit = (code: number) => code >= 48 && code <= 57

/** Digits, perhaps behind a minus. */
export function isInteger(text: string): boolean {
  const digits = text.startsWith('-') ? text.slice(1) : text
  return digits !== '' && !nonDigit.test(digits)
}

/** Up to here a loop is faster than a regular expression, and nearly every text is shorter. */
const short = 32

/** Digits with at most one point among them, perhaps behind a sign. The scan ends at the first other character. */
function isPlainDecimal(text: string): boolean {
  const first = text.charCodeAt(0)
  let hasDigit = false
  let hasPoint = false
  for (let at = first === 45 || first === 43 ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isDigit(code)) hasDigit = true
    else if (code === 46 && !hasPoint) hasPoint = true
    else return false
  }
  return hasDigit
}

/** A decimal number as PostgreSQL writes it. `Number()` would also take `''`, `' 7 '` and `'0x10'`. */
export function isDecimal(text: string): boolean {
  if (text.length <= short && isPlainDecimal(text)) return true
  return text.length <= longestDecimal && decimal.test(text)
}
