// What a delete takes along, and what it lets go: children that go with their parent, children that stay and lose their key.
import { FlushError } from '../error.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { SmallMap } from '../state/small-map.ts'
import type { Links } from './links.ts'
import { currentMembers, listOf, own } from './members.ts'
import { byMapper } from './plan.ts'

/** Loads the members of a relationship for objects that do not have them. */
export type LoadMembers = (
  mapper: Mapper,
  relationship: RelationshipProperty,
  states: readonly InstanceState[],
) => Promise<void>

/** A child that must not be without its parent goes with it, whether that is said once or twice. */
function takesAlong({ cascades, holdsKey }: RelationshipProperty): boolean {
  return !holdsKey && (cascades.has('delete') || cascades.has('delete-orphan'))
}

/** The children of a deleted parent: those it has, and those it let go for nobody else. */
function childrenOf(parent: InstanceState, relationship: RelationshipProperty, links: Links): Set<InstanceState> {
  const inverse = relationship.inverse()
  const children = new Set<InstanceState>()
  const members = [...(currentMembers(parent, relationship) ?? []), ...listOf(parent.members?.get(relationship.name))]
  for (const member of members) {
    const child = stateOf(member)
    if (child?.status !== 'persistent' || child.session !== parent.session) continue
    const target = inverse && links.targets.get(child)?.get(inverse)
    if (!target || target === parent) children.add(child)
  }
  return children
}

/** Marks for deletion what loaded and unloaded relationships take along. */
export async function expandDeletes(session: SessionState, links: Links, load: LoadMembers): Promise<void> {
  let wave = [...session.deleted]
  while (wave.length > 0) {
    const next = new Set<InstanceState>()
    for (const [mapper, owners] of byMapper(wave))
      for (const relationship of mapper.relationships.values()) {
        if (!takesAlong(relationship)) continue
        const unloaded = owners.filter((state) => currentMembers(state, relationship) === undefined)
        if (unloaded.length > 0 && !relationship.passiveDeletes) await load(mapper, relationship, unloaded)
        for (const owner of owners)
          for (const child of childrenOf(owner, relationship, links)) {
            if (session.deleted.has(child)) continue
            session.deleted.add(child)
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
      for (const child of childrenOf(parent, relationship, links))
        if (!session.deleted.has(child)) releaseChild({ parent, relationship, child, inverse }, links)
    }
}

interface Loss {
  readonly parent: InstanceState
  readonly relationship: RelationshipProperty
  readonly child: InstanceState
  readonly inverse: RelationshipProperty
}

function releaseChild({ parent, relationship, child, inverse }: Loss, links: Links): void {
  let targets = links.targets.get(child)
  if (inverse.pairs.every(([mine]) => !mine.isNullable))
    throw new FlushError(
      `${describeObject(parent)} cannot be deleted: ${describeObject(child)} refers to it by ${inverse.keyProperties.join(', ')}, which cannot be null.`,
      { hint: `Delete it too, or add 'delete' to the cascades of ${parent.mapper.name}.${relationship.name}.` },
    )
  if (!targets) {
    targets = new SmallMap()
    links.targets.set(child, targets)
  }
  targets.set(inverse, null)
  if (own(child.object, inverse.name) === parent.object) Reflect.set(child.object, inverse.name, null)
}
