// Rows of a flush, put into groups that one statement can write, in the order in which it writes them.
import type { Mapper } from '../registry/mapper.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { selfKeys } from './plan.ts'
import type { ColumnTexts } from './row-statement.ts'

/** Items by key, in the order in which they are met. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

/** Parts of so many items each, in their order. */
export function inBatches<T>(items: readonly T[], size: number): (readonly T[])[] {
  if (items.length <= size) return [items]
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}

/** An object, and the texts that are written of it. */
export interface Row {
  readonly state: InstanceState
  readonly texts: RawRow
}

/** So many columns have their bits in a number. */
const mostBits = 52

/** Which columns are written: rows of one shape go into one statement. */
export function shapeOf({ texts }: Row): number | string {
  if (texts.length > mostBits) return texts.map((text) => (text === undefined ? 0 : 1)).join('')
  let bits = 0
  for (const text of texts) bits = bits * 2 + (text === undefined ? 0 : 1)
  return bits
}

/** The columns that rows of this shape write. */
export function placesIn(texts: RawRow | undefined, { places }: RowFormat): Place[] {
  return places.filter(({ index }) => texts?.[index] !== undefined)
}

/** Objects that refer to no other say so, so that all have the same columns. */
export function nameOwnKeys(mapper: Mapper, rows: readonly Row[], { byProperty }: RowFormat): void {
  for (const name of selfKeys(mapper)) {
    const place = byProperty.get(name)
    if (place) for (const { texts } of rows) texts[place.index] ??= null
  }
}

/** The values of one column. */
export function columnTexts({ column, index }: Place, rows: readonly Row[]): ColumnTexts {
  return { column, texts: rows.map(({ texts }) => texts[index] ?? null) }
}

const shortInteger = /^-?\d{1,15}$/

/** Do the numbers stand in their order already? Nearly always they do. */
function areInOrder<T>(items: readonly T[], stateOf: (item: T) => InstanceState): boolean {
  let last = Number.NEGATIVE_INFINITY
  for (const item of items) {
    const text = stateOf(item).identity ?? ''
    const number = shortInteger.test(text) ? Number(text) : Number.NaN
    if (!(number >= last)) return false
    last = number
  }
  return true
}

/** By identity: as numbers where all are, else as texts. */
export function sortedByKey<T>(items: readonly T[], stateOf: (item: T) => InstanceState): readonly T[] {
  if (areInOrder(items, stateOf)) return items
  const texts = items.map((item) => stateOf(item).identity ?? '')
  const keys: (number | string)[] = texts.every((text) => shortInteger.test(text)) ? texts.map(Number) : texts
  const order = items.map((item, i) => ({ item, key: keys[i] ?? '' }))
  return order.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item)
}

/** Without those whose rows went with a collection that let them go. */
export function stored(states: readonly InstanceState[]): readonly InstanceState[] {
  return states.some(({ status }) => status === 'deleted')
    ? states.filter(({ status }) => status !== 'deleted')
    : states
}
