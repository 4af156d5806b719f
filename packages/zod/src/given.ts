// Values in the forms that JSON has for them, brought into JavaScript's own. What cannot be is left as it is: the schema behind refuses it.

const instant = /^\d{4,}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i

/** An instant: a Date, or a text with its offset. Without one it would depend on where the program runs. */
export function dateOf(value: unknown): unknown {
  return typeof value === 'string' && instant.test(value) ? new Date(value) : value
}

/** A whole number of any size: a bigint, its digits, or a number that is exact. */
export function bigintOf(value: unknown): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value.replace(/^\+/, '')) : value
}

/** An exact decimal: its digits, a bigint, or a number. */
export function decimalOf(value: unknown): unknown {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value)) ? String(value) : value
}
