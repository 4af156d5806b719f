// The session: one request's objects and its transaction. Verbs, and the order in which they run; what they do is in session-work.ts.
import { type ExecuteOptions, Execution, NoResultFoundError, type RowStream } from '@oriel/engine'
import type { KeptShapes } from '@oriel/engine/internal'
import {
  type Attributes,
  type EntityClass,
  InvalidRequestError,
  type LoaderOption,
  type Query,
  type Relationship,
  type ScalarOf,
  type TransactionOptions,
} from '@oriel/sql'
import type { BulkLoad } from '../bulk/bulk-plan.ts'
import { bulkOf } from '../bulk/session-bulk.ts'
import { ConcurrentSessionError } from '../error.ts'
import { loadsLater } from '../loading/awaitable.ts'
import type { Filter } from '../loading/filter.ts'
import { markExpired } from '../mapped/expired.ts'
import { stateOf } from '../state/instance-state.ts'
import { streamOf } from '../stream/session-stream.ts'
import type { SessionStreamOptions } from '../stream/stream-options.ts'
import { AfterCommit } from './after-commit.ts'
import { expireObject } from './expire.ts'
import { expunge, expungeAll } from './expunge.ts'
import { findStatement } from './find.ts'
import { refuseUnknownProperties } from './key-reads.ts'
import { Nesting } from './nesting.ts'
import { Operations } from './operations.ts'
import {
  type KeyOf,
  type OneObject,
  pickTransactionOptions,
  type SessionExecuteOptions,
  type SessionParts,
} from './session-options.ts'
import { SessionWork } from './session-work.ts'
import { shownKey } from './shown-key.ts'
import { objectsOf } from './state-set.ts'

/** @internal The key under which a factory runs a transaction. */
export const runTransaction: unique symbol = Symbol('runTransaction')

/** @internal The key under which a scope ends its session. */
export const closeWhenIdle: unique symbol = Symbol('closeWhenIdle')

/** @internal Where a transaction was begun, and what messages call that. */
export interface Origin {
  readonly stack?: string
  readonly label?: string
}

/** @internal A transaction that is committed; what is to be called behind it is not yet. */
export interface Committed<T> {
  readonly value: T
  afterwards(): Promise<void>
}

export class Session implements AsyncDisposable {
  readonly #work: SessionWork
  readonly #operations = new Operations()
  readonly #afterCommit = new AfterCommit()
  readonly #nesting = new Nesting()
  readonly #signal: AbortSignal | undefined
  readonly #shapes: KeptShapes
  /** The last commit, whose promise somebody may have dropped. */
  #committed: Promise<void> = Promise.resolve()
  /** What runs its work in this session, and commits behind it. */
  #workOf: string | null = null

  /** @internal Session factories open sessions. */
  constructor(parts: SessionParts) {
    this.#work = new SessionWork(parts, (verb) => this.#nesting.refuseOutside(verb))
    this.#signal = parts.options.signal
    this.#shapes = parts.shapes
    loadsLater(this.#work.state, async (relationship, states) => {
      await this.#operations.run('awaitable()', async () => {
        this.#work.refuseUnusable('awaitable()')
        await this.#work.loadMembers({ relationship, states })
      })
    })
  }

  // ------------------------------------------------------------------ statements

  /** Sends a statement, once, now; entities come as objects of this session. `await session.execute(select(o.id)).all()` */
  execute<R>(statement: Query<R>, options?: SessionExecuteOptions): Execution<R> {
    return this.#read('execute()', statement, options)
  }

  #read<R>(verb: string, statement: Query<R>, options: SessionExecuteOptions = {}): Execution<R> {
    return Execution.of(this.#operations.run(verb, async () => await this.#work.read(statement, this.#with(options))))
  }

  /** The session's own signal holds for what is given none. */
  #with<O extends { readonly signal?: AbortSignal | undefined }>(options: O): O {
    return this.#signal && options.signal === undefined ? { ...options, signal: this.#signal } : options
  }

  /** The same for the first item of each row: `await session.scalars(select(Order)).all()` gives `Order[]`. */
  scalars<R>(statement: Query<R>, options?: SessionExecuteOptions): Execution<ScalarOf<R>> {
    return this.#read('scalars()', statement, options).scalars()
  }

  /**
   * Reads a SELECT some rows at a time, by a cursor in the session's transaction; entities come as objects of this session.
   * `for await (const batch of session.stream(select(Reading)).scalars().partitions()) use(batch)`
   */
  stream<R>(statement: Query<R>, options: SessionStreamOptions = {}): RowStream<R> {
    return streamOf({ work: this.#work, operations: this.#operations }, statement, this.#with(options))
  }

  /**
   * Loads rows in bulk, in this session's transaction: `await session.bulk(bulkInsert(Order, rows))`. Rejects with what stopped it;
   * `bulkReportOf(error)` then says what had been done.
   */
  async bulk<X>(load: BulkLoad<X>, options?: ExecuteOptions): Promise<X>
  async bulk(load: BulkLoad<unknown>, options: ExecuteOptions = {}): Promise<unknown> {
    return await bulkOf({ work: this.#work, operations: this.#operations }, load, this.#with(options))
  }

  /**
   * The objects of a class, by the filter that a loader takes, with loaders behind it:
   * `await session.find(Order, (o) => ({ where: o.status.eq('paid'), orderBy: o.id, limit: 10 }), selectinload(o.items)).all()`
   */
  find<E extends object>(
    entityClass: EntityClass<E>,
    filter?: (target: Attributes<E>) => Filter,
    ...options: LoaderOption<NoInfer<E>>[]
  ): Execution<E>
  find(
    entityClass: EntityClass<object>,
    filter?: (target: never) => Filter,
    ...options: LoaderOption<object>[]
  ): Execution<object> {
    return this.#read('find()', findStatement(entityClass, filter, options)).scalars()
  }

  // ------------------------------------------------------------------ by key

  /** The object with this key, from the session where it is known, else from the database; null where there is no such row. */
  get<E extends object>(entityClass: EntityClass<E>, key: KeyOf<E>): Promise<E | null>
  get(entityClass: EntityClass<object>, key: unknown): Promise<object | null> {
    return this.#operations.run('get()', () =>
      this.#work.byKey.get(this.#work.state.mapperOf(entityClass), key, () => null),
    )
  }

  /** The same, rejecting with NoResultFoundError where there is no such row. */
  getOne<E extends object>(entityClass: EntityClass<E>, key: KeyOf<E>): Promise<E>
  getOne(entityClass: EntityClass<object>, key: unknown): Promise<object> {
    return this.#operations.run('getOne()', () =>
      this.#work.byKey.get(this.#work.state.mapperOf(entityClass), key, () => {
        throw new NoResultFoundError(`There is no ${entityClass.name} with the key ${shownKey(key)}.`, {
          hint: 'Use get() where it may be missing.',
        })
      }),
    )
  }

  /** Reads an object's row again, all of it or these properties: unwritten changes to them are dropped. Rejects with ObjectDeletedError where the row is gone. */
  async refresh<E extends object>(object: E, properties?: readonly (keyof E & string)[]): Promise<void> {
    await this.#operations.run('refresh()', async () => await this.#work.byKey.refresh(object, properties))
  }

  /** Forgets what the row held: reading a property raises until it is read again. */
  expire<E extends object>(object: E, properties?: readonly (keyof E & string)[]): void {
    this.#work.refuseUnusable('expire()')
    const state = this.#work.state.ownState(object, 'expire()')
    refuseUnknownProperties(state, properties)
    if (state.status !== 'persistent')
      throw new InvalidRequestError(`expire(): the object is ${state.status}; there is no row to read again.`)
    this.#work.state.journal?.keep(state)
    expireObject(state, this.#work.state.format(state.mapper), properties)
    markExpired(object, 'expire()', properties)
  }

  /** Takes over the values of an object from elsewhere, and along `merge` cascades of what hangs on it. Gives back this session's object. */
  async merge<E extends object>(object: E): Promise<E>
  async merge(object: object): Promise<object> {
    return await this.#operations.run('merge()', async () => {
      this.#work.refuseUnusable('merge()')
      this.#nesting.refuseOutside('merge()')
      return await this.#work.merge(object)
    })
  }

  /** Loads relationships of objects that are here already: `await session.load(orders, o.items)`, or with a loader for what lies behind. */
  async load<E extends object>(
    objects: E | readonly E[],
    ...relationships: (Relationship<NoInfer<E>, unknown> | LoaderOption<NoInfer<E>>)[]
  ): Promise<void> {
    const list: readonly unknown[] = Array.isArray(objects) ? objects : [objects]
    await this.#operations.run('load()', async () => await this.#work.load(list, relationships))
  }

  // ------------------------------------------------------------------ objects

  /** Adds a new object, and what hangs on it, to be written by the next flush. */
  add(object: OneObject): void {
    this.#work.refuseUnusable('add()')
    this.#nesting.refuseOutside('add()')
    this.#work.unitOfWork.add(object)
  }

  /** Adds several. */
  addAll(objects: Iterable<OneObject>): void {
    this.#work.refuseUnusable('addAll()')
    this.#nesting.refuseOutside('addAll()')
    this.#work.unitOfWork.addAll(objects)
  }

  /** Marks an object for deletion by the next flush, with what its cascades take along. */
  delete(object: OneObject): void {
    this.#work.refuseUnusable('delete()')
    this.#nesting.refuseOutside('delete()')
    const state = this.#work.state.ownState(object, 'delete()')
    if (state.status !== 'persistent')
      throw new InvalidRequestError(`delete(): the object is ${state.status}; there is no row to delete.`, {
        hint:
          state.status === 'pending'
            ? 'Take it out again with session.expunge().'
            : 'Only stored objects can be deleted.',
      })
    this.#work.state.deleted.add(state)
    // It goes in its own right, whatever became of who would have taken it along.
    this.#work.state.orphans.delete(state)
  }

  /** Takes an object out of the session, unwritten changes with it, and along `expunge` cascades what hangs on it. */
  expunge(object: OneObject): void {
    expunge(object, this.#work)
  }

  /** Takes all objects out of the session. */
  expungeAll(): void {
    this.#work.refuseUnusable('expungeAll()')
    expungeAll(this.#work)
  }

  /** Writes all changes. Either all of it is written, or none and the transaction has to be rolled back. */
  async flush(): Promise<void> {
    await this.#operations.between('flush()', async () => await this.#work.flush())
  }

  /** Brings both sides of relationships into agreement now. Sends nothing. */
  sync(): void {
    this.#work.refuseUnusable('sync()')
    this.#work.unitOfWork.sync()
  }

  /** New objects that wait for their INSERT. */
  get new(): ReadonlySet<object> {
    return objectsOf(this.#work.state.pending)
  }

  /** Objects with real differences to their rows. */
  get dirty(): ReadonlySet<object> {
    return objectsOf(this.#work.unitOfWork.dirty())
  }

  /** Objects that wait for their DELETE. */
  get deleted(): ReadonlySet<object> {
    return objectsOf(this.#work.state.deleted)
  }

  /** Does the object differ from its row? */
  isModified(object: OneObject): boolean {
    const state = stateOf(object)
    return state?.status === 'persistent' && this.#work.unitOfWork.isModified(state)
  }

  // ------------------------------------------------------------------ transaction

  get inTransaction(): boolean {
    return this.#work.inTransaction
  }

  /** Begins a transaction now. Its options cannot be changed later. */
  async begin(options?: TransactionOptions): Promise<void> {
    await this.#operations.alone('begin()', async () => await this.#work.begin(options))
  }

  /** Flushes and commits, then calls what `afterCommit` was given. */
  commit(): Promise<void> {
    this.#committed = this.#commit()
    return this.#committed
  }

  async #commit(): Promise<void> {
    await this.#commitAlone()
    if (this.#workOf !== null) this.#work.committedInside = this.#workOf
    await this.#afterCommit.call()
  }

  async #commitAlone(): Promise<void> {
    await this.#operations.alone(
      'commit()',
      async () => await this.#work.commit(),
      () => (this.#work.ending?.isSent ? '\n  Its COMMIT was sent already and cannot be taken back.' : ''),
    )
  }

  /** A commit that nobody awaited must not come behind the end of its session. Who ends it hears of that, so its promise need not say so too. */
  #giveUpCommit(): void {
    const { ending } = this.#work
    if (!ending || ending.isSent) return
    ending.isGivenUp = true
    this.#committed.catch(() => {})
  }

  /** Undoes the transaction: the rows on the server, and the objects here. */
  async rollback(): Promise<void> {
    await this.#operations.alone('rollback()', async () => {
      this.#nesting.refuseOutside('rollback()')
      await this.#work.rollback()
    })
    this.#afterCommit.forget(0)
  }

  /** Runs the work inside a savepoint. Where it throws, the savepoint is rolled back, objects too, and the error goes on. */
  async nested<T>(work: () => Promise<T>): Promise<T>
  async nested<T>(work: () => Promise<T>, options?: unknown): Promise<T> {
    if (options !== undefined)
      throw new InvalidRequestError('nested() takes no options: its isolation is that of its transaction.', {
        hint: 'Give them to begin().',
      })
    const level = await this.#nesting.enter(this.#operations, async () => await this.#work.savepoint())
    const { depth } = this.#work
    const callbacks = this.#afterCommit.size
    try {
      const value = await this.#nesting.run(level, work)
      const end = async (): Promise<void> => {
        if (this.#work.depth !== depth)
          throw new InvalidRequestError('nested(): its transaction was rolled back inside.')
        await this.#work.release()
      }
      await this.#nesting.run(level, async () => await this.#operations.alone('the end of nested()', end))
      return value
    } catch (error) {
      await this.#operations.run('the rollback of nested()', async () => {
        // A rollback that fails must not hide why there is one.
        if (this.#work.depth === depth) await this.#work.rollbackToSavepoint().catch(() => {})
      })
      this.#afterCommit.forget(callbacks)
      throw error
    } finally {
      this.#nesting.leave(level)
    }
  }

  /** Calls the function once this transaction is committed; a rollback forgets it. For mail and the like. */
  afterCommit(callback: () => unknown): void {
    this.#work.refuseUnusable('afterCommit()')
    this.#afterCommit.add(callback)
  }

  /** @internal Runs the work in a transaction of its own: commits, or rolls back and rethrows. */
  async [runTransaction]<T>(options: TransactionOptions, place: Origin, work: () => Promise<T>): Promise<Committed<T>> {
    try {
      await this.begin(pickTransactionOptions(options))
      this.#workOf = place.label ?? 'sessions.begin'
      const value = await this.#work.within(place, work)
      if (this.#work.committedInside === null) await this.#commitAlone()
      else if (this.#work.unitOfWork.hasWork(null)) this.#work.refuseUnusable('changes')
      return { value, afterwards: async () => await this.#afterCommit.call() }
    } catch (error) {
      this.#giveUpCommit()
      // A rollback that fails must not hide why there is one; close() sees to the connection.
      await this.#operations.run('rollback()', async () => await this.#work.rollback()).catch(() => {})
      this.#afterCommit.forget(0)
      throw error
    } finally {
      this.#workOf = null
      this.#work.committedInside = null
    }
  }

  /** Runs the work without autoflush. */
  async noAutoflush<T>(work: () => Promise<T>): Promise<T> {
    this.#work.refuseUnusable('noAutoflush()')
    return await this.#work.noAutoflush(work)
  }

  /** Rolls back what is open and lets all objects go. May be called again. What is under way meanwhile is an error, and ends before. */
  async close(): Promise<void> {
    if (this.#work.state.isClosed) return
    try {
      await this.#operations.alone('close()', async () => await this.#work.close())
    } catch (error) {
      this.#giveUpCommit()
      // A session that nobody can close again must not keep its connection.
      if (error instanceof ConcurrentSessionError) await this[closeWhenIdle]()
      throw error
    } finally {
      this.#afterCommit.forget(0)
      this.#leaveShapes()
    }
  }

  /** @internal Closes once what is under way has ended: for who cannot know what is. */
  async [closeWhenIdle](): Promise<void> {
    await this.#operations.run('close()', async () => {
      if (!this.#work.state.isClosed) await this.#work.close()
    })
    this.#afterCommit.forget(0)
    this.#leaveShapes()
  }

  #leaveShapes(): void {
    if (!this.#work.state.isClosed) return
    for (const example of [this, ...this.#work.unitOfWork.examples()]) this.#shapes.keep(example)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
