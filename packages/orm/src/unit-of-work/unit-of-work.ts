// The unit of work: finds what changed, brings both sides into agreement, follows cascades, plans, and hands the plan to the persister.
import { InvalidRequestError } from '@oriel/sql'
import { FlushError } from '../error.ts'
import type { Mapper } from '../registry/mapper.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { InstanceState, stateOf } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { type Asked, expandDeletes, type LoadMembers, releaseChildren } from './cascade.ts'
import { type ChangeSets, insertSet, updateSet } from './change-set.ts'
import { finalize } from './finalize.ts'
import type { FlushPlan } from './flush-plan.ts'
import { Journal } from './journal.ts'
import { eachKeyText } from './key-link.ts'
import { type Links, Reconciliation } from './links.ts'
import { currentMembers, isObject, memberState, own } from './members.ts'
import { areColumnsChanged, isMembershipChanged } from './modified.ts'
import { Persister, type Prepare } from './persister.ts'
import { planFlush } from './plan.ts'
import { areHere, saysNothing, standsAlone } from './quiet.ts'
import { replacedObjects } from './replaced.ts'
import { refuseSharedKeys } from './shared-keys.ts'

export type { LoadMembers } from './cascade.ts'

/** A flush that is ready to be sent. */
export interface PreparedFlush {
  readonly plan: FlushPlan
  readonly reconciliation: Reconciliation
  readonly links: Links
  readonly changes: ChangeSets
}

const nobody: readonly InstanceState[] = []

const prepareNothing: Prepare = () => async () => ({ rows: [], rowCount: 0 })

/** What an `add`, or a flush, brings into the session: to be taken back where it is refused. */
class Reached {
  readonly added: InstanceState[] = []
  /** They had been expunged. */
  readonly expunged: InstanceState[] = []
  /** They were to be deleted. */
  readonly kept: InstanceState[] = []
}

export class UnitOfWork {
  readonly #session: SessionState
  #hasFlushed = false

  constructor(session: SessionState) {
    this.#session = session
  }

  /** Adds an object and all that hangs on it, or nothing. Throws where one belongs to another session. */
  add(object: object): void {
    this.addAll([object])
  }

  /** The same for several: all of them, or none. */
  addAll(objects: Iterable<object>): void {
    const reached = new Reached()
    try {
      this.#reach(objects, 'add()', reached)
      this.#propagate(reached.added)
    } catch (error) {
      this.#takeBack(reached)
      throw error
    }
  }

  #takeBack({ added, expunged, kept }: Reached): void {
    for (const state of added) this.#session.detach(state)
    for (const state of expunged) this.#session.expunge(state)
    for (const state of kept) this.#session.deleted.add(state)
  }

  #propagate(added: readonly InstanceState[]): void {
    let reconciliation: Reconciliation | null = null
    for (const state of added) {
      if (standsAlone(state, this.#session)) continue
      reconciliation ??= new Reconciliation(this.#session)
      reconciliation.introduce(state)
    }
    reconciliation?.propagate()
  }

  /** Brings both sides of all relationships into agreement; new objects that hang on known ones are added. */
  sync(): void {
    this.#reconcile().agree()
  }

  #reconcile(): Reconciliation {
    const session = this.#session
    for (const orphan of session.orphans) session.deleted.delete(orphan)
    session.orphans.clear()
    const reconciliation = new Reconciliation(session)
    const speaking: InstanceState[] = []
    session.pending.forEach((state) => {
      if (!reconciliation.recall(state)) speaking.push(state)
    })
    session.identityMap.forEach((state) => {
      if (session.deleted.has(state)) return
      const isRowHeld = session.format(state.mapper).holdsRow(state.object, state.row)
      if (!isRowHeld) reconciliation.differing.push(state)
      if (!saysNothing(state, session, isRowHeld)) speaking.push(state)
    })
    const reached = new Reached()
    try {
      this.#hear(speaking, reached, reconciliation)
    } catch (error) {
      // What hangs on others is in the session only where they may be written.
      this.#takeBack(reached)
      throw error
    }
    for (const orphan of reconciliation.links.orphans) this.#markOrphan(orphan)
    return reconciliation
  }

  /** Hears those who say something, and those who hang on them and are new here, and decides. */
  #hear(speaking: readonly InstanceState[], reached: Reached, reconciliation: Reconciliation): void {
    for (const state of speaking) {
      if (this.#holdsOnlyKnown(state)) continue
      this.#reach(
        this.#saved(state).map(({ object }) => object),
        'flush()',
        reached,
      )
    }
    const { added } = reached
    // What was changed elsewhere, and comes back.
    for (const state of added) if (state.status === 'persistent') reconciliation.differing.push(state)
    for (const states of [speaking, added]) for (const state of states) reconciliation.read(state)
    reconciliation.decide()
  }

  /** Objects with real differences to their rows. */
  dirty(): InstanceState[] {
    const found: InstanceState[] = []
    for (const state of this.#session.identityMap.states())
      if (!this.#session.deleted.has(state) && this.isModified(state)) found.push(state)
    return found
  }

  isModified(state: InstanceState): boolean {
    return areColumnsChanged(state, this.#session) || isMembershipChanged(state)
  }

  /** Is there anything that a statement on these classes would have to see? Null: on any class. */
  hasWork(mappers: ReadonlySet<Mapper> | null): boolean {
    const { pending, deleted, identityMap } = this.#session
    if (mappers === null) {
      if (pending.size + deleted.size > 0) return true
    } else {
      for (const mapper of mappers) if (pending.hasAnyOf(mapper) || deleted.hasAnyOf(mapper)) return true
      // What hangs on a new object is written with it, and what hangs on a deleted one goes with it or loses its key.
      for (const { mapper } of deleted) if (reaches(mapper, mappers)) return true
      for (const state of pending) if (this.#holdsMembers(state) && reaches(state.mapper, mappers)) return true
    }
    for (const mapper of identityMap.mappers()) {
      const isRead = mappers === null || mappers.has(mapper) || isFollowed(mapper, mappers)
      // What a collection gained or lost is written to the tables of others.
      if (!isRead && !reaches(mapper, mappers)) continue
      for (const state of identityMap.of(mapper).values()) {
        if (deleted.has(state)) continue
        if (isRead && areColumnsChanged(state, this.#session)) return true
        if (isMembershipChanged(state)) return true
      }
    }
    return false
  }

  /** What the next flush would do, and what it needs for it. Null where there is nothing. */
  async prepare(load: LoadMembers): Promise<PreparedFlush | null> {
    const session = this.#session
    const asked: Asked = new Map()
    let reconciliation: Reconciliation
    let hasLoaded: boolean
    // Columns are compared right behind it. What was said while members were loaded has to be heard too: then all is decided again.
    do {
      reconciliation = this.#reconcile()
      reconciliation.agree()
      hasLoaded = false
      if (session.deleted.size === 0) break
      for (const { mapper, relationship, owners } of expandDeletes(session, reconciliation.links, asked)) {
        await load(mapper, relationship, owners)
        hasLoaded = true
      }
    } while (hasLoaded)
    if (session.deleted.size > 0) releaseChildren(session, reconciliation.links)
    const { links } = reconciliation
    const changes: ChangeSets = { inserts: new Map(), updates: new Map() }
    session.pending.forEach((state) => {
      changes.inserts.set(state, insertSet(state, session, links))
    })
    refuseSharedKeys(changes.inserts, session)
    for (const state of reconciliation.differing) {
      const texts = session.deleted.has(state) ? null : updateSet(state, session)
      if (texts) changes.updates.set(state, texts)
    }
    for (const state of links.targets.keys()) {
      const isOurs = state.session === session && state.status === 'persistent' && !session.deleted.has(state)
      if (!isOurs || changes.updates.has(state)) continue
      if (this.#isKeyMoved(state, links))
        changes.updates.set(state, new Array<undefined>(session.format(state.mapper).places.length).fill(undefined))
    }
    const plan = planFlush({
      inserts: [...changes.inserts.keys()],
      updates: [...changes.updates.keys()],
      deletes: [...session.deleted],
      links,
      texts: changes.inserts,
      formatOf: (mapper) => session.format(mapper),
      replaced: session.deleted.size > 0 ? replacedObjects(session, changes, links) : new Set(),
    })
    if (!plan.isEmpty) return { plan, reconciliation, links, changes }
    session.forgetAgreements()
    return null
  }

  /** Writes. On failure objects are as they were before, the user's edits kept, and the error goes on. */
  async execute(work: PreparedFlush, prepare: Prepare): Promise<Journal> {
    this.#hasFlushed = true
    const journal = new Journal()
    const deleted = [...this.#session.deleted]
    try {
      const persister = new Persister(this.#session, journal, prepare)
      await persister.execute(work.plan, work)
      const { reconciliation, links } = work
      const { hasDeleted } = persister
      finalize(this.#session, links, { journal, touched: reconciliation.touched, hasDeleted })
    } catch (error) {
      this.undo(journal)
      // What was to be deleted still is.
      for (const state of deleted) this.#session.deleted.add(state)
      throw error
    }
    return journal
  }

  /** Objects like those that a flush makes, without contents: for kept-shapes.ts. */
  *examples(): Generator<object> {
    const session = this.#session
    const [mapper] = session.identityMap.mappers()
    const journal = new Journal()
    if (mapper) {
      const state = new InstanceState(mapper, mapper.blank?.() ?? {})
      state.remember('', nobody)
      journal.keep(state)
      yield state
    }
    if (this.#hasFlushed) yield* [journal, new Reconciliation(session), new Persister(session, journal, prepareNothing)]
  }

  /** Puts objects back to what a journal kept, and back into their places. What is another session's by now is left to that. */
  undo(journal: Journal): void {
    for (const state of journal.states) if (this.#session.hasLost(state)) journal.letGo(state)
    const states = journal.states.filter((state) => journal.statusBefore(state) !== null)
    // What was let go meanwhile stays away.
    const left = new Set(states.filter(({ session }) => session === null))
    for (const state of states) this.#session.forget(state)
    journal.restore()
    for (const state of states) {
      if (!left.has(state)) this.#place(state)
      else if (state.status === 'pending') state.status = 'transient'
      else if (state.status === 'persistent') state.status = 'detached'
    }
  }

  #place(state: InstanceState): void {
    if (state.status === 'pending') this.#session.pending.add(state)
    else if (state.status === 'persistent') this.#session.identityMap.add(state)
  }

  /** Adds what is new among the objects and what hangs on them, in the order in which they are met. */
  #reach(objects: Iterable<object>, verb: string, reached: Reached): void {
    const session = this.#session
    const isAsked = verb === 'add()'
    // One list for all, since most objects have nothing that hangs on them.
    const queue: InstanceState[] = []
    for (const object of objects) {
      // One object with all that hangs on it, then the next. The list grows while it is walked: graphs may be deep. One that two
      // others hold may stand in it twice, and is known by its session the second time.
      queue[0] = session.stateFor(object, verb)
      let end = 1
      for (let at = 0; at < end; at++) {
        const state = queue[at]
        if (!state || (!isAsked && (state.session === session || session.isExpunged(state)))) continue
        if (session.readmit(state)) reached.expunged.push(state)
        if (session.deleted.has(state)) reached.kept.push(state)
        if (this.#addOne(state, verb)) reached.added.push(state)
        const saved = this.#saved(state)
        for (let i = 0; i < saved.length; i++) {
          const member = saved[i]
          if (member && member.session !== session) queue[end++] = member
        }
      }
    }
  }

  /** Adds one object; false where it is here already. */
  #addOne(state: InstanceState, verb: string): boolean {
    const session = this.#session
    if (state.session !== null && state.session !== session && !state.session.isClosed)
      throw new FlushError(`${verb}: ${describeObject(state)} belongs to another session.`, {
        hint: 'Take over its values with session.merge(), or expunge it there first.',
      })
    if (state.session === session) {
      if (state.status === 'deleted')
        throw new InvalidRequestError(`${verb}: ${describeObject(state)} was deleted in this transaction.`, {
          hint: 'Roll back to have it again, or add a new object with its values.',
        })
      session.deleted.delete(state)
      session.streamed.delete(state)
      return false
    }
    if (state.identity !== null && state.row.length > 0) {
      const known = session.identityMap.get(state.mapper, state.identity)
      if (known && known !== state)
        throw new FlushError(`${verb}: this session holds another object for ${describeObject(state)} already.`, {
          hint: 'Use session.merge().',
        })
      session.becomePersistent(state, state.identity)
      return true
    }
    state.session = session
    state.status = 'pending'
    session.pending.add(state)
    const { related } = state.mapper
    for (let i = 0; i < related.length; i++) {
      const relationship = related[i]
      if (relationship?.isMany && own(state.object, relationship.name) === undefined)
        setLoaded(state.object, relationship.name, [])
    }
    return true
  }

  /** Is all that is saved with this object in the session already? Asked of those who say something. */
  #holdsOnlyKnown({ mapper, object }: InstanceState): boolean {
    return mapper.related.every(({ name, isMany, isSavedAlong }) => {
      const value = isSavedAlong ? own(object, name) : undefined
      if (value === undefined || value === null) return true
      return Array.isArray(value) === isMany && areHere(value, this.#session)
    })
  }

  #holdsMembers({ mapper, object }: InstanceState): boolean {
    return mapper.related.some(({ name, holdsKey }) => {
      const value = own(object, name)
      if (Array.isArray(value)) return value.length > 0
      // A reference to what is stored is written to the row of the new object itself.
      return isObject(value) && !(holdsKey && stateOf(value)?.status === 'persistent')
    })
  }

  /** What is saved with an object. Throws ArgumentError where a relationship holds what it cannot. */
  #saved(owner: InstanceState): readonly InstanceState[] {
    let saved: InstanceState[] | null = null
    const { related } = owner.mapper
    for (let i = 0; i < related.length; i++) {
      const relationship = related[i]
      if (!relationship?.isSavedAlong) continue
      const members = currentMembers(owner, relationship)
      if (members === undefined || members.length === 0) continue
      saved ??= []
      for (let m = 0; m < members.length; m++) {
        const member = members[m]
        if (member) saved.push(memberState(member, relationship, this.#session))
      }
    }
    return saved ?? nobody
  }

  #markOrphan(orphan: InstanceState): void {
    if (orphan.status === 'persistent') {
      this.#session.deleted.add(orphan)
      this.#session.orphans.add(orphan)
    } else if (orphan.status === 'pending') {
      this.#session.detach(orphan)
    }
  }

  #isKeyMoved(state: InstanceState, links: Links): boolean {
    let isMoved = false
    links.targets.get(state)?.forEach((target, relationship) => {
      if (target?.status === 'pending') isMoved = true
      const source = { target, session: this.#session, row: target?.row ?? [] }
      eachKeyText({ child: state, relationship }, source, (place, text) => {
        if (state.row[place.index] !== text) isMoved = true
      })
    })
    return isMoved
  }
}

/** Does the database write keys of these classes where a key of this one changes? */
function isFollowed({ table }: Mapper, mappers: ReadonlySet<Mapper>): boolean {
  const keys = [...mappers].flatMap((mapper) => mapper.table.foreignKeys)
  return keys.some((key) => key.onUpdate !== undefined && key.onUpdate !== 'no action' && key.target() === table)
}

/** Can a change of this class's collections be seen in these classes' tables, directly or through new objects? */
function reaches(mapper: Mapper, mappers: ReadonlySet<Mapper>): boolean {
  const seen = new Set([mapper])
  for (const each of seen)
    for (const relationship of each.relationships.values()) {
      const target = relationship.target()
      if (mappers.has(target)) return true
      seen.add(target)
    }
  return false
}
