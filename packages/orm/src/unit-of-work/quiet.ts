// Who need not be asked by a reconciliation: objects that say nothing new. Nearly all objects of nearly all flushes are such.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { SmallMap } from '../state/small-map.ts'
import { isKeyChanged } from './key-link.ts'
import { areEqual, currentMembers, isObject, isQuietValue, listOf, memberState, own } from './members.ts'

/** Does a stored object say nothing new of its relationships, and is all that is saved with it here already? A row that is held holds its keys. */
export function saysNothing(state: InstanceState, session: SessionState, isRowHeld: boolean): boolean {
  const { related } = state.mapper
  // By index, here and below: what every flush asks of every object makes no iterators.
  for (let i = 0; i < related.length; i++) {
    const relationship = related[i]
    if (!relationship) continue
    const value = own(state.object, relationship.name)
    if (value !== undefined && !isQuietValue(value, state, relationship)) return false
    if (!isRowHeld && relationship.holdsKey && isKeyChanged(state, relationship, session)) return false
    if (value !== undefined && relationship.isSavedAlong && !areHere(value, session)) return false
  }
  return true
}

/** Are all that a relationship holds objects of the session, or such as were expunged from it? */
export function areHere(value: unknown, session: SessionState): boolean {
  if (!Array.isArray(value)) return value === null || isHere(value, session)
  for (let i = 0; i < value.length; i++) if (!isHere(value[i], session)) return false
  return true
}

function isHere(member: unknown, session: SessionState): boolean {
  const state = isObject(member) ? stateOf(member) : null
  return state !== null && (state.session === session || session.isExpunged(state))
}

/** Has a new object no relationship that says anything to anybody here, and nobody here that its keys could name? */
export function standsAlone(
  { mapper, object, members, agreed }: InstanceState,
  { identityMap }: SessionState,
): boolean {
  if (members !== null || agreed !== null) return false
  const { related } = mapper
  for (let i = 0; i < related.length; i++) {
    const relationship = related[i]
    if (!relationship) continue
    const value = own(object, relationship.name)
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return false
    if (relationship.holdsKey && identityMap.hasAnyOf(relationship.target())) return false
  }
  return true
}

/** To whom a new object belongs, by the relationship whose key it holds; null where it belongs to nobody. */
export type Targets = SmallMap<RelationshipProperty, InstanceState | null> | null

/** Does a new object say just what was agreed on when it was added? Then to whom it belongs is known; undefined where it has to be asked. */
export function agreedTargets(state: InstanceState, session: SessionState): Targets | undefined {
  let targets: Targets = null
  const { related } = state.mapper
  for (let i = 0; i < related.length; i++) {
    const relationship = related[i]
    if (!relationship) continue
    const value = own(state.object, relationship.name)
    const agreed = state.agreed?.get(relationship.name)
    if (relationship.holdsKey) {
      const isKeyed = isKeyChanged(state, relationship, session)
      if (value === undefined) {
        // A key that names nobody here is between this object and the database.
        if (agreed !== undefined || (isKeyed && session.identityMap.hasAnyOf(relationship.target()))) return undefined
        continue
      }
      const target = isObject(value) && value === agreed && !isKeyed ? stateOf(value) : null
      if (!target || target.session !== session || session.deleted.has(target)) return undefined
      targets ??= new SmallMap()
      targets.set(relationship, target)
    } else if (value !== undefined && !isAgreedCollection(state, relationship, value)) return undefined
    else if (value === undefined && agreed !== undefined) return undefined
  }
  return targets
}

/** Is a collection empty, or does it hold what was agreed on, all of it new objects that say so themselves? */
function isAgreedCollection(
  { object, agreed }: InstanceState,
  relationship: RelationshipProperty,
  value: unknown,
): boolean {
  if (!Array.isArray(value)) return false
  const list: unknown[] = value
  const known = agreed?.get(relationship.name)
  if (list.length === 0) return known === undefined
  const inverse = relationship.inverse()
  if (known === undefined || relationship.association || !inverse || !areEqual(list, listOf(known))) return false
  return list.every((member) => {
    const child = isObject(member) ? stateOf(member) : null
    return child?.status === 'pending' && own(child.object, inverse.name) === object
  })
}

/**
 * Are all members of a new object's collection new, and do they say nothing else of it? Then this is how they see the relationship; null
 * where somebody has to be asked. Throws ArgumentError for a member of another class.
 */
export function undisputed(
  state: InstanceState,
  relationship: RelationshipProperty,
  session: SessionState,
): RelationshipProperty | null {
  const { name, isMany, association } = relationship
  const inverse = relationship.inverse()
  if (!isMany || association || !inverse || state.status !== 'pending') return null
  const isKnown = state.members?.has(name) || state.agreed?.has(name)
  const members = isKnown ? undefined : currentMembers(state, relationship)
  if (members === undefined || members.length === 0) return null
  for (const member of members) {
    const child = memberState(member, relationship, session)
    const said = own(member, inverse.name)
    const isOthers = said !== undefined && said !== state.object && said !== child.agreed?.get(inverse.name)
    if (child.status !== 'pending' || isOthers) return null
  }
  return inverse
}
