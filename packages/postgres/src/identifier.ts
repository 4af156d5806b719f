// Identifiers as they stand in SQL. The only place where a name becomes text; keyword.ts says which words need quotes.
import { ArgumentError } from '@oriel/sql'
import { columnNameKeywords, reservedKeywords, typeOrFunctionKeywords } from './keyword.ts'

/** PostgreSQL cuts longer names without a word, so two of them could become one. */
export const maxIdentifierBytes = 63

const bare = /^[a-z_][a-z0-9_$]*$/
const keywords: ReadonlySet<string> = new Set([...reservedKeywords, ...typeOrFunctionKeywords, ...columnNameKeywords])

function byteLength(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

function check(identifier: string): void {
  if (identifier === '') throw new ArgumentError('An identifier is empty')
  if (identifier.includes('\0'))
    throw new ArgumentError(`The identifier ${JSON.stringify(identifier)} contains a NUL character`)
  if (!identifier.isWellFormed())
    throw new ArgumentError(`The identifier ${JSON.stringify(identifier)} contains half of a surrogate pair`)
  const bytes = identifier.length > maxIdentifierBytes / 3 ? byteLength(identifier) : 0
  if (bytes > maxIdentifierBytes) {
    throw new ArgumentError(`The identifier ${JSON.stringify(identifier)} has ${bytes} bytes`, {
      hint: `PostgreSQL cuts identifiers after ${maxIdentifierBytes} bytes: give it a shorter name.`,
    })
  }
}

/** The name in quotes, whatever it is. Throws ArgumentError for a name that PostgreSQL cannot hold whole. */
export function quoteAlways(identifier: string): string {
  check(identifier)
  return `"${identifier.replaceAll('"', '""')}"`
}

/** The name as it stands in SQL: bare where that means the same, else in quotes. `order` gives `"order"`. */
export function quote(identifier: string): string {
  if (bare.test(identifier) && identifier.length <= maxIdentifierBytes && !keywords.has(identifier)) return identifier
  return quoteAlways(identifier)
}
