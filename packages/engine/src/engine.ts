// The engine: a driver, its pool, and the ways to run a statement without a session.
// Borrows from pool/, runs on connection/, tells event/.
import { ArgumentError, type Dialect, type Executable, type Place, type TransactionOptions } from '@oriel/sql'
import { callPlace } from './call-place.ts'
import { atCaller } from './caller-stack.ts'
import { Connection } from './connection/connection.ts'
import type { ConnectionParts, ModelOf } from './connection/parts.ts'
import { Deadline } from './deadline.ts'
import type { Driver } from './driver.ts'
import { checkDriver, checkEngineOptions, type EngineOptions } from './engine-options.ts'
import { type EngineEvents, Events, type WarningEvent } from './event/events.ts'
import { Observer } from './event/observer.ts'
import { KeptShapes } from './kept-shapes.ts'
import { refuseUnknownOptions } from './known-options.ts'
import type { Lease } from './pool/lease.ts'
import { Pool, type PoolStats } from './pool/pool.ts'
import { poolSettings } from './pool/pool-options.ts'
import { Preparer } from './prepare/preparer.ts'
import { WarningPolicy } from './prepare/warning-policy.ts'
import { Execution } from './result/execution.ts'
import type { Result } from './result/result.ts'
import { RowReading } from './result/row-reading.ts'
import { hasCursor, lend, run, warn, within } from './session-key.ts'
import { checkExecuteOptions, type ExecuteOptions } from './statement.ts'
import { EngineStream } from './stream/engine-stream.ts'
import { RowStream } from './stream/row-stream.ts'
import { checkStreamOptions, type StreamOptions } from './stream/stream-options.ts'
import { type ScopeOrigin, TransactionScope } from './transaction-scope.ts'

/** What `engine.begin` takes beside the work. */
export interface BeginOptions extends TransactionOptions {
  /** Ends the wait for a connection; once aborted, nothing is committed any more. */
  readonly signal?: AbortSignal
  /** Meant to run beside a transaction that is under way around it. */
  readonly independent?: boolean
}

/** What `engine.connect` takes. */
export interface ConnectionOptions extends ExecuteOptions {
  /** Meant to be used beside a transaction that is under way around it. */
  readonly independent?: boolean
}

export interface CloseOptions {
  /** How long borrowed connections may take to come back before they are closed. 5,000. */
  readonly graceMs?: number
}

/**
 * Makes an engine. Nothing is connected until the first statement.
 * `const engine = createEngine(postgresJs(process.env.DATABASE_URL!), { pool: { size: 20 }, echo: true })`
 */
export function createEngine(driver: Driver, options: EngineOptions = {}): Engine {
  checkDriver(driver)
  checkEngineOptions(options)
  return new Engine(driver, options)
}

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')
const beginOptions = ['isolation', 'readOnly', 'deferrable', 'signal', 'independent']

export class Engine implements AsyncDisposable {
  readonly driver: Driver
  readonly #events = new Events()
  readonly #scope: TransactionScope
  readonly #pool: Pool
  readonly #parts: ConnectionParts
  #closing: Promise<void> | null = null

  /** Use createEngine. */
  constructor(driver: Driver, options: EngineOptions) {
    this.driver = driver
    const shapes = new KeptShapes()
    const warnings = new WarningPolicy(options.strict ?? false, this.#events)
    this.#scope = new TransactionScope(warnings)
    this.#pool = new Pool(driver, poolSettings(options.pool ?? {}, driver), this.#events)
    this.#parts = {
      driver,
      pool: this.#pool,
      preparer: new Preparer(driver, warnings),
      rows: new RowReading(driver.dialect, shapes),
      shapes,
      observer: new Observer(this.#events, { echo: options.echo ?? false, target: driver.target }),
      timeoutMs: options.timeoutMs,
    }
  }

  get dialect(): Dialect {
    return this.driver.dialect
  }

  /** Where it leads, without the driver's insides. */
  [inspect](): string {
    return `Engine on ${this.driver.target}`
  }

  /** What the pool is doing: `engine.pool.stats()` → `{ size, idle, inUse, waiting, overflow }`. */
  get pool(): { stats(): PoolStats } {
    return { stats: () => this.#pool.stats() }
  }

  /**
   * Sends one statement on a connection of its own, outside any transaction, once, now.
   * `const rows = await engine.execute(select(o.id, o.amount)).all()`
   */
  execute<R>(statement: Executable<R>, options?: ExecuteOptions): Execution<R> {
    return Execution.of(this.#execute(statement, { options, call: callPlace(this.execute) }))
  }

  /**
   * Reads a SELECT some rows at a time, on a connection of its own that is given back when the loop ends. For exports.
   * `for await (const row of engine.stream(select(o.id, o.amount))) write(row)`
   */
  stream<R>(statement: Executable<R>, options: StreamOptions = {}): RowStream<R> {
    checkStreamOptions(options, 'engine.stream')
    const connect = async () => {
      const { wire } = this.#parts.preparer.prepare(statement)
      const deadline = Deadline.of({ ...(options.signal && { signal: options.signal }) })
      const isMeant = statement.allowed.includes('outside-transaction')
      try {
        const connection = await this.#borrow(labelOf(wire.text), { deadline, isMeant, isWatched: true })
        return { connection, hasCursor: connection[hasCursor] }
      } finally {
        deadline.dispose()
      }
    }
    return RowStream.of(new EngineStream({ statement, options, connect }), options)
  }

  /**
   * Runs the work inside a transaction: commits and gives back what the work returns, or rolls back and rethrows.
   * `await engine.begin((connection) => connection.execute(statement).all())`
   */
  begin<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  begin<T>(options: BeginOptions, work: (connection: Connection) => Promise<T>): Promise<T>
  async begin<T>(first: BeginOptions | Work<T>, second?: Work<T>): Promise<T> {
    const call = callPlace(this.begin)
    const { options, work } = beginArguments(first, second)
    const deadline = Deadline.of(options)
    try {
      const isMeant = options.independent === true
      const connection = await this.#borrow('engine.begin', { deadline, isMeant, call })
      try {
        return await this.#transact(connection, work, { options, deadline })
      } finally {
        await connection.close()
      }
    } finally {
      deadline.dispose()
    }
  }

  /** Borrows a connection, to be given back with `close()` or by `await using`. */
  async connect(options?: ConnectionOptions): Promise<Connection> {
    checkExecuteOptions(options, 'engine.connect', 'independent')
    const deadline = Deadline.of(options)
    try {
      return await this.#borrow('engine.connect', { deadline, isMeant: options?.independent === true, isWatched: true })
    } finally {
      deadline.dispose()
    }
  }

  /** For a mapper's session: borrows a connection that is no leak out of the session's own transaction, and whose errors speak of its model. */
  [lend](opening: SessionOpening): Connection | Promise<Connection> {
    return this.#borrow('a session', opening)
  }

  /** For a mapper's session: runs the callback of its transaction, so that what leaves it is noticed. */
  async [within]<T>(label: string, origin: ScopeOrigin, work: () => Promise<T>): Promise<T> {
    return await this.#scope.run(label, work, origin)
  }

  /** For a mapper's session: tells a warning that no statement is the cause of. */
  [warn](code: WarningEvent['code'], message: string): void {
    this.#events.warn({ code, message, text: null })
  }

  /**
   * Calls the listener for each event of this name until the returned function is called.
   * `engine.on('afterExecute', (e) => console.log(e.text, e.rowCount, e.durationMs))`
   */
  on<K extends keyof EngineEvents>(name: K, listener: (event: EngineEvents[K]) => void): () => void {
    return this.#events.on(name, listener)
  }

  /** Waits for borrowed connections, closes all, and frees what the driver holds. Every later call is refused with ClosedError. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options.graceMs ?? 5_000)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #execute<R>(
    statement: Executable<R>,
    { options, call }: { options: ExecuteOptions | undefined; call: Place | null },
  ): Promise<Result<R>> {
    let deadline = Deadline.none
    try {
      checkExecuteOptions(options, 'engine.execute')
      const prepared = this.#parts.preparer.prepare(statement)
      deadline = Deadline.of(options, this.#parts.timeoutMs)
      const isMeant = statement.allowed.includes('outside-transaction')
      const connection = await this.#borrow(labelOf(prepared.wire.text), { deadline, isMeant })
      try {
        return await connection[run](prepared, deadline)
      } finally {
        await connection.close()
      }
    } catch (error) {
      throw atCaller(error, call)
    } finally {
      deadline.dispose()
    }
  }

  /** Without a promise where a connection lies ready. */
  #borrow(label: string, borrowing: Borrowing): Connection | Promise<Connection> {
    const { deadline = Deadline.none, isMeant, owner, call } = borrowing
    try {
      this.#scope.leak(label, { isOnlyConnection: this.#pool.capacity === 1, isMeant, owner })
      const lease = deadline.hasPassed ? null : this.#pool.lendReady(label)
      return lease ? this.#lent(lease, borrowing) : this.#whenLent(label, deadline, borrowing)
    } catch (error) {
      throw atCaller(error, call)
    }
  }

  async #whenLent(label: string, deadline: Deadline, borrowing: Borrowing): Promise<Connection> {
    try {
      return this.#lent(await this.#pool.acquire(label, deadline), borrowing)
    } catch (error) {
      throw atCaller(error, borrowing.call)
    }
  }

  #lent(lease: Lease, { modelOf, isWatched = false }: Borrowing): Connection {
    const connection = new Connection(this.#parts, lease, modelOf)
    if (isWatched) this.#pool.watch(connection, lease)
    return connection
  }

  async #transact<T>(
    connection: Connection,
    work: Work<T>,
    how: { options: BeginOptions; deadline: Deadline },
  ): Promise<T> {
    // The rest of the options is the engine's own: the dialect knows none of it.
    const { signal: _signal, independent: _independent, ...transaction } = how.options
    await connection.begin(transaction)
    let value: T
    try {
      value = await this.#scope.run('engine.begin', () => work(connection))
      if (how.deadline.hasPassed) throw how.deadline.error('The transaction was not committed')
    } catch (error) {
      // A rollback that fails must not hide why there is one; close() sees to the connection.
      if (connection.inTransaction) await connection.rollback().catch(() => {})
      throw error
    }
    await connection.commit()
    return value
  }

  async #close(graceMs: number): Promise<void> {
    await this.#pool.close(graceMs)
    this.#parts.shapes.clear()
    await this.driver.close?.()
  }
}

/** What a mapper's session says of itself. */
export interface SessionOpening {
  readonly owner: object
  /** Meant to run beside a transaction that is under way around it. */
  readonly isMeant: boolean
  /** What a refused row is in the model. */
  readonly modelOf: ModelOf
  /** Taken back should the session be forgotten: where it does not end with the call that borrows. */
  readonly isWatched: boolean
}

interface Borrowing {
  readonly deadline?: Deadline
  readonly owner?: object
  readonly modelOf?: ModelOf
  /** Meant to leave the transaction around it. */
  readonly isMeant: boolean
  /** Where the call began, for an error that nobody awaits. */
  readonly call?: Place | null
  /** Taken back should the borrower be forgotten. */
  readonly isWatched?: boolean
}

type Work<T> = (connection: Connection) => Promise<T>

function beginArguments<T>(
  first: BeginOptions | Work<T>,
  second: Work<T> | undefined,
): { options: BeginOptions; work: Work<T> } {
  if (typeof first === 'function') return { options: {}, work: first }
  if (typeof second !== 'function') throw new ArgumentError('engine.begin takes the work as a function.')
  refuseUnknownOptions(first, beginOptions, 'engine.begin')
  return { options: first, work: second }
}

/** The start of a statement, for messages about who holds a connection. */
function labelOf(text: string): string {
  const line = text.slice(0, 60).replace(/\s+/g, ' ')
  return text.length > 60 ? `${line}…` : line
}
