// The key of a reference as its object holds it: whether it changed, and which object of the session it names.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { keyText } from '../state/identity-key.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import { isSameKeyValue } from '../state/key-form.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { own } from './members.ts'

/** Did the user change the key itself? For a new object: did they give it? */
export function isKeyChanged(state: InstanceState, relationship: RelationshipProperty, session: SessionState): boolean {
  const { byProperty } = session.format(state.mapper)
  const { keyProperties } = relationship
  for (let i = 0; i < keyProperties.length; i++) {
    const property = keyProperties[i] ?? ''
    const place = byProperty.get(property)
    const value = own(state.object, property)
    if (!place || value === undefined) continue
    if (state.status === 'pending' ? value !== null : differs(value, state.row[place.index], place)) return true
  }
  return false
}

/** Does the key that the object holds name this target? */
export function agreesWithKey(
  state: InstanceState,
  relationship: RelationshipProperty,
  target: InstanceState | null,
): boolean {
  // One null is enough for a key to name nobody.
  if (target === null) return relationship.pairs.some(([mine]) => (own(state.object, mine.property) ?? null) === null)
  return relationship.pairs.every(([mine, theirs]) => {
    const value = own(state.object, mine.property)
    const theirValue = own(target.object, theirs.property)
    return value !== null && value !== undefined && isSameKeyValue(value, theirValue, theirs)
  })
}

/** The object of the session that these texts of a key name; null where it holds none. */
function lookUp(
  relationship: RelationshipProperty,
  session: SessionState,
  textOf: (mine: RelationshipProperty['pairs'][number][0], place: Place) => string | null,
): InstanceState | null {
  const target = relationship.target()
  if (!session.identityMap.hasAnyOf(target)) return null
  const texts: string[] = []
  for (const place of session.format(target).keys) {
    const pair = relationship.pairs.find(([, theirs]) => theirs === place.column)
    const text = pair ? textOf(pair[0], place) : null
    if (text === null) return null
    texts.push(place.form?.(text) ?? text)
  }
  return session.identityMap.get(target, texts.join('\u0000')) ?? null
}

/** The object that the key names now. */
export function targetOfKey(
  state: InstanceState,
  relationship: RelationshipProperty,
  session: SessionState,
): InstanceState | null {
  return lookUp(relationship, session, (mine, place) => {
    const value = own(state.object, mine.property)
    return value === undefined || value === null ? null : keyText(value, place, mine.label)
  })
}

/** The object that the row's key names, or named before the row was expired. */
export function oldTarget(
  state: InstanceState,
  relationship: RelationshipProperty,
  session: SessionState,
): InstanceState | null {
  if (state.row.length === 0) return null
  const { byColumn } = session.format(state.mapper)
  return lookUp(relationship, session, (mine) => {
    const { index = -1 } = byColumn.get(mine) ?? {}
    const text = state.row[index]
    return (text === undefined ? state.forgotten?.[index] : text) ?? null
  })
}

/** Where the texts of a key come from: the target's row, or what is going to be its row. */
export interface KeySource {
  readonly target: InstanceState | null
  readonly session: SessionState
  readonly row: Readonly<RawRow>
}

/** Whose key it is. */
export interface Reference {
  readonly child: InstanceState
  readonly relationship: RelationshipProperty
}

/** A column of a key, and the one that it refers to. */
export interface KeyPlaces {
  readonly mine: Place
  readonly theirs: Place
}

/** The columns of a reference's key, for who asks for many objects of its class. */
export function keyPlaces(
  { pairs, target }: RelationshipProperty,
  { byColumn }: RowFormat,
  session: SessionState,
): readonly KeyPlaces[] {
  const { byColumn: theirColumns } = session.format(target())
  return pairs.flatMap(([column, theirColumn]) => {
    const mine = byColumn.get(column)
    const theirs = theirColumns.get(theirColumn)
    return mine && theirs ? [{ mine, theirs }] : []
  })
}

/** Shows the texts that a child's key columns get from a target. Without one, the columns that may be null are enough to say so. */
export function eachKeyText(
  { child, relationship: { pairs } }: Reference,
  { target, session, row }: KeySource,
  visit: (place: Place, text: string | null) => void,
): void {
  const { byColumn } = session.format(child.mapper)
  const theirs = target && session.format(target.mapper).byColumn
  for (const [mine, theirColumn] of pairs) {
    const place = byColumn.get(mine)
    const theirPlace = theirs?.get(theirColumn)
    const text = target && theirPlace ? (row[theirPlace.index] ?? null) : null
    if (place && (target || mine.isNullable)) visit(place, text)
  }
}
