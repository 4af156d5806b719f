// Both sides of a relationship, brought into agreement before anything is written. Truth is the difference against what was loaded.
import { ArgumentError } from '@oriel/sql'
import { FlushError, NotLoadedError } from '../error.ts'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { setLoaded } from '../session/entity-rows.ts'
import type { SessionState } from '../session/session-state.ts'
import { describeObject } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'

/** Somebody says to whom a child belongs. */
interface Claim {
  readonly target: InstanceState | null
  /** `Customer.orders of Customer 1`, for messages. */
  readonly by: string
}

/** The one place of a child in a relationship whose key it holds. */
interface Slot {
  readonly child: InstanceState
  readonly relationship: RelationshipProperty
  readonly claims: Claim[]
  /** Collections that let the child go. */
  readonly released: { readonly from: InstanceState; readonly relationship: RelationshipProperty }[]
}

/** A row of an association table: added or removed. */
export interface PairChange {
  readonly relationship: RelationshipProperty
  readonly owner: InstanceState
  readonly target: InstanceState
  readonly isAdded: boolean
}

/** What reconciling found. */
export interface Links {
  /** To whom children belong now, by the relationship whose key they hold. Only where that changed. */
  readonly targets: Map<InstanceState, Map<RelationshipProperty, InstanceState | null>>
  readonly pairs: PairChange[]
  /** Children that lost their parent and go with it. */
  readonly orphans: Set<InstanceState>
}

function own(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value
}

/** The objects of a to-many property, or of the side of one-to-one without the key. Undefined: not loaded, nothing to say. */
export function currentMembers(state: InstanceState, relationship: RelationshipProperty): object[] | undefined {
  const value = own(state.object, relationship.name)
  if (value === undefined) return undefined
  const label = `${state.mapper.name}.${relationship.name}`
  if (!relationship.isMany) return value === null ? [] : [requireObject(value, label)]
  if (!Array.isArray(value)) throw new ArgumentError(`${label} is a collection and takes an array.`)
  return [...new Set(value.map((member: unknown) => requireObject(member, label)))]
}

function requireObject(value: unknown, label: string): object {
  if (typeof value === 'object' && value !== null) return value
  throw new ArgumentError(`${label} holds objects, got ${String(value)}.`)
}

/** What the property held when it last agreed with the database. */
function knownMembers(state: InstanceState, relationship: RelationshipProperty): readonly object[] {
  const known = state.members?.get(relationship.name)
  if (known === undefined) {
    if (state.status !== 'persistent') return []
    throw new NotLoadedError(
      `${state.mapper.name}.${relationship.name} of ${describeObject(state)} was assigned without having been loaded.`,
      {
        hint: 'Load it first: await session.load(object, relationship). What it held would be lost otherwise.',
      },
    )
  }
  if (known === null) return []
  return isList(known) ? known : [known]
}

function isList(members: readonly object[] | object): members is readonly object[] {
  return Array.isArray(members)
}

export class Reconciliation {
  readonly #session: SessionState
  readonly #slots = new Map<InstanceState, Map<RelationshipProperty, Slot>>()
  readonly #pairs = new Map<string, PairChange & { readonly by: string }>()
  readonly #pairIds = new Map<InstanceState, number>()

  constructor(session: SessionState) {
    this.#session = session
  }

  /** Reads what one object says of its relationships. */
  read(state: InstanceState): void {
    for (const relationship of state.mapper.relationships.values()) {
      if (relationship.holdsKey) this.#readReference(state, relationship)
      else if (relationship.association) this.#readAssociation(state, relationship)
      else this.#readCollection(state, relationship)
    }
  }

  /** Decides all slots. Throws FlushError where claims disagree. */
  decide(): Links {
    const links: Links = { targets: new Map(), pairs: [...this.#pairs.values()], orphans: new Set() }
    for (const slots of this.#slots.values()) for (const slot of slots.values()) this.#decideSlot(slot, links)
    return links
  }

  #slot(child: InstanceState, relationship: RelationshipProperty): Slot {
    let slots = this.#slots.get(child)
    if (!slots) {
      slots = new Map()
      this.#slots.set(child, slots)
    }
    let slot = slots.get(relationship)
    if (!slot) {
      slot = { child, relationship, claims: [], released: [] }
      slots.set(relationship, slot)
    }
    return slot
  }

  /** A to-one whose key this object holds: the relationship wins where only it changed, the key where only the key did. */
  #readReference(state: InstanceState, relationship: RelationshipProperty): void {
    const { name } = relationship
    const value = own(state.object, name)
    const known = state.members?.get(name)
    const isNew = state.status === 'pending'
    const isReferenceChanged =
      value !== undefined &&
      (isNew && known === undefined
        ? true
        : value !== (known ?? null) && !(known === undefined && this.#isTargetOfKey(state, relationship, value)))
    const isKeyChanged = this.#isKeyChanged(state, relationship)
    if (isReferenceChanged) {
      const target =
        value === null ? null : this.#member(requireObject(value, `${state.mapper.name}.${name}`), relationship)
      if (isKeyChanged && !this.#agrees(state, relationship, target) && !(isNew && target === null && value === null))
        throw new FlushError(
          `${describeObject(state)}: ${state.mapper.name}.${name} and ${relationship.keyProperties.join(', ')} were both changed, and disagree.`,
          { hint: 'Change one of them; the other follows.' },
        )
      if (value === null && isKeyChanged && isNew) return
      this.#slot(state, relationship).claims.push({
        target,
        by: `${state.mapper.name}.${name} of ${describeObject(state)}`,
      })
      return
    }
    if (isKeyChanged && !isNew && (value !== undefined || known !== undefined)) this.#followKey(state, relationship)
  }

  #isKeyChanged(state: InstanceState, relationship: RelationshipProperty): boolean {
    const format = this.#session.format(state.mapper)
    return relationship.keyProperties.some((property) => {
      const place = format.byProperty.get(property)
      const value = own(state.object, property)
      if (!place || value === undefined) return false
      if (state.status === 'pending') return value !== null
      return differs(value, state.row[place.index], place)
    })
  }

  /** Does the key that the object holds name this target? */
  #agrees(state: InstanceState, relationship: RelationshipProperty, target: InstanceState | null): boolean {
    return relationship.pairs.every(([mine, theirs]) => {
      const value = own(state.object, mine.property)
      if (target === null) return value === null
      const theirValue = own(target.object, theirs.property)
      return theirValue !== undefined && String(value) === String(theirValue)
    })
  }

  #isTargetOfKey(state: InstanceState, relationship: RelationshipProperty, value: unknown): boolean {
    if (value === null) return relationship.pairs.some(([mine]) => own(state.object, mine.property) === null)
    if (typeof value !== 'object') return false
    const target = stateOf(value)
    return target !== null && target.identity !== null && this.#agrees(state, relationship, target)
  }

  /** Only the key changed: the object that was known is no longer the one, and loaded collections follow. */
  #followKey(state: InstanceState, relationship: RelationshipProperty): void {
    const known = state.members?.get(relationship.name)
    Reflect.deleteProperty(state.object, relationship.name)
    state.members?.delete(relationship.name)
    const inverse = relationship.inverse()
    if (!inverse) return
    if (known && !isList(known)) removeMember(stateOf(known), inverse, state.object)
    for (const parent of this.#session.identityMap.of(relationship.target()).values())
      if (this.#agrees(state, relationship, parent)) addMember(parent, inverse, state.object)
  }

  /** A collection, or the side of one-to-one without the key: what was added is claimed, what was removed is let go. */
  #readCollection(state: InstanceState, relationship: RelationshipProperty): void {
    const current = currentMembers(state, relationship)
    if (current === undefined) return
    const inverse = relationship.inverse()
    if (!inverse) return
    const known = knownMembers(state, relationship)
    const by = `${state.mapper.name}.${relationship.name} of ${describeObject(state)}`
    const before = new Set(known)
    for (const member of current) {
      if (before.delete(member)) continue
      this.#slot(this.#member(member, relationship), inverse).claims.push({ target: state, by })
    }
    for (const removed of before) {
      const child = stateOf(removed)
      if (child) this.#slot(child, inverse).released.push({ from: state, relationship })
    }
  }

  #readAssociation(state: InstanceState, relationship: RelationshipProperty): void {
    const current = currentMembers(state, relationship)
    if (current === undefined) return
    const known = new Set(knownMembers(state, relationship))
    for (const member of current) if (!known.delete(member)) this.#pair(state, relationship, { member, isAdded: true })
    for (const member of known) this.#pair(state, relationship, { member, isAdded: false })
  }

  /** One row of an association table, whichever side speaks of it. */
  #pair(state: InstanceState, relationship: RelationshipProperty, change: { member: object; isAdded: boolean }): void {
    const member = change.isAdded ? this.#member(change.member, relationship) : stateOf(change.member)
    const table = relationship.association?.table
    if (!member || !table) return
    const inverse = relationship.inverse()
    // Named from the side whose columns come first, so that both sides speak of the same row.
    const isFirst = relationship.association?.toOwner[0]?.[0] === table.columns[0]
    const ids = isFirst ? [this.#idOf(state), this.#idOf(member)] : [this.#idOf(member), this.#idOf(state)]
    const key = `${table.qualifiedName} ${ids.join(' ')}`
    const by = `${state.mapper.name}.${relationship.name} of ${describeObject(state)}`
    const other = this.#pairs.get(key)
    if (other && other.isAdded !== change.isAdded)
      throw new FlushError(
        `${other.by} ${other.isAdded ? 'adds' : 'removes'} what ${by} ${change.isAdded ? 'adds' : 'removes'}.`,
        {
          hint: 'Change one side; the other follows.',
        },
      )
    if (!other) this.#pairs.set(key, { relationship, owner: state, target: member, isAdded: change.isAdded, by })
    if (!inverse) return
    if (change.isAdded) addMember(member, inverse, state.object)
    else removeMember(member, inverse, state.object)
  }

  #idOf(state: InstanceState): number {
    let id = this.#pairIds.get(state)
    if (id === undefined) {
      id = this.#pairIds.size
      this.#pairIds.set(state, id)
    }
    return id
  }

  #member(object: object, relationship: RelationshipProperty): InstanceState {
    const state = this.#session.stateFor(object, 'flush()')
    const target = relationship.target()
    if (state.mapper !== target)
      throw new ArgumentError(`${relationship.name} holds objects of ${target.name}, got one of ${state.mapper.name}.`)
    return state
  }

  #decideSlot(slot: Slot, links: Links): void {
    const { child, relationship, claims, released } = slot
    const [first, ...others] = claims
    const rival = others.find((claim) => claim.target !== first?.target)
    if (first && rival)
      throw new FlushError(`${describeObject(child)} is claimed twice: by ${first.by}, and by ${rival.by}.`, {
        hint: 'An object has one parent: take it out of one of them.',
      })
    const target = first ? first.target : null
    const orphaning = released.find((release) => release.relationship.cascades.has('delete-orphan'))
    if (!first && released.length === 0) return
    if (!first && orphaning) {
      links.orphans.add(child)
      return
    }
    const losing = target === null && child.status === 'persistent'
    if (losing && relationship.pairs.every(([mine]) => !mine.isNullable))
      throw new FlushError(
        `${describeObject(child)} cannot be without ${relationship.name}: ${relationship.keyProperties.join(', ')} cannot be null.`,
        {
          hint: `Delete it, or add 'delete-orphan' to the cascades of the collection.`,
        },
      )
    this.#apply(slot, target)
    let targets = links.targets.get(child)
    if (!targets) {
      targets = new Map()
      links.targets.set(child, targets)
    }
    targets.set(relationship, target)
  }

  /** Makes the loaded sides say what was decided. */
  #apply({ child, relationship }: Slot, target: InstanceState | null): void {
    const inverse = relationship.inverse()
    const known = child.members?.get(relationship.name)
    if (inverse) {
      if (known && !isList(known) && known !== target?.object) removeMember(stateOf(known), inverse, child.object)
      if (target) addMember(target, inverse, child.object)
    }
    if (Object.hasOwn(child.object, relationship.name))
      Reflect.set(child.object, relationship.name, target?.object ?? null)
  }
}

/** Puts an object into a collection that is loaded, unless it is there. */
function addMember(state: InstanceState | null, relationship: RelationshipProperty, member: object): void {
  if (!state) return
  const value = own(state.object, relationship.name)
  if (relationship.isMany) {
    if (Array.isArray(value) && !value.includes(member)) value.push(member)
  } else if (value !== undefined && value !== member) setLoaded(state.object, relationship.name, member)
}

/** Takes an object out of a collection that is loaded. */
function removeMember(state: InstanceState | null, relationship: RelationshipProperty, member: object): void {
  if (!state) return
  const value = own(state.object, relationship.name)
  if (relationship.isMany) {
    const at = Array.isArray(value) ? value.indexOf(member) : -1
    if (Array.isArray(value) && at >= 0) value.splice(at, 1)
  } else if (value === member) setLoaded(state.object, relationship.name, null)
}
