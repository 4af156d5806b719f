// The codes of warnings that a statement is allowed to raise without a word.
import { type WarningCode, warningCodes } from '../compiler/compiled.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'

/** The codes so far and these. Throws ArgumentError for a code that there is not. */
export function allowing(before: readonly WarningCode[], codes: readonly WarningCode[]): readonly WarningCode[] {
  for (const code of codes)
    if (!warningCodes.includes(code))
      throw new ArgumentError(`There is no warning '${String(code)}' to allow.`, {
        hint: suggest(String(code), warningCodes, 'Codes'),
      })
  return Object.freeze([...before, ...codes])
}
