// The session: one request's objects and its transaction. Verbs only; what they do is in the files beside this one.
import {
  ClosedError,
  type Connection,
  type Engine,
  type ExecuteOptions,
  Execution,
  PendingRollbackError,
  type Result,
} from '@oriel/engine'
import {
  ArgumentError,
  type Executable,
  InvalidRequestError,
  isQuery,
  type Query,
  queryNode,
  type ScalarOf,
  type TransactionOptions,
} from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import type { Registry } from '../registry/registry.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { rawRows } from '../unit-of-work/row-statement.ts'
import { UnitOfWork } from '../unit-of-work/unit-of-work.ts'
import { sessionReader } from './entity-rows.ts'
import { Operations } from './operations.ts'
import { rollBackObjects } from './rollback-objects.ts'
import { SessionState } from './session-state.ts'
import { SessionTransaction } from './session-transaction.ts'
import { classesRead } from './statement-sources.ts'

/** Options of a session. */
export interface SessionOptions extends TransactionOptions {
  /** Write what changed before a statement that would have to see it. By default true. */
  readonly autoflush?: boolean
  /** Forget what rows held when a transaction commits. By default false. */
  readonly expireOnCommit?: boolean
  /** `always`: every statement begins a transaction. By default plain reads do without. */
  readonly autobegin?: 'writes' | 'always'
  readonly registry?: Registry
  /** Warn when the session holds so many objects. By default 100,000. */
  readonly identityMapWarnAt?: number
}

export interface SessionParts {
  readonly engine: Engine
  readonly registry: Registry
  readonly options: SessionOptions
}

export class Session implements AsyncDisposable {
  readonly #state: SessionState
  readonly #options: SessionOptions
  readonly #engine: Engine
  readonly #operations = new Operations()
  readonly #unitOfWork: UnitOfWork
  #transaction: SessionTransaction
  #failure: Error | null = null
  #afterCommit: (() => unknown)[] = []
  #autoflushPauses = 0

  /** @internal Session factories open sessions. */
  constructor({ engine, registry, options }: SessionParts) {
    this.#engine = engine
    this.#options = options
    this.#state = new SessionState(engine, registry, options.identityMapWarnAt ?? 100_000)
    this.#unitOfWork = new UnitOfWork(this.#state)
    this.#transaction = new SessionTransaction(engine, options)
  }

  // ------------------------------------------------------------------ statements

  /** Sends a statement, once, now; entities come as objects of this session. `await session.execute(select(o.id)).all()` */
  execute<R>(statement: Query<R>, options?: ExecuteOptions): Execution<R> {
    return Execution.of(this.#operations.run('execute()', async () => await this.#read(statement, options)))
  }

  /** The same for the first item of each row: `await session.scalars(select(Order)).all()` gives `Order[]`. */
  scalars<R>(statement: Query<R>, options?: ExecuteOptions): Execution<ScalarOf<R>> {
    return this.execute(statement, options).scalars()
  }

  // ------------------------------------------------------------------ objects

  /** Adds a new object, and what hangs on it, to be written by the next flush. */
  add(object: object): void {
    this.#refuseUnusable('add()')
    this.#unitOfWork.add(object)
  }

  /** Adds several. */
  addAll(objects: Iterable<object>): void {
    for (const object of objects) this.add(object)
  }

  /** Marks an object for deletion by the next flush, with what its cascades take along. */
  delete(object: object): void {
    this.#refuseUnusable('delete()')
    const state = this.#state.ownState(object, 'delete()')
    if (state.status !== 'persistent')
      throw new InvalidRequestError(`delete(): the object is ${state.status}; there is no row to delete.`, {
        hint:
          state.status === 'pending'
            ? 'Take it out again with session.expunge().'
            : 'Only stored objects can be deleted.',
      })
    this.#state.deleted.add(state)
  }

  /** Takes an object out of the session, unwritten changes with it. */
  expunge(object: object): void {
    const state = this.#state.ownState(object, 'expunge()')
    this.#detach(state)
  }

  /** Takes all objects out of the session. */
  expungeAll(): void {
    for (const state of [...this.#state.pending, ...this.#state.identityMap.states()]) this.#detach(state)
    this.#state.deleted.clear()
  }

  /** Writes all changes. Either all of it is written, or none and the transaction has to be rolled back. */
  async flush(): Promise<void> {
    await this.#operations.alone('flush()', async () => await this.#flush())
  }

  /** Brings both sides of relationships into agreement now. Sends nothing. */
  sync(): void {
    this.#refuseUnusable('sync()')
    this.#unitOfWork.sync()
  }

  /** New objects that wait for their INSERT. */
  get new(): ReadonlySet<object> {
    return objectsOf(this.#state.pending)
  }

  /** Objects with real differences to their rows. */
  get dirty(): ReadonlySet<object> {
    return objectsOf(this.#unitOfWork.dirty())
  }

  /** Objects that wait for their DELETE. */
  get deleted(): ReadonlySet<object> {
    return objectsOf(this.#state.deleted)
  }

  /** Does the object differ from its row? */
  isModified(object: object): boolean {
    const state = stateOf(object)
    return state?.status === 'persistent' && this.#unitOfWork.isModified(state)
  }

  // ------------------------------------------------------------------ transaction

  get inTransaction(): boolean {
    return this.#transaction.isOpen
  }

  /** Begins a transaction now. Its options cannot be changed later. */
  async begin(options?: TransactionOptions): Promise<void> {
    await this.#operations.alone('begin()', async () => {
      this.#refuseUnusable('begin()')
      if (this.#transaction.isOpen)
        throw new InvalidRequestError('begin(): a transaction is open already.', {
          hint: 'Its isolation was fixed when it began. Commit or roll back first; for a part that may fail use nested().',
        })
      this.#transaction = new SessionTransaction(this.#engine, { ...this.#options, ...options })
      await this.#transaction.connection()
      this.#state.serial++
    })
  }

  /** Flushes and commits. */
  async commit(): Promise<void> {
    await this.#operations.alone('commit()', async () => {
      await this.#flush()
      if (!this.#transaction.isOpen) return
      try {
        await this.#transaction.commit()
      } catch (error) {
        this.#failure = asError(error)
        throw error
      }
      this.#committed()
    })
    const callbacks = this.#afterCommit
    this.#afterCommit = []
    for (const callback of callbacks) await callback()
  }

  /** Undoes the transaction: the rows on the server, and the objects here. */
  async rollback(): Promise<void> {
    await this.#operations.alone('rollback()', async () => await this.#rollback())
  }

  /** Runs the work inside a savepoint. Where it throws, the savepoint is rolled back, objects too, and the error goes on. */
  async nested<T>(work: () => Promise<T>): Promise<T> {
    await this.#operations.alone('nested()', async () => {
      await this.#flush()
      await this.#connection()
      await this.#transaction.savepoint()
    })
    const { depth } = this.#transaction
    try {
      const value = await work()
      await this.#operations.alone('the end of nested()', async () => {
        await this.#flush()
        await this.#transaction.release()
      })
      return value
    } catch (error) {
      await this.#operations.run('the rollback of nested()', async () => {
        if (this.#transaction.depth !== depth) return
        const journal = await this.#transaction.rollbackToSavepoint()
        rollBackObjects([journal], this.#state, this.#unitOfWork)
        this.#failure = null
      })
      throw error
    }
  }

  /** Calls the function once this transaction is committed; a rollback forgets it. For mail and the like. */
  afterCommit(callback: () => unknown): void {
    this.#afterCommit.push(callback)
  }

  /** Runs the work without autoflush. */
  async noAutoflush<T>(work: () => Promise<T>): Promise<T> {
    this.#autoflushPauses++
    try {
      return await work()
    } finally {
      this.#autoflushPauses--
    }
  }

  /** Rolls back what is open and lets all objects go. May be called again. */
  async close(): Promise<void> {
    if (this.#state.isClosed) return
    await this.#operations.run('close()', async () => {
      try {
        if (this.#transaction.isOpen) await this.#transaction.rollback()
      } finally {
        this.expungeAll()
        this.#state.isClosed = true
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  // ------------------------------------------------------------------ inside

  async #read<R>(statement: Query<R>, options: ExecuteOptions | undefined): Promise<Result<R>> {
    this.#refuseUnusable('execute()')
    if (isQuery(statement)) await this.#autoflush(statement)
    const needsTransaction = this.#options.autobegin === 'always' || !isReadOnly(statement, this.#engine)
    if (this.#transaction.isOpen || needsTransaction)
      return await this.#run(await this.#connection(), statement, options)
    const connection = await this.#transaction.borrow()
    this.#state.serial++
    try {
      return await this.#run(connection, statement, options)
    } finally {
      await connection.close()
    }
  }

  async #run<R>(connection: Connection, statement: Query<R>, options: ExecuteOptions | undefined): Promise<Result<R>> {
    return await connection.executeWith(statement, this.#reader, options)
  }

  get #reader() {
    return sessionReader(this.#state)
  }

  async #connection(): Promise<Connection> {
    const isNew = !this.#transaction.isOpen
    const connection = await this.#transaction.connection()
    if (isNew) this.#state.serial++
    return connection
  }

  async #autoflush(statement: Query<unknown>): Promise<void> {
    if (this.#options.autoflush === false || this.#autoflushPauses > 0) return
    const node = statement[queryNode]
    if (this.#unitOfWork.hasWork(classesRead(node, this.#state))) await this.#flush()
  }

  async #flush(): Promise<void> {
    this.#refuseUnusable('flush()')
    const work = await this.#unitOfWork.prepare(
      async (mapper, relationship, states) => await this.#loadMembers(mapper, relationship, states),
    )
    if (!work) return
    const connection = await this.#connection()
    try {
      const journal = await this.#unitOfWork.execute(work, async (statement) => {
        const result = await connection.executeWith(statement, rawRows)
        return { rows: result.all().map(([row]) => row), rowCount: result.rowCount }
      })
      journal.mergeInto(this.#transaction.journal)
    } catch (error) {
      this.#failure = asError(error)
      throw error
    }
  }

  async #loadMembers(_mapper: Mapper, _relationship: unknown, _states: readonly InstanceState[]): Promise<void> {
    // Written with the loaders.
  }

  async #rollback(): Promise<void> {
    this.#afterCommit = []
    if (this.#transaction.isOpen) {
      const journals = await this.#transaction.rollback()
      rollBackObjects(journals, this.#state, this.#unitOfWork)
    } else rollBackObjects([], this.#state, this.#unitOfWork)
    this.#failure = null
    this.#transaction = new SessionTransaction(this.#engine, this.#options)
  }

  #committed(): void {
    this.#state.serial++
    this.#transaction = new SessionTransaction(this.#engine, this.#options)
  }

  #detach(state: InstanceState): void {
    this.#state.forget(state)
    state.status = state.status === 'pending' ? 'transient' : 'detached'
    state.session = null
  }

  #refuseUnusable(verb: string): void {
    if (this.#state.isClosed) throw new ClosedError(`${verb}: the session is closed.`)
    if (!this.#failure) return
    throw new PendingRollbackError(
      `${verb}: the transaction of this session failed: ${this.#failure.message.split('\n')[0]}`,
      {
        hint: 'Call session.rollback() first; then the session works again.',
        cause: this.#failure,
      },
    )
  }
}

function isReadOnly(statement: Executable<unknown>, engine: Engine): boolean {
  return typeof statement === 'object' && statement !== null && 'compile' in statement
    ? statement.compile(engine.dialect).isReadOnly
    : true
}

function objectsOf(states: Iterable<InstanceState>): ReadonlySet<object> {
  return new Set(Array.from(states, (state) => state.object))
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new ArgumentError(String(error))
}
