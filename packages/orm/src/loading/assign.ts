// Members that were loaded are put onto their owner, and remembered. What the user changed and has not written is left as it is.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { type InstanceState, type Members, stateOf } from '../state/instance-state.ts'
import type { Place } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { listOf, own } from '../unit-of-work/members.ts'
import type { LoadNode } from './load-plan.ts'

/** What of a branch matters here: a back reference that is to raise is not given away for free. */
export interface Assigned {
  readonly relationship: RelationshipProperty
  readonly target: LoadNode | null
  /** May there be members that did not come along? */
  readonly isPartial: boolean
}

/** The relationship seen from the members: what is the same for all of them. */
interface Back {
  readonly name: string
  readonly keys: readonly Place[]
}

function isList(members: Members): members is readonly object[] {
  return Array.isArray(members)
}

/** Does the property still hold what it held when it last agreed with the database? In any order. */
function isUntouched(value: unknown, known: Members): boolean {
  if (!isList(known)) return value === known
  if (!Array.isArray(value) || value.length !== known.length) return false
  if (value.every((member, i) => member === known[i])) return true
  const before = new Set<unknown>(known)
  return value.every((member) => before.has(member))
}

export class Assigner {
  readonly #session: SessionState
  readonly #backs = new Map<Assigned, Back | null>()
  /** Known objects take what is loaded, unwritten changes too. */
  readonly populateExisting: boolean

  constructor(session: SessionState, populateExisting: boolean) {
    this.#session = session
    this.populateExisting = populateExisting
  }

  /** Puts the members of one relationship onto one object. */
  assign(state: InstanceState, members: readonly object[], assigned: Assigned): void {
    const { relationship } = assigned
    const { object } = state
    const { name, isMany } = relationship
    // One that came is all there is.
    const isPartial = assigned.isPartial && (isMany || members.length === 0)
    const value = own(object, name)
    const known = state.members?.get(name)
    const loaded: Members = isMany ? [...members] : (members[0] ?? null)
    this.#shareBack(state, members, assigned)
    const isKept = value !== undefined && !this.populateExisting
    if (isKept && known !== undefined && (state.agreed?.has(name) || !isUntouched(value, known))) {
      if (!isPartial) this.#complete(state, name, members)
      return
    }
    this.#remember(state, name, loaded)
    // What was assigned unseen stays; now it is known what it stands against.
    const isUnseen = isKept && known === undefined
    if (!isUnseen) put(object, relationship, members)
    if (isPartial) state.rememberPart(name, isUnseen ? loaded : own(object, name))
    else state.rememberWhole(name)
  }

  /** Members that had not come along come now, beside what the user changed. Who replaced the collection knows better. */
  #complete(state: InstanceState, name: string, members: readonly object[]): void {
    const given = state.partial?.get(name)
    if (given === undefined || state.agreed?.has(name)) return
    const value = own(state.object, name)
    const known = new Set(listOf(state.members?.get(name)))
    this.#remember(state, name, [...members])
    state.rememberWhole(name)
    if (value !== given || !Array.isArray(value)) return
    const shown = new Set<unknown>(value)
    for (const member of members) {
      if (known.has(member) || shown.has(member)) continue
      shown.add(member)
      value.push(member)
    }
  }

  /** The other side, where it is known without asking: readable, and no property of its own. */
  #shareBack(owner: InstanceState, members: readonly object[], assigned: Assigned): void {
    const back = this.#backOf(assigned)
    if (!back) return
    for (const member of members) {
      const child = stateOf(member)
      if (!child || own(member, back.name) !== undefined || isEdited(child, back.keys)) continue
      if (child.members?.get(back.name) !== owner.object) this.#remember(child, back.name, owner.object)
    }
  }

  #backOf(assigned: Assigned): Back | null {
    let back = this.#backs.get(assigned)
    if (back === undefined) {
      back = backOf(assigned, this.#session)
      this.#backs.set(assigned, back)
    }
    return back
  }

  #remember(state: InstanceState, name: string, members: Members): void {
    const { journal, met } = this.#session
    // What was known before, or what a transaction that has written may have brought, is undone by a rollback. An object that was first
    // read behind the write is then forgotten as a whole.
    if (journal && met?.has(state) !== true && (state.members?.has(name) || met)) journal.keep(state)
    state.remember(name, members)
    this.#session.gaining?.push(state)
  }
}

function put(object: object, { name, isMany }: RelationshipProperty, members: readonly object[]): void {
  const value = own(object, name)
  if (!isMany) setLoaded(object, name, members[0] ?? null)
  else if (!Array.isArray(value)) setLoaded(object, name, [...members])
  else {
    // The same array, since the user may hold it.
    value.length = 0
    for (const member of members) value.push(member)
  }
}

/** Null where members cannot tell their owner. */
function backOf({ relationship, target }: Assigned, session: SessionState): Back | null {
  const inverse = relationship.inverse()
  if (!inverse || inverse.isMany || relationship.association) return null
  const isRaised = target?.branches.some((branch) => branch.strategy === 'raiseload' && branch.relationship === inverse)
  if (isRaised) return null
  const { byColumn } = session.format(relationship.target())
  const keys = inverse.holdsKey ? inverse.pairs.flatMap(([mine]) => byColumn.get(mine) ?? []) : []
  return { name: inverse.name, keys }
}

/** Was the key of a reference changed, and not written? */
function isEdited({ object, row }: InstanceState, keys: readonly Place[]): boolean {
  for (const place of keys) {
    const value = own(object, place.name)
    if (value !== undefined && differs(value, row[place.index], place)) return true
  }
  return false
}
