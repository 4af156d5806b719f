// What a session holds: its objects, and the number of the transaction they were read in. The verbs are in session.ts.

import type { Engine } from '@oriel/engine'
import { warn } from '@oriel/engine/internal'
import { ArgumentError, type Dialect, InvalidRequestError, type Table } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'
import { DetachedInstanceError } from '../error.ts'
import { dropUnset } from '../mapped/drop-unset.ts'
import type { Mapper } from '../registry/mapper.ts'
import { type Registry, registryOf } from '../registry/registry.ts'
import { IdentityMap } from '../state/identity-map.ts'
import { InstanceState, type SessionMark, stateOf } from '../state/instance-state.ts'
import { type RowFormat, rowFormat } from '../state/row-format.ts'
import type { Journal } from '../unit-of-work/journal.ts'
import { StateSet } from './state-set.ts'

export class SessionState implements SessionMark {
  readonly dialect: Dialect
  readonly registry: Registry
  readonly identityMap = new IdentityMap()
  /** Objects that wait for their INSERT, in the order in which they were added. */
  readonly pending = new StateSet()
  /** Persistent objects that wait for their DELETE. */
  readonly deleted = new StateSet()
  /** Deleted because they lost their parent: asked again at each reconciliation. */
  readonly orphans = new Set<InstanceState>()
  /** Stored objects whose sides agreed on something that is not written yet. New ones agree until they are written, or let go. */
  readonly #agreed = new Set<InstanceState>()
  /** Keeps what objects are like before the open transaction or savepoint changes them; null outside of any. */
  journal: Journal | null = null
  /** Objects that were first read behind a write of the open transaction or savepoint; null where it has written nothing. */
  met: Set<InstanceState> | null = null
  /** Takes note of new objects while a batch of a stream is read. */
  arriving: InstanceState[] | null = null
  /** Takes note of objects for which relationships are loaded while a batch of a stream is read. */
  gaining: InstanceState[] | null = null
  /** Objects that were expunged: they stay out until they are added again, whoever holds them. */
  readonly #expunged = new WeakSet<InstanceState>()
  #hasExpunged = false
  /** Objects that streams brought, and that leave again with their batch unless the user does something with them. */
  readonly streamed = new Set<InstanceState>()
  /** Counts transactions; a read outside of any counts as one. */
  serial = 1
  isClosed = false
  readonly #engine: Engine
  readonly #identityMapWarnAt: number
  readonly #mappers = new Map<Table, Mapper>()
  readonly #formats = new Map<Mapper, RowFormat>()
  /** The mapper of the class that was met last. */
  #met: Mapper | null = null
  #loaded = 0
  #hasWarned = false

  constructor(engine: Engine, registry: Registry, identityMapWarnAt: number) {
    this.#engine = engine
    this.dialect = engine.dialect
    this.registry = registry
    this.#identityMapWarnAt = identityMapWarnAt
  }

  format(mapper: Mapper): RowFormat {
    // Asked for every object of a flush.
    let format = this.#formats.get(mapper)
    if (!format) {
      format = rowFormat(mapper, this.dialect)
      this.#formats.set(mapper, format)
    }
    return format
  }

  /** The mapped class of a table, where it has one in this registry. */
  mapperOfTable(table: Table): Mapper | null {
    const known = this.#mappers.get(table)
    if (known) return known
    for (const mapper of this.registry.mappers) this.#mappers.set(mapper.table, mapper)
    return this.#mappers.get(table) ?? null
  }

  /** The mapper of a class. Throws ArgumentError where the class belongs to another registry than the session. */
  mapperOf(entityClass: AnyClass): Mapper {
    const owner = registryOf(entityClass)
    if (owner !== this.registry)
      throw new ArgumentError(`${entityClass.name} belongs to another registry than this session.`, {
        hint: 'Give the registry to the factory: sessionFactory(engine, { registry }).',
      })
    return owner.mapperOf(entityClass)
  }

  /** Does a row that is read now come from a later transaction than the one the object was read in? */
  readsAgain(state: InstanceState): boolean {
    return state.readIn !== this.serial
  }

  onLoaded(state: InstanceState): void {
    this.arriving?.push(state)
    this.met?.add(state)
    this.#loaded++
    if (this.#hasWarned || this.#loaded < this.#identityMapWarnAt || this.identityMap.size < this.#identityMapWarnAt)
      return
    this.#hasWarned = true
    this.#engine[warn](
      'identity-map-size',
      `A session holds ${this.identityMap.size} objects, and keeps them until it ends. Release them with expunge() and expungeAll(), or read what need not be entities as plain columns.`,
    )
  }

  /** A stored object, under its key. Throws InvalidRequestError for one whose row was deleted by a committed transaction. */
  becomePersistent(state: InstanceState, identity: string | null): void {
    if (state.isGone)
      throw new InvalidRequestError(`${describeObject(state)} was deleted, and that was committed.`, {
        hint: 'Add a new object with its values.',
      })
    // A new row is known whole. What another session read, or a statement that writes some columns, says nothing of the others.
    if (state.status === 'pending') state.readIn = this.serial
    else if (state.session !== this) state.readIn = 0
    if (state.identity !== identity) this.identityMap.delete(state)
    state.identity = identity
    state.status = 'persistent'
    state.session = this
    this.pending.delete(state)
    this.identityMap.add(state)
  }

  /** The row of an object was written, by its key. Who was let go meanwhile stays away. */
  wroteRow(state: InstanceState, identity: string | null): void {
    if (state.session === this) this.becomePersistent(state, identity)
    else {
      state.identity = identity
      state.status = 'detached'
    }
  }

  /** Has it gone over to another session? Then what this one's flush brings is nothing to it. */
  hasLost({ session }: InstanceState): boolean {
    return session !== null && session !== this
  }

  /** An object whose row is gone for good. */
  becomeGone(state: InstanceState): void {
    state.isGone = true
  }

  /** An object whose row is gone, until the transaction ends. */
  becomeDeleted(state: InstanceState): void {
    state.status = 'deleted'
    this.deleted.delete(state)
    this.identityMap.delete(state)
  }

  /** Its sides agreed on something, or its key names another object. */
  agreesOn(state: InstanceState): void {
    if (state.status !== 'pending') this.#agreed.add(state)
  }

  /** Nothing is agreed on that is not written: after a flush, and after a rollback, which shows again what was displaced. */
  forgetAgreements(isUndone = false): void {
    for (const state of this.#agreed) {
      // Another session's have agreed on something else there.
      if (this.hasLost(state)) continue
      state.agreed = null
      if (isUndone && state.displaced) state.members = state.membership
      state.displaced = null
    }
    this.#agreed.clear()
  }

  /** Takes an object out of everything. */
  forget(state: InstanceState): void {
    this.identityMap.delete(state)
    this.pending.delete(state)
    this.deleted.delete(state)
  }

  /** Lets an object go. */
  detach(state: InstanceState): void {
    this.forget(state)
    letGo(state)
  }

  expunge(state: InstanceState): void {
    this.detach(state)
    this.#expunged.add(state)
    this.#hasExpunged = true
  }

  /** Was this expunged from here, and nobody has added it since? */
  isExpunged(state: InstanceState): boolean {
    return this.#hasExpunged && state.session === null && this.#expunged.has(state)
  }

  /** It is added again. True where it had been expunged. */
  readmit(state: InstanceState): boolean {
    return this.#hasExpunged && this.#expunged.delete(state)
  }

  detachAll(): void {
    this.pending.forEach(letGo)
    this.identityMap.forEach(letGo)
    this.pending.clear()
    this.identityMap.clear()
    this.deleted.clear()
    this.orphans.clear()
    this.#agreed.clear()
    this.streamed.clear()
  }

  /** The state of an object of a mapped class, made where there is none. */
  stateFor(object: unknown, verb: string): InstanceState {
    if (typeof object !== 'object' || object === null)
      throw new ArgumentError(
        `${verb} takes an object of a mapped class, got ${object === null ? 'null' : typeof object}.`,
      )
    return stateOf(object) ?? this.#meet(object, verb)
  }

  #meet(object: object, verb: string): InstanceState {
    const entityClass = classOf(object, verb)
    // Nearly always the next object is of the same class.
    if (this.#met?.entityClass !== entityClass) this.#met = this.mapperOf(entityClass)
    dropUnset(object, this.#met)
    return new InstanceState(this.#met, object)
  }

  /** The mapper of an object's class. */
  mapperOfObject(object: object, verb: string): Mapper {
    return stateOf(object)?.mapper ?? this.mapperOf(classOf(object, verb))
  }

  /** The state of an object that belongs to this session. Throws DetachedInstanceError for others. */
  ownState(object: unknown, verb: string): InstanceState {
    const state = this.stateFor(object, verb)
    if (state.session === this) return state
    throw new DetachedInstanceError(`${verb}: ${describeObject(state)} ${whereItIs(state)}.`, {
      hint: 'Add it with session.add(), or take over its values with session.merge().',
    })
  }
}

function letGo(state: InstanceState): void {
  state.status = state.status === 'pending' ? 'transient' : 'detached'
  state.session = null
  state.agreed = null
}

function whereItIs(state: InstanceState): string {
  if (state.session === null) return state.status === 'detached' ? 'is detached from its session' : 'is in no session'
  return 'belongs to another session'
}

function classOf(object: object, verb: string): AnyClass {
  const entityClass: unknown = object.constructor
  if (typeof entityClass === 'function' && isMapped(entityClass)) return entityClass
  throw new ArgumentError(
    `${verb} takes an object of a mapped class, got ${object.constructor?.name ?? 'a plain object'}.`,
    {
      hint: 'Make it with new or create(Class, values).',
    },
  )
}

function isMapped(value: object): value is AnyClass {
  return 'prototype' in value && Symbol.for('oriel.clauseElement') in value
}

/** `Order 7`, `OrderLine (orderId 7, line 2)`, or `a new Order`. */
export function describeObject({ mapper, identity }: Pick<InstanceState, 'mapper' | 'identity'>): string {
  if (identity === null) return `a new ${mapper.name}`
  const parts = identity.split('\u0000')
  if (parts.length === 1) return `${mapper.name} ${parts[0]}`
  return `${mapper.name} (${mapper.keyProperties.map(({ name }, i) => `${name} ${parts[i]}`).join(', ')})`
}
