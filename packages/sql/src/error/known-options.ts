// Options are checked where they are taken: an unknown or undefined one is refused, never ignored.
import { ArgumentError } from './oriel-error.ts'
import { suggest } from './suggestion.ts'

/** Throws ArgumentError for an option that `where` does not have, and for one that is given as undefined. */
export function checkOptions(options: unknown, known: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ArgumentError(`${where} takes an object of options.`, { hint: `Options: ${known.join(', ')}.` })
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name))
      throw new ArgumentError(`${where} has no option '${name}'.`, { hint: suggest(name, known, 'Options') })
    if (value === undefined)
      throw new ArgumentError(`${where}: ${name} is undefined.`, { hint: 'Leave it out instead.' })
  }
}
