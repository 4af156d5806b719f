// Options that were misspelt are refused by name, at every door of the engine.
import { ArgumentError, suggest } from '@oriel/sql'

/** Throws ArgumentError for the first option that `known` does not hold. */
export function refuseUnknownOptions(given: unknown, known: readonly string[], where: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ArgumentError(`${where} takes an object of options.`, { hint: `Options: ${known.join(', ')}.` })
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw new ArgumentError(`${where} has no option '${name}'.`, { hint: suggest(name, known, 'Options') })
}

/** The number, or ArgumentError naming the option. */
export function wholeNumber(value: number, least: number, name: string): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= least)) return value
  throw new ArgumentError(`${name} is a whole number from ${least} up, not ${String(value)}.`)
}
