// The unit of work: finds what changed, brings both sides into agreement, follows cascades, plans, and hands the plan to the persister.

import { FlushError } from '../error.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { setLoaded } from '../session/entity-rows.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { type InstanceState, type Members, stateOf } from '../state/instance-state.ts'
import { type ChangeSets, insertSet, updateSet } from './change-set.ts'
import type { FlushPlan } from './flush-plan.ts'
import { Journal } from './journal.ts'
import { currentMembers, type Links, Reconciliation } from './links.ts'
import { Persister, type Send } from './persister.ts'
import { planFlush } from './plan.ts'

/** Loads the members of a relationship for objects that do not have them. */
export type LoadMembers = (
  mapper: Mapper,
  relationship: RelationshipProperty,
  states: readonly InstanceState[],
) => Promise<void>

export class UnitOfWork {
  readonly #session: SessionState

  constructor(session: SessionState) {
    this.#session = session
  }

  /** Adds an object and all that hangs on it. Throws where one belongs to another session. */
  add(object: object): void {
    const queue = [this.#session.stateFor(object, 'add()')]
    const seen = new Set(queue)
    // The list grows while it is walked: graphs may be deep, and objects are stored in the order in which they are met.
    for (const state of queue) {
      this.#addOne(state)
      for (const member of this.#members(state, 'save-update')) {
        const next = this.#session.stateFor(member, 'add()')
        if (seen.has(next)) continue
        seen.add(next)
        if (next.session !== this.#session) queue.push(next)
      }
    }
  }

  /** Brings both sides of all relationships into agreement; new objects that hang on known ones are added. */
  sync(): Links {
    for (const state of this.#known()) for (const member of this.#members(state, 'save-update')) this.#reach(member)
    const reconciliation = new Reconciliation(this.#session)
    for (const state of this.#known()) reconciliation.read(state)
    const links = reconciliation.decide()
    for (const orphan of links.orphans) this.#markOrphan(orphan)
    return links
  }

  /** Objects with real differences to their rows. */
  dirty(mapper?: Mapper): InstanceState[] {
    const states = mapper ? this.#session.identityMap.of(mapper).values() : this.#session.identityMap.states()
    const found: InstanceState[] = []
    for (const state of states) if (!this.#session.deleted.has(state) && this.isModified(state)) found.push(state)
    return found
  }

  isModified(state: InstanceState): boolean {
    return updateSet(state, this.#session).size > 0 || this.#isMembershipChanged(state)
  }

  /** Is there anything that a statement on these classes would have to see? */
  hasWork(mappers: ReadonlySet<Mapper> | null): boolean {
    const { pending, deleted, identityMap } = this.#session
    for (const state of [...pending, ...deleted]) if (!mappers || mappers.has(state.mapper)) return true
    for (const mapper of mappers ?? identityMap.mappers())
      for (const state of identityMap.of(mapper).values()) if (this.isModified(state)) return true
    return false
  }

  /** Marks for deletion, with what the cascades of loaded and unloaded relationships take along. */
  async #expandDeletes(load: LoadMembers): Promise<void> {
    let wave = [...this.#session.deleted]
    while (wave.length > 0) {
      const next = new Set<InstanceState>()
      for (const mapper of new Set(wave.map((state) => state.mapper)))
        for (const relationship of mapper.relationships.values()) {
          if (!relationship.cascades.has('delete') || relationship.holdsKey) continue
          const owners = wave.filter((state) => state.mapper === mapper)
          const unloaded = owners.filter((state) => currentMembers(state, relationship) === undefined)
          if (unloaded.length > 0 && !relationship.passiveDeletes) await load(mapper, relationship, unloaded)
          for (const owner of owners)
            for (const member of currentMembers(owner, relationship) ?? []) {
              const child = stateOf(member)
              if (!child || child.status !== 'persistent' || this.#session.deleted.has(child)) continue
              this.#session.deleted.add(child)
              next.add(child)
            }
        }
      wave = [...next]
    }
  }

  /** What the next flush would do, and what it needs for it. Null where there is nothing. */
  async prepare(load: LoadMembers): Promise<{ plan: FlushPlan; links: Links; changes: ChangeSets } | null> {
    const links = this.sync()
    await this.#expandDeletes(load)
    this.#releaseChildren(links)
    const changes: ChangeSets = { inserts: new Map(), updates: new Map() }
    for (const state of this.#session.pending) changes.inserts.set(state, insertSet(state, this.#session, links))
    for (const state of this.#session.identityMap.states()) {
      if (this.#session.deleted.has(state)) continue
      const texts = updateSet(state, this.#session)
      if (texts.size > 0 || this.#isKeyMoved(state, links)) changes.updates.set(state, texts)
    }
    const plan = planFlush({
      inserts: [...this.#session.pending],
      updates: [...changes.updates.keys()],
      deletes: [...this.#session.deleted],
      links,
    })
    return plan.isEmpty ? null : { plan, links, changes }
  }

  /** Writes. On failure objects are as they were before, the user's edits kept, and the error goes on. */
  async execute(work: { plan: FlushPlan; links: Links; changes: ChangeSets }, send: Send): Promise<Journal> {
    const journal = new Journal()
    try {
      await new Persister(this.#session, journal, send).execute(work.plan, work)
      this.#finalize(journal)
    } catch (error) {
      this.undo(journal)
      throw error
    }
    return journal
  }

  /** Puts objects back to what a journal kept, and back into their places. */
  undo(journal: Journal): void {
    for (const state of journal.states) this.#session.forget(state)
    journal.restore()
    for (const state of journal.states) this.#place(state)
  }

  /** Takes note that all loaded relationships agree with the database now. */
  #finalize(journal: Journal): void {
    for (const state of this.#session.identityMap.states()) {
      for (const relationship of state.mapper.relationships.values()) {
        const value: unknown = Object.getOwnPropertyDescriptor(state.object, relationship.name)?.value
        const isStored = state.members?.has(relationship.name) === true
        if (value === undefined && !isStored) {
          if (journal.statusBefore(state) === 'pending') this.#settleUnset(state, relationship)
          continue
        }
        if (value === undefined) continue
        const members: Members = relationship.isMany
          ? [...(currentMembers(state, relationship) ?? [])]
          : isObject(value)
            ? value
            : null
        if (isSameMembers(state.members?.get(relationship.name), members)) continue
        journal.keep(state)
        state.remember(relationship.name, members)
      }
    }
  }

  /** After its first flush an unset collection is empty, and an unset reference is null where its key is. */
  #settleUnset(state: InstanceState, relationship: RelationshipProperty): void {
    const { object } = state
    if (relationship.isMany) {
      setLoaded(object, relationship.name, [])
      state.remember(relationship.name, [])
      return
    }
    const isNull = relationship.holdsKey
      ? relationship.pairs.some(([mine]) => Object.getOwnPropertyDescriptor(object, mine.property)?.value === null)
      : true
    if (isNull) {
      setLoaded(object, relationship.name, null)
      state.remember(relationship.name, null)
    } else Reflect.deleteProperty(object, relationship.name)
  }

  #place(state: InstanceState): void {
    if (state.status === 'pending') {
      state.session = this.#session
      this.#session.pending.add(state)
    } else if (state.status === 'persistent') {
      state.session = this.#session
      this.#session.identityMap.add(state)
    }
  }

  #addOne(state: InstanceState): void {
    const session = this.#session
    if (state.session !== null && state.session !== session && !state.session.isClosed)
      throw new FlushError(`${describeObject(state)} belongs to another session.`, {
        hint: 'Take over its values with session.merge(), or expunge it there first.',
      })
    if (state.session === session) {
      session.deleted.delete(state)
      return
    }
    if (state.identity !== null && state.row.length > 0) {
      const known = session.identityMap.get(state.mapper, state.identity)
      if (known && known !== state)
        throw new FlushError(`This session holds another object for ${describeObject(state)} already.`, {
          hint: 'Use session.merge().',
        })
      session.becomePersistent(state, state.identity)
      return
    }
    state.session = session
    state.status = 'pending'
    session.pending.add(state)
    for (const relationship of state.mapper.relationships.values())
      if (relationship.isMany && Object.getOwnPropertyDescriptor(state.object, relationship.name)?.value === undefined)
        setLoaded(state.object, relationship.name, [])
  }

  /** Objects of loaded relationships along which a cascade runs. */
  #members(state: InstanceState, cascade: 'save-update'): object[] {
    const found: object[] = []
    for (const relationship of state.mapper.relationships.values())
      if (relationship.cascades.has(cascade))
        for (const member of currentMembers(state, relationship) ?? []) found.push(member)
    return found
  }

  #reach(member: object): void {
    const state = this.#session.stateFor(member, 'flush()')
    if (state.session !== this.#session) this.add(member)
  }

  #known(): InstanceState[] {
    return [
      ...this.#session.pending,
      ...[...this.#session.identityMap.states()].filter((state) => !this.#session.deleted.has(state)),
    ]
  }

  #markOrphan(orphan: InstanceState): void {
    if (orphan.status === 'persistent') this.#session.deleted.add(orphan)
    else if (orphan.status === 'pending') {
      this.#session.forget(orphan)
      orphan.status = 'transient'
      orphan.session = null
    }
  }

  /** Loaded children of what is deleted, and that are not deleted with it, lose their key. */
  #releaseChildren(links: Links): void {
    for (const parent of this.#session.deleted)
      for (const relationship of parent.mapper.relationships.values()) {
        const inverse = relationship.inverse()
        if (relationship.holdsKey || relationship.association || !inverse) continue
        for (const member of currentMembers(parent, relationship) ?? []) {
          const child = stateOf(member)
          if (!child || child.status !== 'persistent' || this.#session.deleted.has(child)) continue
          const targets = links.targets.get(child) ?? new Map<RelationshipProperty, InstanceState | null>()
          if ((targets.get(inverse) ?? null) !== null) continue
          if (inverse.pairs.every(([mine]) => !mine.isNullable))
            throw new FlushError(
              `${describeObject(parent)} cannot be deleted: ${describeObject(child)} refers to it by ${inverse.keyProperties.join(', ')}, which cannot be null.`,
              {
                hint: `Delete it too, or add 'delete' to the cascades of ${parent.mapper.name}.${relationship.name}.`,
              },
            )
          targets.set(inverse, null)
          links.targets.set(child, targets)
        }
      }
  }

  #isKeyMoved(state: InstanceState, links: Links): boolean {
    return links.targets.has(state)
  }

  #isMembershipChanged(state: InstanceState): boolean {
    for (const relationship of state.mapper.relationships.values()) {
      const known = state.members?.get(relationship.name)
      const value: unknown = Object.getOwnPropertyDescriptor(state.object, relationship.name)?.value
      if (value === undefined || known === undefined) continue
      const members: Members = relationship.isMany
        ? (currentMembers(state, relationship) ?? [])
        : isObject(value)
          ? value
          : null
      if (!isSameMembers(known, members)) return true
    }
    return false
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isSameMembers(a: Members | undefined, b: Members): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((member, i) => member === b[i])
  return a === b
}
