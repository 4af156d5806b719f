// Rows become objects of a session: one object per key, unsaved changes kept. The engine asks for a reader per entity of a statement.

import type { WireRow } from '@oriel/engine'
import { type EntityItem, type EntityReader, instantiateEntity } from '@oriel/engine/internal'
import type { Codec } from '@oriel/sql'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { differs } from '../state/difference.ts'
import { InstanceState, type RawRow, withForgotten } from '../state/instance-state.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { referenceMoved } from './moved-reference.ts'
import type { SessionState } from './session-state.ts'

/** A column of a row, and its place in the snapshot. */
interface Cell {
  readonly position: number
  readonly place: Place
}

function decode(text: string | null | undefined, codec: Codec): unknown {
  return text === null || text === undefined ? null : codec.decode(text)
}

/**
 * Takes a row that was read again: fills what was not loaded, refreshes what is unmodified where the transaction is a later one,
 * and resets all where that is asked.
 */
export function readAgain(
  state: InstanceState,
  { cells, row: read }: { cells: readonly Cell[]; row: WireRow },
  { isLater, isReset, session }: { isLater: boolean; isReset: boolean; session: SessionState },
): void {
  const { object, row: before, forgotten } = state
  let row: RawRow | null = null
  let moved: Set<RelationshipProperty> | null = null
  for (const { position, place } of cells) {
    const known = before[place.index]
    const text = read[position] ?? null
    if ((known === text && !isReset) || (known !== undefined && !isLater)) continue
    const value: unknown = Object.getOwnPropertyDescriptor(object, place.name)?.value
    const isModified = value !== undefined && differs(value, known, place)
    if (known === text && !isModified && value !== undefined) continue
    if (!row) {
      // A rollback goes back to what the row said when the transaction began.
      session.journal?.keep(state)
      row = before.slice()
      state.row = row
    }
    row[place.index] = text
    const last = known === undefined ? forgotten?.[place.index] : known
    if (last !== text && last !== undefined)
      for (const reference of place.references) {
        moved ??= new Set()
        moved.add(reference)
      }
    // What the user changed is not overwritten; the row below it is brought up to date all the same.
    if (isModified && !isReset) continue
    setLoaded(object, place.name, decode(text, place.codec))
  }
  if (!moved) return
  const last = withForgotten(before, forgotten)
  for (const reference of moved) referenceMoved(state, { reference, before: last }, session)
}

function cellsOf(item: EntityItem, format: RowFormat): Cell[] {
  return item.element.loadedColumns.flatMap((column, i) => {
    const place = format.byColumn.get(column)
    return place ? [{ position: item.start + i, place }] : []
  })
}

function placesBeside(cells: readonly Cell[], { places }: RowFormat): Place[] {
  const read = new Set(cells.map(({ place }) => place))
  return places.filter((place) => !read.has(place))
}

/** The identity straight from the row: no snapshot is needed to look it up. */
function identityReader(cells: readonly Cell[], format: RowFormat): (row: WireRow) => string | null {
  const positions = format.keys.map((key) => cells.find(({ place }) => place === key)?.position ?? -1)
  const [only = -1, ...more] = positions
  const forms = format.keys.map(({ form }) => form)
  const [form = null] = forms
  if (more.length === 0) {
    if (!form) return (row) => row[only] ?? null
    return (row) => {
      const text = row[only] ?? null
      return text === null ? null : form(text)
    }
  }
  return (row) => {
    const parts = positions.map((position, i) => {
      const text = row[position] ?? null
      return text === null ? null : (forms[i]?.(text) ?? text)
    })
    return parts.includes(null) ? null : parts.join('\u0000')
  }
}

/**
 * The reader that a session gives to the engine. Entities of raw tables, and rows without a key, are plain objects.
 * `isRefresh`: what is unmodified takes what the row says. `isReset`: what is modified too.
 */
export function sessionReader(session: SessionState, { isRefresh = false, isReset = false } = {}): EntityReader {
  return (item, codecs) => {
    const mapper = session.mapperOfTable(item.element.table)
    if (!mapper) return instantiateEntity(item, codecs)
    const format = session.format(mapper)
    const cells = cellsOf(item, format)
    const identityOf = identityReader(cells, format)
    const states = session.identityMap.of(mapper)
    const make = instantiateEntity(item, codecs)
    const width = format.places.length
    // Most rows hold all columns in the order of the class: then the snapshot is the row itself, or a slice of it.
    const isWhole =
      cells.length === width && cells.every(({ position, place }) => position === item.start + place.index)
    const unread = cells.length === width ? [] : placesBeside(cells, format)
    const isAlone = codecs.length === width
    const snapshot = (row: WireRow): Readonly<RawRow> => {
      if (isWhole) return isAlone ? row : row.slice(item.start, item.start + width)
      const raw: RawRow = new Array(width).fill(undefined)
      for (const { position, place } of cells) raw[place.index] = row[position] ?? null
      return raw
    }
    return (row) => {
      const identity = identityOf(row)
      const known = identity === null ? undefined : states.get(identity)
      if (known) {
        const isLater = isRefresh || isReset || session.readsAgain(known)
        readAgain(known, { cells, row }, { isLater, isReset, session })
        if (unread.length === 0) known.forgotten = null
        // Of a row that was read in part, the rest is still what an older transaction said.
        if (unread.every(({ index }) => known.row[index] === undefined)) known.readIn = session.serial
        return known.object
      }
      const object = make(row)
      if (identity === null) return object
      const state = new InstanceState(mapper, object)
      state.session = session
      state.status = 'persistent'
      state.identity = identity
      state.row = snapshot(row)
      state.readIn = session.serial
      states.set(identity, state)
      session.onLoaded(state)
      return object
    }
  }
}
