// Where the columns of an entity become an object. A parameter of every execution: the mapper's session puts its identity map here.
import type { Codec, RowItem } from '@oriel/sql'
import type { WireRow } from '../driver.ts'

/** The item of a row that is an entity: which one, and where its columns and its key stand. */
export type EntityItem = Extract<RowItem, { readonly kind: 'entity' }>

/**
 * Asked once per entity of a statement's rows; what it returns is called for each row in which the entity is present.
 * `codecs` are those of the whole row, by position: the entity's own begin at `item.start`.
 */
export type EntityReader = (item: EntityItem, codecs: readonly Codec[]) => (row: WireRow) => object

/** The reader without a session: each row makes its own object. */
export const instantiateEntity: EntityReader = (item, codecs) => {
  const { element, start } = item
  const own = codecs.slice(start, start + element.loadedColumns.length)
  return (row) => element.instantiate(decodeSpan(row, start, own))
}

/** Neighbouring cells, decoded. A copy that is decoded in place is much faster than an array that grows. */
export function decodeSpan(row: WireRow, start: number, codecs: readonly Codec[]): unknown[] {
  const values: unknown[] = row.slice(start, start + codecs.length)
  let i = 0
  for (const codec of codecs) {
    const text = row[start + i]
    if (text !== null && text !== undefined) values[i] = codec.decode(text)
    i++
  }
  return values
}
