// The transaction of a session: its connection, its savepoints, and what objects were like before each.

import type { Connection, Engine } from '@oriel/engine'
import { lend, type ModelOf } from '@oriel/engine/internal'
import { InvalidRequestError } from '@oriel/sql'
import type { InstanceState } from '../state/instance-state.ts'
import type { OpenStream } from '../stream/session-stream.ts'
import { Journal } from '../unit-of-work/journal.ts'
import { inDoubt, transactionIdOf } from './commit-token.ts'
import { modelOfError } from './error-model.ts'
import { pickTransactionOptions, type SessionParts } from './session-options.ts'
import type { SessionState } from './session-state.ts'

interface Level {
  /** Null for the transaction itself. */
  readonly savepoint: string | null
  readonly journal: Journal
  /** Streams whose cursors die with this level. */
  readonly streams: Set<OpenStream>
}

export class SessionTransaction {
  readonly #engine: Engine
  readonly #state: SessionState
  readonly #options: SessionParts['options']
  readonly #modelOf: ModelOf
  #connection: Connection | null = null
  #levels: Level[] = []

  constructor(engine: Engine, state: SessionState, options: SessionParts['options']) {
    this.#engine = engine
    this.#state = state
    this.#options = options
    this.#modelOf = (fields) => modelOfError(fields, state.registry)
  }

  get isOpen(): boolean {
    return this.#levels.length > 0
  }

  get depth(): number {
    return this.#levels.length
  }

  /** What objects were like when the innermost level began. */
  get journal(): Journal {
    const level = this.#levels.at(-1)
    if (!level) throw new InvalidRequestError('No transaction is open.')
    return level.journal
  }

  /** The connection of the open transaction, which is begun where none is. */
  async connection(): Promise<Connection> {
    if (this.#connection) return this.#connection
    const connection = await this.borrow({ isWatched: true })
    try {
      await connection.begin(pickTransactionOptions(this.#options))
    } catch (error) {
      await connection.close()
      throw error
    }
    this.#connection = connection
    this.#open(null)
    return connection
  }

  /** A connection for one read outside of any transaction; without a promise where one lies ready. */
  borrow({ isWatched = false } = {}): Connection | Promise<Connection> {
    const isMeant = this.#options.independent === true
    return this.#engine[lend]({ owner: this.#state, isMeant, modelOf: this.#modelOf, isWatched })
  }

  async commit(): Promise<void> {
    const { connection } = this.#opened()
    let transactionId: string | null = null
    try {
      if (this.#options.commitToken) transactionId = await transactionIdOf(connection)
      await connection.commit()
    } catch (error) {
      throw inDoubt(error, transactionId)
    } finally {
      await this.#end('commit()')
    }
  }

  /** The journals of all levels, innermost first. */
  get journals(): Journal[] {
    return this.#levels.map(({ journal }) => journal).reverse()
  }

  /** Has the object been written, or read again, in this transaction? */
  hasTouched(state: InstanceState): boolean {
    return this.#levels.some(({ journal }) => journal.statusBefore(state) !== null)
  }

  streamOpened(stream: OpenStream): void {
    this.#levels.at(-1)?.streams.add(stream)
  }

  streamClosed(stream: OpenStream): void {
    for (const { streams } of this.#levels) streams.delete(stream)
  }

  /** Undoes everything. `verb` is what the user called. */
  async rollback(verb = 'rollback()'): Promise<void> {
    const { connection } = this.#opened()
    try {
      if (connection.inTransaction) await connection.rollback()
    } finally {
      await this.#end(verb)
    }
  }

  async savepoint(): Promise<void> {
    const connection = await this.connection()
    const name = `oriel_${this.#levels.length}`
    await connection.savepoint(name)
    this.#open(name)
  }

  /** Keeps what was done since the savepoint. */
  async release(): Promise<void> {
    const { connection, level } = this.#opened()
    if (level.savepoint === null) throw new InvalidRequestError('No savepoint is open.')
    await connection.releaseSavepoint(level.savepoint)
    this.#leave()
    level.journal.mergeInto(this.journal)
    for (const stream of level.streams) this.streamOpened(stream)
  }

  /** Undoes what was done since the savepoint. */
  async rollbackToSavepoint(): Promise<void> {
    const { connection, level } = this.#opened()
    if (level.savepoint === null) throw new InvalidRequestError('No savepoint is open.')
    this.#leave()
    for (const stream of level.streams) stream.endedBy('the rollback of nested()')
    await connection.rollbackTo(level.savepoint)
    await connection.releaseSavepoint(level.savepoint)
  }

  #opened(): { connection: Connection; level: Level } {
    const level = this.#levels.at(-1)
    if (!this.#connection || !level) throw new InvalidRequestError('No transaction is open.')
    return { connection: this.#connection, level }
  }

  #open(savepoint: string | null): void {
    const journal = new Journal()
    this.#levels.push({ savepoint, journal, streams: new Set() })
    this.#state.journal = journal
  }

  #leave(): void {
    this.#levels.pop()
    this.#state.journal = this.#levels.at(-1)?.journal ?? null
  }

  async #end(verb: string): Promise<void> {
    const connection = this.#connection
    for (const { streams } of this.#levels) for (const stream of streams) stream.endedBy(verb)
    this.#connection = null
    this.#levels = []
    this.#state.journal = null
    await connection?.close()
  }
}
