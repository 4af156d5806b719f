// What a delete takes along, and what it lets go: children that go with their parent, children that stay and lose their key.
import type { Column } from '@oriel/sql'
import { FlushError } from '../error.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { describeObject, SessionState } from '../session/session-state.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { keyForm, keyOf } from '../state/key-form.ts'
import { SmallMap } from '../state/small-map.ts'
import { agreesWithKey, isKeyChanged } from './key-link.ts'
import type { Links } from './links.ts'
import { currentMembers, listOf, own } from './members.ts'
import { byMapper } from './plan.ts'

/** Loads the members of a relationship for objects that do not have them. */
export type LoadMembers = (
  mapper: Mapper,
  relationship: RelationshipProperty,
  states: readonly InstanceState[],
) => Promise<void>

/** Members that have to be loaded before a cascade can go on. */
export interface Unseen {
  readonly mapper: Mapper
  readonly relationship: RelationshipProperty
  readonly owners: readonly InstanceState[]
}

/** Whose members a flush has asked for: it does so once. */
export type Asked = Map<RelationshipProperty, Set<InstanceState>>

/** A child that must not be without its parent goes with it, whether that is said once or twice. */
function takesAlong({ cascades, holdsKey }: RelationshipProperty): boolean {
  return !holdsKey && (cascades.has('delete') || cascades.has('delete-orphan'))
}

/** Does the session itself empty the keys of children that stay? Not where the database does. */
function letsGo(relationship: RelationshipProperty): boolean {
  const inverse = relationship.inverse()
  if (relationship.holdsKey || relationship.association || !inverse) return false
  const columns = inverse.pairs.map(([mine]) => mine)
  const key = relationship
    .target()
    .table.foreignKeys.find((each) => columns.every((column) => each.columns.includes(column)))
  const isLeft = key?.onDelete === undefined || key.onDelete === 'no action' || key.onDelete === 'restrict'
  return isLeft && columns.some((column) => column.isNullable)
}

/** The children of a deleted parent: those it has, and those it let go for nobody else. */
function childrenOf(
  parent: InstanceState,
  relationship: RelationshipProperty,
  { links, stored }: { links: Links; stored: readonly InstanceState[] },
): Set<InstanceState> {
  const inverse = relationship.inverse()
  const children = new Set<InstanceState>()
  const members = [...(currentMembers(parent, relationship) ?? []), ...listOf(parent.members?.get(relationship.name))]
  for (const child of [...members.map(stateOf), ...stored]) {
    if (child?.status !== 'persistent' || child.session !== parent.session) continue
    const target = inverse && links.targets.get(child)?.get(inverse)
    if (target ? target === parent : !inverse || !isMovedByKey(child, inverse, parent)) children.add(child)
  }
  return children
}

/** Was the child given the key of another parent, and nothing else said? */
function isMovedByKey(child: InstanceState, inverse: RelationshipProperty, parent: InstanceState): boolean {
  return (
    parent.session instanceof SessionState &&
    isKeyChanged(child, inverse, parent.session) &&
    !agreesWithKey(child, inverse, parent)
  )
}

/** Children by what their rows say: those that a criterion hides are in no collection, and the database knows them all the same. */
function storedChildren(
  owners: readonly InstanceState[],
  { pairs, target }: RelationshipProperty,
  session: SessionState,
): Map<InstanceState, InstanceState[]> {
  // Null where a part of the key is: such a row has no parent.
  const textOf = (state: InstanceState, columns: readonly Column[]): string | null => {
    const { byColumn } = session.format(state.mapper)
    const texts = columns.flatMap((column) => state.row[byColumn.get(column)?.index ?? -1] ?? [])
    return texts.length < columns.length ? null : keyOf(texts, columns.map(keyForm))
  }
  const mine = pairs.map(([column]) => column)
  const theirs = pairs.map(([, column]) => column)
  const byKey = new Map(owners.map((owner) => [textOf(owner, mine), owner]))
  const children = new Map<InstanceState, InstanceState[]>()
  for (const child of session.identityMap.of(target()).values()) {
    const key = textOf(child, theirs)
    const owner = key === null ? undefined : byKey.get(key)
    if (!owner) continue
    const known = children.get(owner)
    if (known) known.push(child)
    else children.set(owner, [child])
  }
  return children
}

/** Are there members that the session may not have seen? */
function isUnseen(state: InstanceState, relationship: RelationshipProperty): boolean {
  return currentMembers(state, relationship) === undefined || state.partial?.has(relationship.name) === true
}

/** Those of whom it was not asked yet; they are from here on. */
function notAsked(owners: readonly InstanceState[], relationship: RelationshipProperty, asked: Asked): InstanceState[] {
  const before = asked.get(relationship) ?? new Set()
  asked.set(relationship, before)
  const others = owners.filter((owner) => !before.has(owner))
  for (const owner of others) before.add(owner)
  return others
}

/**
 * Marks for deletion what loaded and unloaded relationships take along. What a criterion hides goes too: its rows refer to the parent.
 * Stops at members that have to be loaded, and goes on once they are; without those it is done at once.
 */
export function* expandDeletes(session: SessionState, links: Links, asked: Asked): Generator<Unseen> {
  let wave = [...session.deleted]
  while (wave.length > 0) {
    const next = new Set<InstanceState>()
    for (const [mapper, owners] of byMapper(wave))
      for (const relationship of mapper.relationships.values()) {
        if (!takesAlong(relationship) && !letsGo(relationship)) continue
        const isHiding = relationship.target().element.criterion !== undefined
        const isPartial = owners.some(({ partial }) => partial?.has(relationship.name))
        if (!relationship.passiveDeletes) {
          const unseen = owners.filter((state) => isHiding || isUnseen(state, relationship))
          const fresh = notAsked(unseen, relationship, asked)
          if (fresh.length > 0) yield { mapper, relationship, owners: fresh }
        }
        if (!takesAlong(relationship)) continue
        const stored = isHiding || isPartial ? storedChildren(owners, relationship, session) : null
        for (const owner of owners)
          for (const child of childrenOf(owner, relationship, { links, stored: stored?.get(owner) ?? [] })) {
            if (session.deleted.has(child)) continue
            session.deleted.add(child)
            // Asked again, where the flush is refused and the delete of the parent is taken back.
            session.orphans.add(child)
            next.add(child)
          }
      }
    wave = [...next]
  }
}

/** Children of what is deleted, and that are not deleted with it, lose their key. Throws FlushError where they cannot. */
export function releaseChildren(session: SessionState, links: Links): void {
  for (const parent of session.deleted)
    for (const relationship of parent.mapper.relationships.values()) {
      const inverse = relationship.inverse()
      if (relationship.holdsKey || relationship.association || !inverse) continue
      for (const child of childrenOf(parent, relationship, { links, stored: [] }))
        if (!session.deleted.has(child)) releaseChild({ parent, relationship, child, inverse }, { session, links })
    }
}

interface Loss {
  readonly parent: InstanceState
  readonly relationship: RelationshipProperty
  readonly child: InstanceState
  readonly inverse: RelationshipProperty
}

interface Losing {
  readonly session: SessionState
  readonly links: Links
}

function releaseChild({ parent, relationship, child, inverse }: Loss, { session, links }: Losing): void {
  let targets = links.targets.get(child)
  if (inverse.pairs.every(([mine]) => !mine.isNullable))
    throw new FlushError(
      `${describeObject(parent)} cannot be deleted: ${describeObject(child)} refers to it by ${inverse.keyProperties.join(', ')}, which cannot be null.`,
      { hint: `Delete it too, or add 'delete' to the cascades of ${relationship.label}.` },
    )
  if (!targets) {
    targets = new SmallMap()
    links.targets.set(child, targets)
  }
  targets.set(inverse, null)
  if (own(child.object, inverse.name) !== parent.object) return
  Reflect.set(child.object, inverse.name, null)
  child.agree(inverse.name, null)
  session.agreesOn(child)
}
