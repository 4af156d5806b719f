// Both sides of a relationship, brought into agreement before anything is written. Truth is the difference against what was loaded.
// This file reads what objects say; slot.ts decides to whom a child belongs, pair-links.ts does the same for many-to-many.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { type InstanceState, type Members, stateOf } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { SmallMap } from '../state/small-map.ts'
import { agreesWithKey, isKeyChanged, oldTarget, targetOfKey } from './key-link.ts'
import {
  areEqual,
  areSameMembers,
  currentMembers,
  distinct,
  isQuiet,
  knownMembers,
  listOf,
  memberState,
  membersNow,
  own,
  refuseReplaced,
  requireObject,
} from './members.ts'
import { type PairChange, PairLinks } from './pair-links.ts'
import { agreedTargets, type Targets, undisputed } from './quiet.ts'
import { type Edit, SideEdits } from './side-edits.ts'
import { type Claim, decideSlot, type Slot } from './slot.ts'

/** What reconciling found. */
export interface Links {
  /** To whom children belong now, by the relationship whose key they hold. Only where that changed. */
  readonly targets: Map<InstanceState, SmallMap<RelationshipProperty, InstanceState | null>>
  readonly pairs: PairChange[]
  /** Children that lost their parent and go with it. */
  readonly orphans: Set<InstanceState>
}

interface Introduced {
  readonly state: InstanceState
  readonly relationship: RelationshipProperty
  /** The same seen from the members. */
  readonly inverse: RelationshipProperty
}

export class Reconciliation {
  readonly #session: SessionState
  /** Stored objects whose columns do not hold what their rows say, or may not. */
  readonly differing: InstanceState[] = []
  readonly #asked: InstanceState[] = []
  /** The first slot of each child; the others hang on it. */
  readonly #slotsOf = new Map<InstanceState, Slot>()
  readonly #slots: Slot[] = []
  /** New objects whose key names nobody here: that matters only where somebody else speaks of them. */
  readonly #keyed: [InstanceState, RelationshipProperty][] = []
  readonly #edits = new SideEdits()
  readonly #pairs: PairLinks
  /** New objects that say what was agreed on when they were added, and to whom they belong: they are asked only where somebody else speaks of them. */
  readonly #recalled: InstanceState[] = []
  readonly #recalledTargets: Targets[] = []
  /** Collections of new objects whose members say nothing else. */
  readonly #introduced: Introduced[] = []
  /** Parents whose collections said what was decided. */
  readonly #heard = new Set<InstanceState>()
  /** Filled by `decide`. */
  readonly links: Links = { targets: new Map(), pairs: [], orphans: new Set() }

  constructor(session: SessionState) {
    this.#session = session
    this.#pairs = new PairLinks(session, this.#edits)
  }

  /** Everybody who was asked, or whose sides were brought to what was decided. */
  get touched(): Set<InstanceState> {
    const touched = new Set(this.#asked)
    for (const states of [this.#slotsOf.keys(), this.#edits.states, this.#pairs.states])
      for (const state of states) touched.add(state)
    return touched
  }

  /** Reads what one object says of its relationships. */
  read(state: InstanceState): void {
    this.#asked.push(state)
    for (const relationship of state.mapper.related) this.#read(state, relationship)
  }

  /** Reads what an object says that was just added, to tell the others by `propagate`. */
  introduce(state: InstanceState): void {
    for (const relationship of state.mapper.related) {
      const inverse = undisputed(state, relationship, this.#session)
      if (inverse) this.#introduced.push({ state, relationship, inverse })
      else this.#read(state, relationship)
    }
  }

  #read(state: InstanceState, relationship: RelationshipProperty): void {
    if (relationship.holdsKey) this.#readReference(state, relationship)
    else if (relationship.association) this.#pairs.read(state, relationship)
    else this.#readCollection(state, relationship)
  }

  /** Takes a new object at what was agreed on. False where it says something else, and is to be read. */
  recall(state: InstanceState): boolean {
    const targets = agreedTargets(state, this.#session)
    if (targets === undefined) return false
    this.#recalled.push(state)
    this.#recalledTargets.push(targets)
    return true
  }

  /** Reads those of whom others spoke after all; what the rest said stands. */
  #decideRecalled(): void {
    const spokenOf = new Set<InstanceState>()
    if (this.#slots.length > 0 && this.#recalled.length > 0) {
      const recalled = new Set(this.#recalled)
      // The list grows while it is walked: who is read speaks of others.
      for (const { child } of this.#slots)
        if (recalled.delete(child)) {
          spokenOf.add(child)
          this.read(child)
        }
    }
    this.#recalled.forEach((state, i) => {
      const targets = this.#recalledTargets[i]
      if (targets && !spokenOf.has(state)) this.links.targets.set(state, targets)
    })
  }

  /** Decides to whom children belong, and makes the loaded sides say so. Throws FlushError where claims disagree; then nothing was touched. */
  decide(): Links {
    this.#decideRecalled()
    for (const [child, relationship] of this.#keyed) {
      const slot = this.#slotOf(child, relationship)
      if (slot) slot.key = { target: null }
    }
    const { links } = this
    for (const change of this.#pairs.decide()) links.pairs.push(change)
    this.#releasePredecessors()
    for (const slot of this.#slots) this.#decideSlot(slot)
    this.#edits.apply()
    for (const { child, relationship, key } of this.#slots) {
      const target = links.targets.get(child)?.get(relationship)
      if (target !== undefined) setReference(child, relationship, target)
      // Only the key changed: the object that was known is no longer the one.
      else if (key && child.status === 'persistent') {
        Reflect.deleteProperty(child.object, relationship.name)
        child.displace(relationship.name)
        this.#session.agreesOn(child)
      }
    }
    return links
  }

  /**
   * Takes note of what the sides agreed on: until it is written, or rolled back, they are measured against that. What is said later,
   * while a flush is under way, is news again.
   */
  agree(): void {
    this.#agree(this.touched)
  }

  #decideSlot(slot: Slot): void {
    const { links } = this
    const { child, relationship } = slot
    const decision = decideSlot(slot, this.#session)
    if (decision.kind === 'nothing') return
    if (decision.kind === 'orphan') links.orphans.add(child)
    if (decision.kind === 'target') {
      let targets = links.targets.get(child)
      if (!targets) {
        targets = new SmallMap()
        links.targets.set(child, targets)
      }
      targets.set(relationship, decision.target)
    }
    this.#edit(slot, decision.kind === 'orphan' ? null : decision.target)
  }

  /** Tells the other sides of new objects, where nobody disagrees; the rest waits for the flush. */
  propagate(): void {
    for (const { state, relationship, inverse } of this.#introduced) {
      for (const member of currentMembers(state, relationship) ?? []) {
        const child = stateOf(member)
        if (child && own(member, inverse.name) === undefined) this.#tell(child, inverse, state)
      }
      this.#heard.add(state)
    }
    for (const { child, relationship, claims, key } of this.#slots) {
      const inverse = relationship.inverse()
      const target = claims[0] ? claims[0].target : key?.target
      if (!target || claims.some((claim) => claim.target !== target)) continue
      if (inverse) {
        if (isSaidBy(target, inverse, claims)) this.#heard.add(target)
        else this.#edits.add(target, inverse, child.object)
      }
      if (claims.length > 0 && own(child.object, relationship.name) === undefined)
        this.#tell(child, relationship, target)
    }
    this.#pairs.propagate()
    this.#edits.apply()
    // Who spoke is not bound by it: what others say until the flush counts as much.
    this.#edits.forEach((edit) => {
      if (!agreesOnMore(edit)) this.#agree([edit.state])
    })
    this.#agree(this.#heard)
  }

  #tell(child: InstanceState, relationship: RelationshipProperty, target: InstanceState): void {
    setReference(child, relationship, target)
    child.agree(relationship.name, target.object)
    this.#session.agreesOn(child)
  }

  /** Takes note of what the sides agreed on, where that is not yet what the database holds. */
  #agree(states: Iterable<InstanceState>): void {
    for (const state of states)
      for (const relationship of state.mapper.related) {
        const now = this.#present(membersNow(state, relationship))
        if (now === undefined) continue
        if (areSameMembers(state.members?.get(relationship.name), now)) {
          state.agreed?.delete(relationship.name)
          continue
        }
        state.agree(relationship.name, now)
        this.#session.agreesOn(state)
      }
  }

  #isExpunged(member: object): boolean {
    const state = stateOf(member)
    return state !== null && this.#session.isExpunged(state)
  }

  /** Without what was expunged: nothing of that is written. */
  #present(members: Members | undefined): Members | undefined {
    if (!Array.isArray(members) || !members.some((member) => this.#isExpunged(member))) return members
    return listOf(members).filter((member) => !this.#isExpunged(member))
  }

  #slotOf(child: InstanceState, relationship: RelationshipProperty): Slot | null {
    let slot = this.#slotsOf.get(child) ?? null
    while (slot && slot.relationship !== relationship) slot = slot.next
    return slot
  }

  #slot(child: InstanceState, relationship: RelationshipProperty): Slot {
    const first = this.#slotsOf.get(child)
    let last = first
    for (let slot: Slot | null | undefined = first; slot; slot = slot.next) {
      if (slot.relationship === relationship) return slot
      last = slot
    }
    const slot: Slot = { child, relationship, claims: none, released: none, withdrawn: nobody, key: null, next: null }
    if (last) last.next = slot
    else this.#slotsOf.set(child, slot)
    this.#slots.push(slot)
    return slot
  }

  /** A to-one whose key this object holds: the relationship wins where only it changed, the key where only the key did. */
  #readReference(state: InstanceState, relationship: RelationshipProperty): void {
    const { name } = relationship
    const value = own(state.object, name)
    const known = state.members?.get(name)
    const agreed = state.agreed?.get(name)
    const hasKeyChanged = isKeyChanged(state, relationship, this.#session)
    const isChanged =
      value !== undefined &&
      // Back at what the database holds, but not at what was agreed since, is a change too.
      ((agreed !== undefined && value !== agreed) ||
        (known === undefined
          ? state.status === 'pending' || !isTargetOfKey(state, relationship, value)
          : value !== known))
    if (hasKeyChanged && (!isChanged || (value === null && state.status === 'pending')))
      this.#readKey(state, relationship)
    else if (isChanged) {
      const target = value === null ? null : this.#member(requireObject(value, relationship.label), relationship)
      const isFresh = agreed === undefined || agreed !== value
      claim(this.#slot(state, relationship), { target, by: { state, relationship }, isFresh })
    }
  }

  #readKey(state: InstanceState, relationship: RelationshipProperty): void {
    const target = targetOfKey(state, relationship, this.#session)
    if (target === null && state.status === 'pending') this.#keyed.push([state, relationship])
    else this.#slot(state, relationship).key = { target }
  }

  /** A collection, or the side of one-to-one without the key: what was added is claimed, what was removed is let go. */
  #readCollection(state: InstanceState, relationship: RelationshipProperty): void {
    if (isQuiet(state, relationship)) return
    const current = currentMembers(state, relationship)
    const inverse = relationship.inverse()
    if (current === undefined || !inverse) return
    const known = knownMembers(state, relationship)
    const agreed = state.agreed?.get(relationship.name)
    if (agreed === undefined && areEqual(current, known)) return
    refuseReplaced(state, relationship)
    const by = { state, relationship }
    // Nearly always the collection is new, and nothing was said of it, or nothing new.
    if (known.length === 0 && (agreed === undefined || areEqual(current, listOf(agreed)))) {
      const isFresh = agreed === undefined
      for (const member of distinct(current)) {
        if (this.#isExpunged(member)) continue
        claim(this.#slot(this.#member(member, relationship), inverse), { target: state, by, isFresh })
      }
      return
    }
    const before = new Set(known)
    const agreedMembers = new Set(listOf(agreed))
    for (const member of new Set(current)) {
      const isAgreed = agreedMembers.delete(member)
      if ((before.delete(member) && (agreed === undefined || isAgreed)) || this.#isExpunged(member)) continue
      claim(this.#slot(this.#member(member, relationship), inverse), { target: state, by, isFresh: !isAgreed })
    }
    for (const removed of before) {
      const child = stateOf(removed)
      if (child) letGo(this.#slot(child, inverse), by)
    }
    // What came to this collection through the other side, and was taken out of it since.
    for (const withdrawn of agreedMembers) {
      const child = stateOf(withdrawn)
      if (child) withdraw(this.#slot(child, inverse), state)
      if (child && relationship.cascades.has('delete-orphan')) letGo(this.#slot(child, inverse), by)
    }
  }

  #member(object: object, relationship: RelationshipProperty): InstanceState {
    return memberState(object, relationship, this.#session)
  }

  /** A one-to-one place that is taken by another child: the one that had it lets go. */
  #releasePredecessors(): void {
    for (const { child, relationship, claims } of this.#slots.slice()) {
      const inverse = relationship.inverse()
      if (!inverse || inverse.isMany) continue
      for (const { target } of claims)
        for (const before of listOf(target?.members?.get(inverse.name))) {
          const predecessor = stateOf(before)
          if (!predecessor || !target || predecessor === child) continue
          const slot = this.#slot(predecessor, relationship)
          if (slot.released.length === 0) letGo(slot, { state: target, relationship: inverse })
        }
    }
  }

  /** Collections lose and gain the child. */
  #edit({ child, relationship, claims, withdrawn }: Slot, target: InstanceState | null): void {
    const inverse = relationship.inverse()
    if (!inverse) return
    // Nearly every new object is in the collection of the one that it belongs to, and was never elsewhere.
    if (target && child.status === 'pending' && withdrawn.size === 0 && isSaidBy(target, inverse, claims)) {
      this.#heard.add(target)
      return
    }
    const [known] = listOf(child.members?.get(relationship.name))
    const losers = [oldTarget(child, relationship, this.#session), known ? stateOf(known) : null]
    for (const loser of [...losers, ...withdrawn, ...claims.map((claim) => claim.target)])
      if (loser && loser !== target) this.#edits.remove(loser, inverse, child.object)
    if (target) this.#edits.add(target, inverse, child.object)
  }
}

/** Adds to what was agreed on already: a parent whose children come one by one is not gone through again for each. */
function agreesOnMore({ state, relationship, added }: Edit): boolean {
  const agreed = state.agreed?.get(relationship.name)
  if (!Array.isArray(agreed)) return false
  const list: object[] = agreed
  const present = added.size > 1 ? new Set(list) : null
  for (const member of added) if (!(present ? present.has(member) : list.includes(member))) list.push(member)
  return true
}

const none: readonly never[] = []
const nobody: ReadonlySet<InstanceState> = new Set()

function claim(slot: Slot, added: Claim): void {
  // A list that grows by itself takes room for many, and nearly every slot has one.
  slot.claims = slot.claims.length === 0 ? [added] : [...slot.claims, added]
}

/** Does the collection of the target say so, and nobody otherwise? Then it holds the child already. */
function isSaidBy(target: InstanceState, collection: RelationshipProperty, claims: readonly Claim[]): boolean {
  if (!collection.isMany || claims.some((claim) => claim.target !== target)) return false
  return claims.some(({ by }) => by.state === target && by.relationship === collection)
}

function letGo(slot: Slot, by: Slot['released'][number]): void {
  slot.released = [...slot.released, by]
}

function withdraw(slot: Slot, parent: InstanceState): void {
  slot.withdrawn = new Set([...slot.withdrawn, parent])
}

function isTargetOfKey(state: InstanceState, relationship: RelationshipProperty, value: unknown): boolean {
  if (value === null) return relationship.pairs.some(([mine]) => own(state.object, mine.property) === null)
  const target = stateOf(requireObject(value, relationship.label))
  return target !== null && target.identity !== null && agreesWithKey(state, relationship, target)
}

/** A loaded object that does not hold the reference need not: it can be read all the same once the flush knows it. */
function setReference(child: InstanceState, { name }: RelationshipProperty, target: InstanceState | null): void {
  if (child.status === 'pending' || Object.hasOwn(child.object, name))
    setLoaded(child.object, name, target?.object ?? null)
}
