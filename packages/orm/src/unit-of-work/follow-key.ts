// Keys that were changed, and the objects that refer to them: what ON UPDATE does to the rows is done here to the objects of the session.
import type { ForeignKey } from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { identityOfRow } from '../state/identity-key.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import type { Place } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import type { Journal } from './journal.ts'
import { own } from './members.ts'

/** An object that was updated, and its row before. */
export interface Changed {
  readonly state: InstanceState
  readonly before: Readonly<RawRow>
}

interface Following {
  readonly session: SessionState
  readonly journal: Journal
}

/** The foreign keys of other tables, and of this one, whose columns the database changes along. */
function keysInto(mapper: Mapper, { registry }: SessionState): [Mapper, ForeignKey][] {
  return registry.mappers.flatMap((child) =>
    child.table.foreignKeys.flatMap((key): [Mapper, ForeignKey][] => {
      const follows = key.onUpdate === 'cascade' || key.onUpdate === 'set null' || key.onUpdate === 'set default'
      return follows && key.target() === mapper.table ? [[child, key]] : []
    }),
  )
}

function textsIn(row: Readonly<RawRow>, places: readonly (Place | undefined)[]): string | null {
  const texts: string[] = []
  for (const place of places) {
    const text = place && row[place.index]
    if (!place || text === undefined || text === null) return null
    texts.push(place.form?.(text) ?? text)
  }
  return texts.join('\u0000')
}

/** Makes the objects that refer to changed keys say what the database made of their rows; those that refer to them in turn, too. */
export function followKeys(mapper: Mapper, changed: readonly Changed[], { session, journal }: Following): void {
  const theirs = session.format(mapper).byColumn
  for (const [child, key] of keysInto(mapper, session)) {
    const targets = key.targetColumns().map((column) => theirs.get(column))
    const moved = new Map<string, InstanceState>()
    for (const { state, before } of changed) {
      const old = textsIn(before, targets)
      if (old !== null && old !== textsIn(state.row, targets)) moved.set(old, state)
    }
    if (moved.size === 0) continue
    const mine = key.columns.map((column) => session.format(child).byColumn.get(column))
    // All are found before the first is changed: one key may become what another was.
    const referring: [InstanceState, InstanceState][] = []
    for (const state of session.identityMap.of(child).values()) {
      const text = textsIn(state.row, mine)
      const target = text === null ? undefined : moved.get(text)
      if (target) referring.push([state, target])
    }
    const next = referring.map(([state, target]): Changed => {
      const before = state.row
      journal.keep(state)
      const row = before.slice()
      state.row = row
      mine.forEach((place, i) => {
        const from = targets[i]
        if (place && from) follow(state, place, { before, row, journal, text: newText(key, target.row[from.index]) })
      })
      if (key.onUpdate !== 'cascade') forgetReferences(state, key)
      session.becomePersistent(state, identityOfRow(state.row, session.format(child)))
      return { state, before }
    })
    followKeys(child, next, { session, journal })
  }
}

/** Undefined for what only the database knows. */
function newText({ onUpdate }: ForeignKey, text: string | null | undefined): string | null | undefined {
  if (onUpdate === 'cascade') return text
  return onUpdate === 'set null' ? null : undefined
}

function follow(
  state: InstanceState,
  place: Place,
  {
    before,
    row,
    journal,
    text,
  }: { before: Readonly<RawRow>; row: RawRow; journal: Journal; text: string | null | undefined },
): void {
  row[place.index] = text
  const value = own(state.object, place.name)
  // What the user set is left to the user.
  if (value !== undefined && differs(value, before[place.index], place)) return
  journal.keepProperty(state, place.name)
  if (text === undefined) Reflect.deleteProperty(state.object, place.name)
  else setLoaded(state.object, place.name, text === null ? null : place.codec.decode(text))
}

/** The object that is referred to is another one now, or none. */
function forgetReferences(state: InstanceState, key: ForeignKey): void {
  for (const { name, holdsKey, pairs } of state.mapper.relationships.values()) {
    if (!holdsKey || !pairs.every(([column]) => key.columns.includes(column))) continue
    state.members?.delete(name)
    Reflect.deleteProperty(state.object, name)
  }
}
