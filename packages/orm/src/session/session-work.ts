// What a session does: reads, flushes, and keeps its transaction. The verbs and their order are session.ts's.
import {
  ClosedError,
  type Connection,
  ConnectionLostError,
  type Engine,
  type ExecuteOptions,
  PendingRollbackError,
  type Result,
} from '@oriel/engine'
import { type EntityReader, executeWith, prepareRows, within } from '@oriel/engine/internal'
import {
  callerFrame,
  type Executable,
  InvalidRequestError,
  isQuery,
  type Query,
  queryNode,
  type TransactionOptions,
} from '@oriel/sql'
import { ConcurrentSessionError } from '../error.ts'
import { Loading, type MembersToLoad, type Shaped } from '../loading/loading.ts'
import { markExpired } from '../mapped/expired.ts'
import type { Mapper } from '../registry/mapper.ts'
import { UnitOfWork } from '../unit-of-work/unit-of-work.ts'
import { sessionReader } from './entity-rows.ts'
import { expireObject } from './expire.ts'
import { asError, lostInFlush } from './flush-failure.ts'
import { beside } from './inner-changes.ts'
import { KeyReads } from './key-reads.ts'
import { classesMerged, mergeObject } from './merge.ts'
import { rollBackObjects } from './rollback-objects.ts'
import { SessionConnections } from './session-connections.ts'
import {
  refuseSynchronizing,
  refuseUnknown,
  type SessionExecuteOptions,
  type SessionOptions,
  type SessionParts,
  transactionOptions,
} from './session-options.ts'
import { SessionState } from './session-state.ts'
import { SessionTransaction } from './session-transaction.ts'
import { classesRead, mayWrite } from './statement-sources.ts'
import { changeOf, isDataChange, Synchronization, type SynchronizedChange } from './synchronize.ts'

export class SessionWork {
  readonly state: SessionState
  readonly unitOfWork: UnitOfWork
  readonly loading: Loading
  readonly #options: SessionOptions
  readonly #engine: Engine
  /** One for all statements, so that the engine can keep what it makes of it. */
  readonly reader: EntityReader
  readonly #refreshing: EntityReader
  /** Reads of one object by its key. */
  readonly byKey: KeyReads
  readonly #connections: SessionConnections
  #transaction: SessionTransaction
  #failure: Error | null = null
  #autoflushPauses = 0
  readonly #refuseOutside: (verb: string) => void
  /** The commit that is under way: has COMMIT left for the server, and has the session been ended before? */
  ending: { isSent: boolean; isGivenUp: boolean } | null = null
  /** Whose work has committed its transaction by hand, and has nothing more to do: `sessions.begin`. */
  committedInside: string | null = null

  /** `refuseOutside` throws for what is not inside of the open savepoint. */
  constructor({ engine, registry, options }: SessionParts, refuseOutside: (verb: string) => void) {
    this.#refuseOutside = refuseOutside
    this.#engine = engine
    this.#options = options
    this.state = new SessionState(engine, registry, options.identityMapWarnAt ?? 100_000)
    this.reader = sessionReader(this.state)
    this.#refreshing = sessionReader(this.state, { isRefresh: true })
    this.unitOfWork = new UnitOfWork(this.state)
    this.loading = new Loading(this.state)
    this.byKey = new KeyReads({
      state: this.state,
      reader: this.reader,
      refuseUnusable: (verb) => this.refuseUnusable(verb),
      flushFor: (mappers) => this.#flushFor(mappers),
      onConnection: (work) => this.#connections.reading(work),
      loadMembers: async (work) => await this.loadMembers(work),
    })
    this.#transaction = new SessionTransaction(engine, this.state, options)
    this.#connections = new SessionConnections(this.state, options, () => this.#transaction)
  }

  // ------------------------------------------------------------------ transaction

  get inTransaction(): boolean {
    return this.#transaction.isOpen
  }

  /** The transaction that is open, or that the next statement would open. */
  get transaction(): SessionTransaction {
    return this.#transaction
  }

  get depth(): number {
    return this.#transaction.depth
  }

  async begin(options: TransactionOptions | undefined): Promise<void> {
    this.refuseUnusable('begin()')
    if (options) refuseUnknown(options, transactionOptions, 'session.begin')
    if (this.#transaction.isOpen)
      throw new InvalidRequestError('begin(): a transaction is open already.', {
        hint: 'Its isolation was fixed when it began. Commit or roll back first; for a part that may fail use nested().',
      })
    this.#transaction = new SessionTransaction(this.#engine, this.state, { ...this.#options, ...options })
    await this.#connections.opened()
  }

  async commit(): Promise<void> {
    this.refuseUnusable('commit()')
    this.#refuseOutside('commit()')
    if (this.#transaction.depth > 1)
      throw new InvalidRequestError('commit() inside nested(): the savepoint is still open.', {
        hint: 'Let the function of nested() end first; then commit.',
      })
    const ending = { isSent: false, isGivenUp: false }
    this.ending = ending
    try {
      await this.flush()
      if (ending.isGivenUp)
        throw new ConcurrentSessionError('commit() was given up before COMMIT was sent: its session ended meanwhile.', {
          hint: 'Nothing was committed. Await the commit; an await may be missing.',
        })
      if (!this.#transaction.isOpen) return
      ending.isSent = true
      await this.#commitOpen()
    } finally {
      this.ending = null
    }
  }

  async #commitOpen(): Promise<void> {
    const { undone } = this.#transaction
    try {
      await this.#transaction.commit()
    } catch (error) {
      this.#failure = asError(error)
      // The server has ended the transaction: there is nothing left to roll back there, but objects must go back.
      rollBackObjects(undone, this.state, this.unitOfWork)
      throw error
    }
    this.state.serial++
    for (const journal of undone.journals) {
      journal.forEach((state) => {
        if (state.status !== 'deleted') return
        this.state.becomeGone(state)
        this.state.detach(state)
      })
      journal.end()
    }
    if (this.#options.expireOnCommit)
      for (const state of this.state.identityMap.states()) {
        expireObject(state, this.state.format(state.mapper))
        markExpired(state.object, 'a commit, since the session has expireOnCommit')
      }
    this.#transaction = new SessionTransaction(this.#engine, this.state, this.#options)
  }

  async rollback(): Promise<void> {
    this.refuseClosed('rollback()')
    const { isOpen, undone } = this.#transaction
    try {
      if (isOpen) await this.#transaction.rollback()
    } finally {
      // Whatever became of the connection, the server has forgotten the transaction.
      rollBackObjects(undone, this.state, this.unitOfWork)
      this.#failure = null
      this.state.serial++
    }
    this.#transaction = new SessionTransaction(this.#engine, this.state, this.#options)
  }

  async savepoint(): Promise<void> {
    await this.flush()
    await this.#connections.opened()
    await this.#transaction.savepoint()
  }

  async release(): Promise<void> {
    await this.flush()
    await this.#transaction.release()
  }

  async rollbackToSavepoint(): Promise<void> {
    const { undoneInside } = this.#transaction
    try {
      await this.#transaction.rollbackToSavepoint()
      this.#failure = null
    } catch (error) {
      // The transaction still has what was to be undone: only a rollback of all of it helps.
      this.#failure = asError(error)
      throw error
    } finally {
      rollBackObjects(undoneInside, this.state, this.unitOfWork)
      // What was read again inside is as old as it was.
      this.state.serial++
    }
  }

  async close(): Promise<void> {
    const { isOpen, undone } = this.#transaction
    try {
      if (isOpen) await this.#transaction.rollback('close()')
    } finally {
      // What was read stays readable: no session gives it to anybody again.
      if (isOpen) rollBackObjects({ ...undone, met: [] }, this.state, this.unitOfWork)
      this.state.detachAll()
      this.state.isClosed = true
      this.#failure = null
    }
  }

  /** Runs the callback of a transaction of this session, so that what leaves the transaction is noticed. */
  async within<T>(place: { readonly stack?: string; readonly label?: string }, work: () => Promise<T>): Promise<T> {
    return await this.#engine[within](place.label ?? 'sessions.begin', { owner: this.state, place }, work)
  }

  async noAutoflush<T>(work: () => Promise<T>): Promise<T> {
    this.#autoflushPauses++
    try {
      return await work()
    } finally {
      this.#autoflushPauses--
    }
  }

  // ------------------------------------------------------------------ reading

  async read<R>(statement: Query<R>, options: SessionExecuteOptions | undefined): Promise<Result<R>> {
    this.refuseUnusable('execute()')
    const change = isQuery(statement) ? changeOf(statement, this.state) : null
    const { synchronizeSession, populateExisting = false, ...sendOptions } = options ?? {}
    refuseSynchronizing(synchronizeSession, change !== null)
    if (change) return await this.#change<R>({ statement, change }, options)
    return await this.#read(statement, { populateExisting, sendOptions })
  }

  /** UPDATE or DELETE of an entity: the session's objects follow. */
  async #change<R>(work: SynchronizedChange, options: SessionExecuteOptions | undefined): Promise<Result<R>> {
    if (this.#options.autoflush !== false && this.#autoflushPauses === 0) await this.flush()
    const { synchronizeSession, populateExisting: _, ...sendOptions } = options ?? {}
    this.#refuseOutside('execute()')
    const connection = await this.#connections.opened()
    this.#transaction.wrote()
    return await beside(work.statement, this, async () => {
      const synchronization = new Synchronization(this.state, work, synchronizeSession)
      return await synchronization.run<R>(connection, sendOptions)
    })
  }

  async #read<R>(
    statement: Query<R>,
    { populateExisting, sendOptions: options }: { populateExisting: boolean; sendOptions: ExecuteOptions },
  ): Promise<Result<R>> {
    const shaped = isQuery(statement) ? this.loading.shape(statement) : null
    if (isQuery(statement)) await this.#autoflush(statement, shaped?.plan.mappers)
    const sent = shaped?.statement ?? statement
    const readsOnly = isReadOnly(sent, this.#engine)
    const writes = !readsOnly && mayWrite(statement, this.state.dialect)
    if (writes) this.#refuseOutside('execute()')
    if (this.#connections.alwaysBegins || !readsOnly) await this.#connections.opened()
    if (writes) this.#transaction.wrote()
    const reader = this.#readerFor(statement, populateExisting)
    const send = async (connection: Connection): Promise<Result<R>> => {
      if (!shaped) return await connection[executeWith](statement, reader, options)
      const result = await connection[executeWith](shaped.statement, reader, options)
      return await this.loading.after<R>({ ...shaped, populateExisting }, result, async (next, levelReader) => {
        return await connection[executeWith](next, levelReader, options)
      })
    }
    if (readsOnly || !isQuery(statement)) return await this.#connections.reading(send)
    return await beside(statement, this, async () => await this.#connections.reading(send))
  }

  /** What a change of rows gives back is newer than what is known. */
  #readerFor(statement: Query<unknown>, isReset: boolean): EntityReader {
    if (isReset) return sessionReader(this.state, { isReset })
    return isQuery(statement) && isDataChange(statement[queryNode]) ? this.#refreshing : this.reader
  }

  /** For a stream: writes what its statement would have to see, and begins the transaction of its cursor. */
  async connectionFor(statement: Query<unknown>, shaped: Shaped | null): Promise<Connection> {
    if (isQuery(statement)) await this.#autoflush(statement, shaped?.plan.mappers)
    const connection = await this.#connections.opened()
    if (mayWrite(statement, this.state.dialect)) this.#transaction.wrote()
    return connection
  }

  /** Loads relationships of objects that are here already. Like all reads by key it flushes only what waits to be inserted or deleted. */
  async load(objects: readonly unknown[], loaders: readonly unknown[]): Promise<void> {
    this.refuseUnusable('load()')
    const work = this.loading.planFor(objects, loaders)
    const { mappers } = work.plan
    await this.#flushFor(mappers)
    await this.#connections.sending(async (send) => await this.loading.load(work, send))
  }

  /** Takes over an object from elsewhere, with what is merged along. What waits to be written of these classes is written before, and nothing in between. */
  async merge(object: object): Promise<object> {
    await this.#flushFor(classesMerged(object, this.state))
    return await this.noAutoflush(async () => await mergeObject(object, this))
  }

  /** Null where nothing has to be written before these classes are read. */
  #flushFor(mappers: Iterable<Mapper>): Promise<void> | null {
    if (this.#options.autoflush === false || this.#autoflushPauses > 0) return null
    const { pending, deleted } = this.state
    for (const mapper of mappers) if (pending.hasAnyOf(mapper) || deleted.hasAnyOf(mapper)) return this.flush()
    return null
  }

  async #autoflush(statement: Query<unknown>, loaded: ReadonlySet<Mapper> | undefined): Promise<void> {
    if (this.#options.autoflush === false || this.#autoflushPauses > 0) return
    const node = statement[queryNode]
    const read = classesRead(node, this.state)
    const classes = isDataChange(node) ? null : read && loaded ? new Set([...read, ...loaded]) : read
    if (this.unitOfWork.hasWork(classes)) await this.flush()
  }

  // ------------------------------------------------------------------ writing

  async flush(): Promise<void> {
    this.refuseUnusable('flush()')
    this.#refuseOutside('flush()')
    const work = await this.unitOfWork.prepare(async (_, relationship, states) => {
      // What is deleted along is read in the transaction that deletes it.
      await this.#connections.opened()
      try {
        await this.loadMembers({ relationship, states, ignoresCriteria: true })
      } catch (error) {
        throw this.#aborted(error)
      }
    })
    if (!work) return
    const connection = await this.#connections.opened()
    this.#transaction.wrote()
    try {
      const journal = await this.unitOfWork.execute(work, (statement) => connection[prepareRows](statement))
      journal.mergeInto(this.#transaction.journal)
    } catch (error) {
      throw this.#aborted(error)
    }
  }

  /** The transaction can only be rolled back: what every verb says until then. */
  #aborted(error: unknown): Error {
    const failure = asError(error instanceof ConnectionLostError ? lostInFlush(error) : error)
    this.#failure = failure
    return failure
  }

  /** Loads one relationship for objects of one class: for cascades, refresh, merge and awaitable(). */
  async loadMembers(work: MembersToLoad): Promise<void> {
    await this.#connections.sending(async (send) => await this.loading.loadMembers(work, send))
  }

  refuseClosed(verb: string): void {
    if (this.state.isClosed)
      throw new ClosedError(`${verb}: the session is closed.`, {
        hint: 'Open another one: a session lives as long as one request or task.',
      })
  }

  refuseUnusable(verb: string): void {
    this.refuseClosed(verb)
    if (this.committedInside !== null)
      throw new InvalidRequestError(
        `${verb}: the transaction of ${this.committedInside} was committed by commit() inside of it.`,
        {
          hint: 'It commits by itself when its work ends. To commit more than once open the session by hand: sessions.open().',
        },
      )
    if (!this.#failure) return
    throw new PendingRollbackError(
      `${verb}: the transaction was aborted by: ${this.#failure.message.split('\n')[0]}${callerFrame(this.#failure)}`,
      {
        hint:
          this.depth > 1
            ? 'Let the error leave the function of nested(): what was done in it is undone, and the work around it goes on.'
            : 'Call session.rollback() first; then the session works again. Where an error is expected, put what may fail into session.nested().',
        cause: this.#failure,
      },
    )
  }
}

function isReadOnly(statement: Executable<unknown>, { dialect }: Engine): boolean {
  return typeof statement === 'object' && statement !== null && 'compile' in statement
    ? statement.compile(dialect).isReadOnly
    : true
}
