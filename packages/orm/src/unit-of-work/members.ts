// What an object says of its relationships: what it holds now, what it held when it last agreed with the database or with its other sides.
import { ArgumentError } from '@oriel/sql'
import { NotLoadedError } from '../error.ts'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { type InstanceState, type Members, stateOf } from '../state/instance-state.ts'

/** The own value of a property; undefined where it is not set or not loaded. */
export function own(object: object, name: string): unknown {
  // Not by its descriptor, which would be made for every look: this is asked several times for each property of each flush.
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

export function requireObject(value: unknown, label: string): object {
  if (isObject(value)) return value
  throw new ArgumentError(`${label} holds objects, got ${String(value)}.`)
}

const none: readonly never[] = []

/** The objects of a relationship; for a collection it is the user's own array. Undefined: not loaded, nothing to say. */
export function currentMembers(
  state: InstanceState,
  relationship: RelationshipProperty,
): readonly object[] | undefined {
  const value = own(state.object, relationship.name)
  if (value === undefined) return undefined
  if (!relationship.isMany) return value === null ? none : [requireObject(value, relationship.label)]
  if (!Array.isArray(value)) throw new ArgumentError(`${relationship.label} is a collection and takes an array.`)
  const list: unknown[] = value
  return allObjects(list) ? list : list.map((member) => requireObject(member, relationship.label))
}

export function allObjects(list: unknown[]): list is object[] {
  for (let i = 0; i < list.length; i++) if (!isObject(list[i])) return false
  return true
}

/** Members as a list, whatever form they are kept in. */
export function listOf(members: Members | undefined): readonly object[] {
  if (members === undefined || members === null) return none
  return isList(members) ? members : [members]
}

function isList(members: readonly object[] | object): members is readonly object[] {
  return Array.isArray(members)
}

/** What the property held when it last agreed with the database. Throws NotLoadedError where nobody knows. */
export function knownMembers(state: InstanceState, relationship: RelationshipProperty): readonly object[] {
  const known = state.members?.get(relationship.name)
  if (known === undefined && state.status === 'persistent')
    throw new NotLoadedError(
      `${relationship.label} of ${describeObject(state)} was assigned without having been loaded.`,
      {
        hint: `What it held would be lost. Take the assignment back: session.expire(object, ['${relationship.name}']). Then await session.load(object, relationship), and assign.`,
      },
    )
  return listOf(known)
}

/** Are all members of a relationship known? */
export function isWhole({ members, partial }: InstanceState, name: string): boolean {
  return members?.has(name) === true && partial?.has(name) !== true
}

/** Throws NotLoadedError where members that were not seen would be taken for gone. */
export function refuseReplaced(state: InstanceState, { name, label, isMany }: RelationshipProperty): void {
  const given = state.partial?.get(name)
  if (given === undefined || given === own(state.object, name)) return
  throw new NotLoadedError(`${label} of ${describeObject(state)} was loaded in part, and replaced.`, {
    hint: `${isMany ? 'Change the array that was loaded, by push() or splice(), or load' : 'Load'} it whole: await session.load(object, relationship).`,
  })
}

/** The members as they are now, in the form in which they are remembered; undefined where they are not loaded. */
export function membersNow(state: InstanceState, relationship: RelationshipProperty): Members | undefined {
  const value = own(state.object, relationship.name)
  if (value === undefined) return undefined
  if (!relationship.isMany) return isObject(value) ? value : null
  const members = currentMembers(state, relationship) ?? []
  const once = distinct(members)
  return once === members ? members.slice() : once
}

/** Up to so many are compared with each other sooner than a set is made. */
const few = 16

/** Each member once: the list itself where that is so already. */
export function distinct(members: readonly object[]): readonly object[] {
  if (members.length <= few) {
    if (members.every((member, i) => members.indexOf(member, i + 1) < 0)) return members
    return [...new Set(members)]
  }
  const once = new Set(members)
  return once.size === members.length ? members : [...once]
}

/** Does the property hold just what these members are, in their order? The quick look: most properties do. */
export function holdsJust(value: unknown, members: Members | undefined): boolean {
  if (!Array.isArray(value)) return value === members && value !== undefined
  return Array.isArray(members) && areEqual(value, members)
}

/** The same objects in the same order? Asked first, because it is nearly always so. */
export function areEqual(current: readonly unknown[], known: readonly unknown[]): boolean {
  if (current.length !== known.length) return false
  for (let i = 0; i < current.length; i++) if (current[i] !== known[i]) return false
  return true
}

/** The same objects, in whatever order? */
export function areSameMembers(a: Members | undefined, b: Members | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  const [left, right] = [listOf(a), listOf(b)]
  if (areEqual(left, right)) return true
  const rest = new Set(left)
  return rest.size === new Set(right).size && right.every((member) => rest.has(member))
}

/** Does a relationship hold just what it held, with nothing said in between? */
export function isQuiet(state: InstanceState, relationship: RelationshipProperty): boolean {
  const value = own(state.object, relationship.name)
  return value === undefined || isQuietValue(value, state, relationship)
}

/** The same for the value that it holds. */
export function isQuietValue(
  value: unknown,
  { members, agreed }: InstanceState,
  { name }: RelationshipProperty,
): boolean {
  return agreed?.has(name) !== true && holdsJust(value, members?.get(name))
}

/** The state of a member, made where there is none. Throws ArgumentError for an object of another class. */
export function memberState(object: object, relationship: RelationshipProperty, session: SessionState): InstanceState {
  const state = stateOf(object) ?? session.stateFor(object, relationship.label)
  const target = relationship.target()
  if (state.mapper !== target)
    throw new ArgumentError(`${relationship.label} holds objects of ${target.name}, got one of ${state.mapper.name}.`)
  return state
}
