// One borrowed connection: statements in order, one transaction at a time, and never another server process behind it.
// Sends through pool/pooled-connection.ts; result/ reads what comes back. The mapper's session stands on this.
import {
  ArgumentError,
  DatabaseError,
  type Executable,
  InvalidRequestError,
  type Place,
  type TransactionOptions,
} from '@oriel/sql'
import { callPlace } from '../call-place.ts'
import { atCaller } from '../caller-stack.ts'
import { Deadline } from '../deadline.ts'
import type { WireResult, WireStatement } from '../driver.ts'
import { ClosedError, CommitUnknownError, ConnectionLostError } from '../error.ts'
import type { Lease } from '../pool/lease.ts'
import type { Prepared } from '../prepare/preparer.ts'
import type { EntityReader } from '../result/entity-reader.ts'
import { Execution } from '../result/execution.ts'
import type { Result } from '../result/result.ts'
import { executeWith, giveBack, hasCursor, openCursor, prepareRows, run } from '../session-key.ts'
import { checkExecuteOptions, type ExecuteOptions } from '../statement.ts'
import { Cursor } from '../stream/cursor.ts'
import { DeclaredCursor } from '../stream/declared-cursor.ts'
import { refuseChange, refuseUndeclarable } from '../stream/stream-options.ts'
import { isEvicting } from './eviction.ts'
import type { ConnectionParts, ModelOf } from './parts.ts'
import { statementFailure } from './statement-failure.ts'
import { TransactionState } from './transaction-state.ts'
import { transactionVerb } from './transaction-verb.ts'
import { Turns } from './turns.ts'

export class Connection implements AsyncDisposable {
  readonly #parts: ConnectionParts
  readonly #lease: Lease
  /** Given by a mapper's session. */
  readonly #modelOf: ModelOf | null
  readonly #turns = new Turns()
  readonly #transaction = new TransactionState()
  #isClosed = false
  #cursors = 0

  /** Engines make connections. */
  constructor(parts: ConnectionParts, lease: Lease, modelOf: ModelOf | null = null) {
    this.#parts = parts
    this.#lease = lease
    this.#modelOf = modelOf
  }

  /** Is a transaction open here? True also for one that an error has aborted. */
  get inTransaction(): boolean {
    return this.#transaction.isOpen
  }

  /** The server's number of this connection's process, where it has one. */
  get backendPid(): number | null {
    return this.#lease.connection.wire.backendPid
  }

  /** Does the driver have a cursor that needs no transaction? */
  get [hasCursor](): boolean {
    return this.#lease.connection.wire.cursor !== undefined
  }

  /**
   * Sends the statement, once, now; statements of one connection run one after the other.
   * `await connection.execute(select(o.id)).all()`
   */
  execute<R>(statement: Executable<R>, options?: ExecuteOptions): Execution<R> {
    return Execution.of(this.#execute(statement, { options, call: callPlace(this.execute) }))
  }

  /** The same, with entities made by `entityReader`: the mapper's identity map. */
  [executeWith]<R>(statement: Executable<R>, entityReader: EntityReader, options?: ExecuteOptions): Promise<Result<R>> {
    return this.#execute(statement, { options, entityReader })
  }

  /** Prepares a statement now, while another may be under way. The function sends it; its rows are as they came. */
  [prepareRows](statement: Executable<unknown>): () => Promise<WireResult> {
    const prepared = this.#parts.preparer.prepare(statement)
    return async () => {
      const deadline = Deadline.of(undefined, this.#parts.timeoutMs)
      try {
        return await this.#inTurn(async () => {
          this.#refuseIfUnusable()
          this.#transaction.refuseIfAborted('The statement was not sent')
          return await this.#send(prepared.wire, deadline, prepared)
        })
      } finally {
        deadline.dispose()
      }
    }
  }

  /** Opens a transaction. Rejects with InvalidRequestError where one is open. */
  async begin(options?: TransactionOptions): Promise<void> {
    await this.#publicly(async () => {
      this.#transaction.refuseIfOpen('begin()')
      await this.#control(this.#parts.driver.dialect.begin(options))
      this.#transaction.began(options?.readOnly === true)
    })
  }

  /**
   * Makes the transaction's work last. Rejects with PendingRollbackError where an error has aborted it (roll back then),
   * with DatabaseError where the server refuses, with CommitUnknownError where the connection is lost before the answer.
   */
  async commit(): Promise<void> {
    await this.#publicly(async () => {
      this.#transaction.refuseUnlessOpen('commit()')
      this.#transaction.refuseIfAborted('commit()')
      try {
        refuseRolledBack(await this.#control('commit'))
      } catch (error) {
        throw this.#inDoubt(error)
      } finally {
        // A refused COMMIT (a deferred constraint) has ended the transaction too; a lost connection has none.
        this.#transaction.ended()
      }
    })
  }

  /** Undoes the transaction's work. After a lost connection there is nothing to undo, and nothing is sent. */
  async rollback(): Promise<void> {
    await this.#publicly(async () => {
      this.#transaction.refuseUnlessOpen('rollback()')
      if (!this.#lease.connection.isLost) await this.#control('rollback')
      this.#transaction.ended()
    })
  }

  /** Marks a place in the transaction to which `rollbackTo` returns. */
  async savepoint(name: string): Promise<void> {
    await this.#publicly(async () => {
      this.#transaction.refuseUnlessOpen('savepoint()')
      this.#transaction.refuseIfAborted('savepoint()')
      await this.#control(`savepoint ${this.#quote(name)}`)
      this.#transaction.madeSavepoint(name)
    })
  }

  /** Forgets a savepoint, and keeps what was done since. */
  async releaseSavepoint(name: string): Promise<void> {
    await this.#publicly(async () => {
      this.#transaction.refuseUnknownSavepoint(name)
      this.#transaction.refuseIfAborted('releaseSavepoint()')
      await this.#control(`release savepoint ${this.#quote(name)}`)
      this.#transaction.releasedSavepoint(name)
    })
  }

  /** Undoes what was done since the savepoint, an error that aborted the transaction too. */
  async rollbackTo(name: string): Promise<void> {
    await this.#publicly(async () => {
      this.#transaction.refuseUnknownSavepoint(name)
      await this.#control(`rollback to savepoint ${this.#quote(name)}`)
      this.#transaction.rolledBackTo(name)
    })
  }

  /** Gives the connection back; an open transaction is rolled back first. May be called again. */
  async close(): Promise<void> {
    if (!this[giveBack]()) await this.#close()
  }

  /** The same at once, where nothing has to be waited for. False where something has: then `close`. */
  [giveBack](): boolean {
    if (this.#isClosed) return true
    if (this.#turns.isTaken || this.#transaction.isOpen) return false
    this.#isClosed = true
    this.#parts.pool.release(this.#lease)
    this.#parts.shapes.keep(this)
    return true
  }

  async #close(): Promise<void> {
    this.#isClosed = true
    const turn = this.#turns.take()
    if (turn) await turn
    try {
      if (this.#transaction.isOpen) await this.#reset()
    } finally {
      this.#turns.pass()
      this.#parts.pool.release(this.#lease)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Runs what has been prepared already, within a deadline that began before this connection was borrowed. */
  async [run]<R>(prepared: Prepared<R>, deadline: Deadline, entityReader?: EntityReader): Promise<Result<R>> {
    // As `#inTurn` does it, without the promise of a function more: every statement comes this way.
    const turn = this.#turns.take()
    if (turn) await turn
    try {
      if (this.#isClosed) throw givenBack()
      const verb = prepared.compiled.verb === 'raw' ? transactionVerb(prepared.wire.text) : null
      this.#refuseIfUnusable()
      if (verb === null) this.#transaction.refuseIfAborted('The statement was not sent')
      const answer = await this.#send(prepared.wire, deadline, prepared)
      if (verb !== null) this.#transaction.follow(verb)
      return this.#parts.rows.read(prepared, answer, entityReader)
    } finally {
      this.#turns.pass()
    }
  }

  /**
   * A cursor over a SELECT: the driver's own outside a transaction, where it has one; otherwise declared in the open transaction.
   * Throws for what cannot be read; nothing is sent before its first batch.
   */
  [openCursor]<R>(statement: Executable<R>, options?: ExecuteOptions): Cursor<R> {
    const prepared = this.#parts.preparer.prepare(statement)
    refuseChange(prepared.compiled.verb, 'stream()')
    const { wire } = this.#lease.connection
    const own = this.inTransaction ? undefined : wire.cursor?.(prepared.wire)
    if (!own && prepared.compiled.verb === 'raw') refuseUndeclarable(prepared.wire.text, 'stream()')
    const send = async (sent: WireStatement, ask: () => Promise<WireResult>): Promise<WireResult> => {
      const deadline = Deadline.of(options, this.#parts.timeoutMs)
      try {
        return await this.#inTurn(async () => {
          this.#refuseIfUnusable()
          this.#transaction.refuseIfAborted('The next rows were not read')
          return await this.#perform({ statement: sent, deadline, prepared }, ask)
        })
      } finally {
        deadline.dispose()
      }
    }
    const declared = new DeclaredCursor({
      name: `oriel_stream_${++this.#cursors}`,
      statement: prepared.wire,
      send: async (sent) => await send(sent, () => wire.execute(sent)),
      free: async (text) => await this.#free(text),
    })
    const cursor = own && {
      read: async (count: number) => await send(prepared.wire, () => own.read(count)),
      close: async () => await own.close(),
    }
    return new Cursor({ prepared, wire: cursor ?? declared, rows: this.#parts.rows })
  }

  /** Frees a declared cursor. One whose transaction has failed or ended is gone, or goes with it. */
  async #free(text: string): Promise<void> {
    if (this.#isClosed) return
    await this.#inTurn(async () => {
      const { isOpen, isAborted } = this.#transaction
      if (isOpen && !isAborted && !this.#lease.connection.isLost) await this.#control(text)
    })
  }

  async #execute<R>(
    statement: Executable<R>,
    how: { options?: ExecuteOptions | undefined; entityReader?: EntityReader; call?: Place | null },
  ): Promise<Result<R>> {
    let deadline = Deadline.none
    try {
      checkExecuteOptions(how.options, 'connection.execute')
      const prepared = this.#parts.preparer.prepare(statement)
      deadline = Deadline.of(how.options, this.#parts.timeoutMs)
      return await this[run](prepared, deadline, how.entityReader)
    } catch (error) {
      throw atCaller(error, how.call)
    } finally {
      deadline.dispose()
    }
  }

  /** Runs the work when it is its turn; what it learns is known before the next turn begins. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.take()
    if (turn) await turn
    try {
      if (this.#isClosed) throw givenBack()
      return await work()
    } finally {
      this.#turns.pass()
    }
  }

  /** The same for a public call that has no statement of the user's. */
  async #publicly(work: () => Promise<void>): Promise<void> {
    const call = callPlace(this.#publicly)
    try {
      await this.#inTurn(work)
    } catch (error) {
      throw atCaller(error, call)
    }
  }

  /** Sends a statement of the transaction itself. */
  async #control(text: string): Promise<WireResult> {
    this.#refuseIfUnusable()
    return await this.#send({ text, params: [], isPreparable: false }, Deadline.none, null)
  }

  #send(statement: WireStatement, deadline: Deadline, prepared: Prepared<unknown> | null): Promise<WireResult> {
    return this.#perform({ statement, deadline, prepared }, () => this.#lease.connection.wire.execute(statement))
  }

  async #perform({ statement, deadline, prepared }: Sending, ask: () => Promise<WireResult>): Promise<WireResult> {
    const { driver, observer } = this.#parts
    const isBound = statement.params.length > 0
    const watch = observer.start(statement.text, () =>
      isBound && prepared ? prepared.compiled.binds.map(({ value }) => value) : [],
    )
    try {
      const answer = await this.#lease.connection.send(ask, deadline, driver.capabilities.cancel)
      watch?.end(answer.rowCount)
      return answer
    } catch (error) {
      const { dialect, target } = driver
      const modelOf = this.#modelOf
      const refused = refusedStatement(statement, prepared)
      const failure = statementFailure(error, { dialect, target, deadline, statement: refused, prepared, modelOf })
      this.#learnFrom(failure, error)
      watch?.fail(failure)
      throw failure
    }
  }

  /** What a failure says about this connection and the others. `raw` is what the driver rejected with. */
  #learnFrom(failure: unknown, raw: unknown): void {
    if (failure instanceof ConnectionLostError) this.#lease.connection.lose(failure.cause)
    // Refused before it was sent: the server knows of nothing, the transaction goes on.
    else if (raw === failure && !(failure instanceof DatabaseError)) return
    if (failure instanceof DatabaseError && isEvicting(failure.sqlState, this.#transaction.isReadOnly)) {
      this.#lease.connection.isSuspect = true
      this.#parts.pool.invalidate()
    }
    if (failure instanceof Error) this.#transaction.failed(failure)
  }

  /** Ends a transaction that was left open. A connection on which even that fails is not used again. */
  async #reset(): Promise<void> {
    const { connection } = this.#lease
    if (connection.isLost) return
    try {
      await this.#send({ text: 'rollback', params: [], isPreparable: false }, Deadline.none, null)
      this.#transaction.ended()
    } catch {
      connection.isSuspect = true
    }
  }

  #refuseIfUnusable(): void {
    if (!this.#lease.connection.isLost) return
    if (this.#parts.pool.isClosed)
      throw new ClosedError('The engine is closed.', {
        hint: 'Close an engine last, when everything that uses it has been awaited.',
      })
    throw this.#lease.connection.lostError(this.#parts.driver.target)
  }

  /** A connection that was lost while COMMIT was under way leaves open what became of it. */
  #inDoubt(error: unknown): unknown {
    if (!(error instanceof ConnectionLostError) || error.phase === 'not sent') return error
    return new CommitUnknownError(
      `The connection to ${this.#parts.driver.target} was lost while COMMIT was under way.`,
      {
        hint: 'Whether it was committed is not known: look for what it wrote before running it again.',
        cause: error.cause,
      },
    )
  }

  #quote(name: string): string {
    if (name === '') throw new ArgumentError('A savepoint needs a name.')
    return this.#parts.driver.dialect.quote(name)
  }
}

interface Sending {
  readonly statement: WireStatement
  readonly deadline: Deadline
  readonly prepared: Prepared<unknown> | null
}

/** What messages show: the statement of the cursor where FETCH is refused. */
function refusedStatement(sent: WireStatement, prepared: Prepared<unknown> | null): WireStatement {
  return prepared && !sent.text.endsWith(prepared.wire.text) ? prepared.wire : sent
}

function givenBack(): ClosedError {
  return new ClosedError('This connection was given back: it can no longer be used.', {
    hint: 'Await every statement before the block that borrowed it ends.',
  })
}

/** A server answers COMMIT of an aborted transaction by ROLLBACK, and calls that a success. */
function refuseRolledBack({ command }: WireResult): void {
  if (command?.toUpperCase() === 'ROLLBACK')
    throw new InvalidRequestError(
      'The server rolled the transaction back instead of committing it: nothing was stored.',
      {
        hint: 'A statement in it had failed.',
      },
    )
}
