// Values in the forms that JSON has for them, brought into JavaScript's own. What cannot be is left as it is: the schema behind refuses it.
import { z } from 'zod'
import { instantOf } from './calendar.ts'
import type { Named } from './message.ts'

/** An instant: a Date, or a text with its offset. Without one it would depend on where the program runs. */
export function dateOf(as: Named): (value: unknown, context: z.core.$RefinementCtx) => unknown {
  return (value, context) => {
    const instant = typeof value === 'string' ? instantOf(value) : null
    if (!instant) return value
    if (!instant.isFiner) return instant.date
    context.issues.push({
      code: 'custom',
      input: value,
      message: `${as.label}: is finer than a millisecond, and no Date holds that`,
    })
    return z.NEVER
  }
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
