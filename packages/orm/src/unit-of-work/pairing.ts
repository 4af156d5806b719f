// Which row of RETURNING belongs to which object. RETURNING promises no order: rows are told apart by keys that are given out in order,
// or by keys that are ours.
import type { WireRow } from '@oriel/engine'
import type { Dialect } from '@oriel/sql'
import { FlushError } from '../error.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { textForm } from '../state/text-form.ts'

/** The columns that are written. */
type Given = Pick<ReadonlySet<Place>, 'has'>

/** Types whose text comes back as it was sent. */
const canonicalTypes = new Set(['integer', 'smallint', 'bigint', 'uuid', 'text', 'varchar'])

/** Is the key in the row the text that we sent, so that it need not be asked back? */
export function isCanonical({ column }: Place): boolean {
  return canonicalTypes.has(column.type.spec.name)
}

/** Can several rows go into one statement, and be told apart in its answer? `areReadable` says whether that holds for their keys too. */
export function canBePaired(format: RowFormat, given: Given, { supports }: Dialect): boolean {
  const made = format.keys.filter((place) => !given.has(place))
  if (made.length > 0) return made.every(({ column }) => column.generated === 'identity') && supports.orderedSequence
  return format.keys.every(({ column }) => textForm(column.type) !== null)
}

/** Are these rows' keys written in a way that can be compared with what the server writes? */
export function areReadable(rows: readonly { readonly texts: RawRow }[], { keys }: RowFormat): boolean {
  const spelled = keys.filter((place) => !isCanonical(place))
  return spelled.every((place) =>
    rows.every(({ texts }) => texts[place.index] === undefined || comparable(texts[place.index], place) !== null),
  )
}

/** The form in which texts of one value are equal; null where only the server can tell what the text stands for. */
export function comparable(text: string | null | undefined, { column }: Place): string | null {
  if (text === null || text === undefined) return null
  const form = textForm(column.type)
  return form ? form(text) : null
}

/** The key of these texts; null where it cannot be read. */
function comparableKey(
  keys: readonly Place[],
  textAt: (place: Place, i: number) => string | null | undefined,
): string | null {
  const parts = keys.map((place, i) => comparable(textAt(place, i), place))
  return parts.includes(null) ? null : parts.join('\u0000')
}

/** No number of so many digits is beyond what a JavaScript number holds exactly. */
const exactDigits = 15

/** By the integer at this position: nearly always they stand so already. */
function inOrder(rows: readonly WireRow[], at: number): readonly WireRow[] {
  const texts = rows.map((row) => row[at] ?? '0')
  const isExact = texts.every(({ length }) => length <= exactDigits)
  const keys: (number | bigint)[] = isExact ? texts.map(Number) : texts.map(BigInt)
  const isSorted = keys.every((key, i) => i === 0 || (keys[i - 1] ?? key) < key)
  if (isSorted) return rows
  const order = rows.map((row, i) => ({ row, key: keys[i] ?? 0 }))
  return order.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row)
}

/** Puts the rows that came back into the order of the objects. */
export function pairRows(
  batch: readonly { readonly state: InstanceState; readonly texts: RawRow }[],
  rows: readonly WireRow[],
  { format, given, returning }: { format: RowFormat; given: Given; returning: readonly Place[] },
): readonly WireRow[] {
  if (returning.length === 0 || batch.length === 1) return rows
  const made = format.keys.find((place) => !given.has(place))
  if (made) {
    // Keys were given out in the order of the rows.
    const at = returning.indexOf(made)
    return inOrder(rows, at)
  }
  const positions = format.keys.map((place) => returning.indexOf(place))
  const byKey = new Map(rows.map((row) => [comparableKey(format.keys, (_, i) => row[positions[i] ?? -1]), row]))
  return batch.map(({ state, texts }) => {
    const key = comparableKey(format.keys, (place) => texts[place.index])
    const row = key === null ? undefined : byKey.get(key)
    if (row) return row
    throw new FlushError(
      `${state.mapper.name}: the server changed the key of a new row, so that it cannot be told from the others.`,
      {
        hint: 'Flush such objects one by one.',
      },
    )
  })
}
