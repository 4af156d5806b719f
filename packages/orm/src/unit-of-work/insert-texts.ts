// What is written of new objects: what they say themselves, and the keys of those that they refer to, which have just been written.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'
import type { ChangeSets } from './change-set.ts'
import { type KeyPlaces, keyPlaces } from './key-link.ts'
import type { Links } from './links.ts'

/** Keys that a statement of their own writes. */
export type LateKeys = Map<InstanceState, Set<RelationshipProperty>>

/** A relationship whose key the rows hold. */
interface Reference {
  readonly relationship: RelationshipProperty
  readonly places: readonly KeyPlaces[]
}

/** The references of a class. */
export function referencesOf(format: RowFormat, session: SessionState): Reference[] {
  const held = format.mapper.related.filter(({ holdsKey }) => holdsKey)
  return held.map((relationship) => ({ relationship, places: keyPlaces(relationship, format, session) }))
}

/** What a flush knows when it writes. */
interface Writing {
  readonly links: Links
  readonly changes: ChangeSets
  readonly late: LateKeys
}

/** The texts of one object: those of its change set, with its keys. */
export function insertTexts(
  state: InstanceState,
  references: readonly Reference[],
  { links, changes, late }: Writing,
): RawRow {
  const texts = changes.inserts.get(state) ?? []
  const targets = references.length > 0 ? links.targets.get(state) : undefined
  if (!targets) return texts
  for (let i = 0; i < references.length; i++) {
    const reference = references[i]
    const target = reference ? targets.get(reference.relationship) : undefined
    if (!reference || target === undefined) continue
    const isLate = late.size > 0 && late.get(state)?.has(reference.relationship) === true
    if (isLate || target === null) putNull(texts, reference.places)
    else putKey(texts, reference.places, changes.inserts.get(target) ?? target.row)
  }
  return texts
}

function putKey(texts: RawRow, places: readonly KeyPlaces[], row: Readonly<RawRow> | undefined): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i]
    if (place) texts[place.mine.index] = row?.[place.theirs.index] ?? null
  }
}

/** The columns that may be null are enough to say that there is no target. */
function putNull(texts: RawRow, places: readonly KeyPlaces[]): void {
  for (const { mine } of places) if (mine.column.isNullable) texts[mine.index] = null
}
