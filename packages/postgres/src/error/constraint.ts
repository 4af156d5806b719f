// What a constraint violation's fields say: the columns, the values, and for a foreign key which side. Pure parsing, no messages.
import type { ServerErrorFields } from '@oriel/sql'

/** The key that a unique, exclusion or foreign key violation is about. */
export interface ViolatedKey {
  /** Columns, or expressions such as `lower(email)`, as the server writes them. */
  readonly columns: readonly string[]
  /** One text per column; null where the texts cannot be told apart. */
  readonly values: readonly string[] | null
  /** All values as the server wrote them: `ann@x.io`, `1, 2`. */
  readonly text: string
}

/** Splits at commas that stand outside of parentheses and quotes. */
function splitList(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let isQuoted = false
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth === 0) {
      items.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  items.push(text.slice(start).trim())
  return items
}

function unquoted(column: string): string {
  return /^".+"$/s.test(column) ? column.slice(1, -1).replaceAll('""', '"') : column
}

/**
 * Reads `Key (email)=(ann@x.io) already exists.` Null where the detail holds no key (hidden by the server, or MATCH FULL).
 * The form `(columns)=(values)` is the same in every language of the server.
 */
export function violatedKey(detail: string | undefined): ViolatedKey | null {
  if (!detail) return null
  const start = detail.indexOf('(')
  const middle = detail.indexOf(')=(', start)
  if (start === -1 || middle === -1) return null
  const list = detail.slice(start + 1, middle)
  const end = endOfValues(detail, middle + 3, list)
  if (end === -1) return null
  const columns = splitList(list).map(unquoted)
  const text = detail.slice(middle + 3, end)
  if (columns.length === 1) return { columns, values: [text], text }
  const values = text.split(', ')
  return { columns, values: values.length === columns.length ? values : null, text }
}

/** The last `)` before the words behind the values, and before the second key of an exclusion constraint. */
function endOfValues(detail: string, keyEnd: number, columns: string): number {
  const second = detail.indexOf(`(${columns})=(`, keyEnd)
  const words = second === -1 ? detail.replace(/"[^"]*"[^"]?$/, '') : detail.slice(0, second)
  const end = words.lastIndexOf(')')
  return end < keyEnd ? -1 : end
}

/** Which row of a foreign key is the matter: the one that points to nothing, or the one that others point to. */
export type ForeignKeySide =
  | { readonly kind: 'missing'; readonly table: string; readonly referenced: string | null }
  | { readonly kind: 'referenced'; readonly table: string; readonly by: string }

/** The name in the last pair of quotes: the other table. */
function lastQuoted(text: string): string | null {
  return /"([^"]+)"[^"]*$/.exec(text)?.[1] ?? null
}

/**
 * Tells the two sides of a foreign key apart. The server always reports the referencing table in `table`.
 * Null where the fields do not say it.
 */
export function foreignKeySide(fields: ServerErrorFields): ForeignKeySide | null {
  const { table, detail = '', message } = fields
  if (!table) return null
  const other = lastQuoted(detail)
  const isReferenced =
    detail.includes('still referenced') ||
    message.startsWith('update or delete on table') ||
    (other === table && !detail.includes('not present'))
  if (!isReferenced) return { kind: 'missing', table, referenced: other }
  const referenced = /"([^"]+)"/.exec(message)?.[1]
  return referenced ? { kind: 'referenced', table: referenced, by: table } : null
}
