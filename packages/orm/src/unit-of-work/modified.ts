// Does an object differ from its row and its known members? Only compared: what could not be written differs too, and the flush says why.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { type InstanceState, type Members, stateOf } from '../state/instance-state.ts'
import { agreesWithKey } from './key-link.ts'
import { allObjects, areSameMembers, holdsJust, isObject, own } from './members.ts'

/** Is there a column that does not say what the row says? */
export function areColumnsChanged({ mapper, object, row }: InstanceState, session: SessionState): boolean {
  const { places, holdsRow } = session.format(mapper)
  if (holdsRow(object, row)) return false
  for (const place of places) {
    const value = own(object, place.name)
    const text = row[place.index]
    if ((value === text && (place.isText || typeof value !== 'string')) || place.property.isComputed) continue
    if (value === undefined ? Object.hasOwn(object, place.name) : differs(value, text, place)) return true
  }
  return false
}

/** Has a relationship gained or lost somebody? */
export function isMembershipChanged(state: InstanceState): boolean {
  return state.mapper.related.some((relationship) => isChanged(state, relationship))
}

function isChanged(state: InstanceState, relationship: RelationshipProperty): boolean {
  const value = own(state.object, relationship.name)
  if (value === undefined) return false
  const known = state.members?.get(relationship.name)
  if (holdsJust(value, known)) return false
  if (relationship.isMany) return !Array.isArray(value) || known === undefined || !hasJust(value, known)
  if (known !== undefined) return value !== known
  if (!relationship.holdsKey) return true
  const target = isObject(value) ? stateOf(value) : null
  return (value !== null && target === null) || !agreesWithKey(state, relationship, target)
}

function hasJust(list: unknown[], known: Members): boolean {
  return allObjects(list) && areSameMembers(list, known)
}
