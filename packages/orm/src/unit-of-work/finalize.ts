// After a flush: all loaded relationships agree with the database, and that is what the next difference is taken against.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { type InstanceState, type ObjectStatus, stateOf } from '../state/instance-state.ts'
import { isSameKeyValue } from '../state/key-form.ts'
import { setLoaded } from '../state/set-loaded.ts'
import type { Journal } from './journal.ts'
import type { Links } from './links.ts'
import { isObject, listOf, own } from './members.ts'
import { replaceItems } from './side-edits.ts'

/** What new objects' collections held: lists of members are replaced, never changed. */
const nobody: readonly object[] = []

/** What a flush leaves to be settled. */
interface Flushed {
  readonly journal: Journal
  /** Those who said something, and those who heard of it. */
  readonly touched: ReadonlySet<InstanceState>
  /** Deleted objects leave the relationships that hold them. */
  readonly hasDeleted: boolean
}

/** Takes note of what relationships held when the flush was planned. */
export function finalize(session: SessionState, links: Links, { journal, touched, hasDeleted }: Flushed): void {
  const asNew: Settling = { links, journal, isNew: true }
  const asKnown: Settling = { links, journal, isNew: false }
  const settleAll = (state: InstanceState, before: ObjectStatus | null): void => {
    if (state.status !== 'persistent' || state.session !== session) return
    const isNew = before === 'pending'
    // What was agreed on becomes what is known: the map itself, which is nobody else's in the end.
    if (isNew) state.members ??= state.agreed
    const { related } = state.mapper
    for (let i = 0; i < related.length; i++) {
      const relationship = related[i]
      if (!relationship) continue
      settle(state, relationship, isNew ? asNew : asKnown)
      if (hasDeleted) dropDeleted(state, relationship, journal)
    }
    if (isNew) state.agreed = null
  }
  // Anybody may hold what is deleted.
  if (hasDeleted)
    session.identityMap.forEach((state) => {
      settleAll(state, journal.statusBefore(state))
    })
  else {
    touched.forEach((state) => {
      settleAll(state, journal.statusBefore(state))
    })
    journal.forEach((state, before) => {
      if (!touched.has(state)) settleAll(state, before)
    })
  }
  session.forgetAgreements()
  session.orphans.clear()
}

function isDeleted(member: unknown): boolean {
  return isObject(member) && stateOf(member)?.status === 'deleted'
}

/** Takes deleted objects out of what the object holds, and out of what is known. */
function dropDeleted(state: InstanceState, { name }: RelationshipProperty, journal: Journal): void {
  const { object } = state
  const value = own(object, name)
  if (Array.isArray(value)) {
    const list: unknown[] = value
    if (list.some(isDeleted)) {
      const rest = list.filter((member) => !isDeleted(member))
      if (Object.isFrozen(list)) setLoaded(object, name, rest)
      else replaceItems(list, rest)
    }
  } else if (isDeleted(value)) setLoaded(object, name, null)
  const known = state.members?.get(name)
  if (known === undefined || !listOf(known).some(isDeleted)) return
  journal.keep(state)
  if (value === undefined) state.members?.delete(name)
  else state.remember(name, Array.isArray(known) ? known.filter((member) => !isDeleted(member)) : null)
}

/** What it takes to settle a relationship of an object. */
interface Settling {
  readonly links: Links
  readonly journal: Journal
  /** Was this its first flush? */
  readonly isNew: boolean
}

function settle(state: InstanceState, relationship: RelationshipProperty, { links, journal, isNew }: Settling): void {
  const { name } = relationship
  const agreed = state.agreed?.get(name)
  if (agreed !== undefined) {
    journal.keep(state)
    state.remember(name, agreed)
    return
  }
  // Most relationships hold what they held.
  const known = state.members?.get(name)
  if (known !== undefined && own(state.object, name) !== undefined) return
  const target = relationship.holdsKey ? links.targets.get(state)?.get(relationship) : undefined
  if (target !== undefined) {
    // The other side of what was added: known, and readable, without being a property of its own.
    journal.keep(state)
    state.remember(name, target?.object ?? null)
  } else if (isNew) settleUnset(state, relationship)
  else if (relationship.holdsKey && isKnownWrong(state, relationship)) {
    journal.keep(state)
    state.members?.delete(name)
  }
}

/** Is what is known no longer what the key names? */
function isKnownWrong(state: InstanceState, relationship: RelationshipProperty): boolean {
  const known = state.members?.get(relationship.name)
  if (known === undefined) return false
  const [member] = listOf(known)
  return relationship.pairs.some(([mine, theirs]) => {
    const value = own(state.object, mine.property)
    if (member === undefined) return value !== null && relationship.pairs.length === 1
    return !isSameKeyValue(value, own(member, theirs.property), theirs)
  })
}

function isKeyNull(object: object, { keyProperties }: RelationshipProperty): boolean {
  return keyProperties.some((name) => own(object, name) === null)
}

/** After its first flush an unset collection is empty; an unset reference is null where its key is, else it is not loaded. */
function settleUnset(state: InstanceState, relationship: RelationshipProperty): void {
  const { object } = state
  if (state.members?.has(relationship.name)) return
  // What came into it while the flush was under way is news for the next one.
  if (relationship.isMany) {
    if (own(object, relationship.name) === undefined) setLoaded(object, relationship.name, [])
    state.remember(relationship.name, nobody)
    return
  }
  const isNull = !relationship.holdsKey || isKeyNull(object, relationship)
  const isSaid = isObject(own(object, relationship.name))
  if (isNull) {
    if (!isSaid) setLoaded(object, relationship.name, null)
    state.remember(relationship.name, null)
  } else if (!isSaid && Object.hasOwn(object, relationship.name)) Reflect.deleteProperty(object, relationship.name)
}
