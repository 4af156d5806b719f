// The statement that begins a transaction. Every word of it comes from here, none from the caller.
import { ArgumentError, suggest, type TransactionOptions } from '@oriel/sql'

const names = ['isolation', 'readOnly', 'deferrable'] as const
const isolations: ReadonlyMap<unknown, string> = new Map(
  ['read committed', 'repeatable read', 'serializable'].map((level) => [level, `isolation level ${level}`]),
)

function flag(value: unknown, name: string): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  throw new ArgumentError(`The transaction option '${name}' is true or false, got ${String(value)}`)
}

/** `begin isolation level repeatable read read only deferrable`. What is not said is left to the server's defaults. */
export function begin(options: TransactionOptions = {}): string {
  for (const name of Object.keys(options)) {
    if (!names.some((known) => known === name))
      throw new ArgumentError(`Unknown transaction option '${name}'. ${suggest(name, names, 'Options')}`)
  }
  const words = ['begin']
  if (options.isolation !== undefined) {
    const clause = isolations.get(options.isolation)
    const levels = [...isolations.keys()].map(String)
    if (!clause)
      throw new ArgumentError(
        `Unknown isolation '${String(options.isolation)}'. ${suggest(String(options.isolation), levels, 'Levels')}`,
      )
    words.push(clause)
  }
  const readOnly = flag(options.readOnly, 'readOnly')
  if (readOnly !== undefined) words.push(readOnly ? 'read only' : 'read write')
  const deferrable = flag(options.deferrable, 'deferrable')
  if (deferrable !== undefined) words.push(deferrable ? 'deferrable' : 'not deferrable')
  return words.join(' ')
}
