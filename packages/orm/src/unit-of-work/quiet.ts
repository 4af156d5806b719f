// Who need not be asked by a reconciliation: objects that say nothing new. Nearly all objects of nearly all flushes are such.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { isKeyChanged } from './key-link.ts'
import { areEqual, currentMembers, isObject, isQuiet, listOf, memberState, own } from './members.ts'

/** Does a stored object say nothing new of its relationships? */
export function saysNothing(state: InstanceState, session: SessionState): boolean {
  for (const relationship of state.mapper.related) {
    if (!isQuiet(state, relationship)) return false
    if (relationship.holdsKey && isKeyChanged(state, relationship, session)) return false
  }
  return true
}

/** Shows to whom a new object belongs. */
export type ShowTarget = (relationship: RelationshipProperty, target: InstanceState) => void

/**
 * Does a new object say just what was agreed on when it was added? Then it is known to whom it belongs, and shown; `show` may have been
 * called where the answer is no.
 */
export function saysWhatWasAgreed(state: InstanceState, session: SessionState, show: ShowTarget): boolean {
  for (const relationship of state.mapper.related) {
    const value = own(state.object, relationship.name)
    const agreed = state.agreed?.get(relationship.name)
    if (relationship.holdsKey) {
      const isKeyed = isKeyChanged(state, relationship, session)
      if (value === undefined) {
        // A key that names nobody here is between this object and the database.
        if (agreed !== undefined || (isKeyed && session.identityMap.hasAnyOf(relationship.target()))) return false
        continue
      }
      const target = isObject(value) && value === agreed && !isKeyed ? stateOf(value) : null
      if (!target || target.session !== session || session.deleted.has(target)) return false
      show(relationship, target)
    } else if (value !== undefined && !isAgreedCollection(state, relationship, value)) return false
    else if (value === undefined && agreed !== undefined) return false
  }
  return true
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
    const child = memberState(member, { owner: state, relationship, session })
    const said = own(member, inverse.name)
    const isOthers = said !== undefined && said !== state.object && said !== child.agreed?.get(inverse.name)
    if (child.status !== 'pending' || isOthers) return null
  }
  return inverse
}
