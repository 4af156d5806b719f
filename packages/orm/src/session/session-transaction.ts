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
  /** Was anything written since it began? */
  hasWritten: boolean
  /** Objects that were first read in it behind a write of it, or of a level around it. */
  readonly met: Set<InstanceState>
}

/** What a rollback puts back: what objects were like, innermost first, and those whose rows may never have been. */
export interface Undone {
  readonly journals: readonly Journal[]
  readonly met: Iterable<InstanceState>
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
    // Connections keep it, and are kept themselves for a while: it must not hold the session's objects.
    const { registry } = state
    this.#modelOf = (fields) => modelOfError(fields, registry)
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

  /** What the rollback of the whole would put back. */
  get undone(): Undone {
    return {
      journals: this.#levels.map(({ journal }) => journal).reverse(),
      met: this.#levels.flatMap(({ met }) => [...met]),
    }
  }

  /** Takes note that something may be written now: what is read from here on may be undone. */
  wrote(): void {
    const level = this.#levels.at(-1)
    if (level) level.hasWritten = true
    this.#meet()
  }

  #meet(): void {
    this.#state.met = this.#levels.some(({ hasWritten }) => hasWritten) ? (this.#levels.at(-1)?.met ?? null) : null
  }

  /** Has the object been written, or read again, in this transaction? */
  hasTouched(state: InstanceState): boolean {
    return this.#levels.some(({ journal }) => journal.statusBefore(state) !== null)
  }

  /** Forgets that the object was read: it has left the session. */
  letGo(state: InstanceState): void {
    for (const { met } of this.#levels) met.delete(state)
  }

  letGoAll(): void {
    for (const { met } of this.#levels) met.clear()
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
    this.#handOver(level)
    for (const stream of level.streams) this.streamOpened(stream)
  }

  /** What the rollback to the savepoint would put back. */
  get undoneInside(): Undone {
    const { level } = this.#opened()
    return { journals: [level.journal], met: level.hasWritten ? level.met : [] }
  }

  /** Undoes what was done since the savepoint. */
  async rollbackToSavepoint(): Promise<void> {
    const { connection, level } = this.#opened()
    if (level.savepoint === null) throw new InvalidRequestError('No savepoint is open.')
    this.#leave()
    // What was read here behind a write of the level around it may still be undone with that.
    if (!level.hasWritten) this.#handOver(level)
    for (const stream of level.streams) stream.endedBy('the rollback of nested()')
    await connection.rollbackTo(level.savepoint)
    await connection.releaseSavepoint(level.savepoint)
  }

  #handOver({ hasWritten, met }: Level): void {
    const outer = this.#levels.at(-1)
    if (!outer) return
    if (hasWritten) outer.hasWritten = true
    for (const state of met) outer.met.add(state)
    this.#meet()
  }

  #opened(): { connection: Connection; level: Level } {
    const level = this.#levels.at(-1)
    if (!this.#connection || !level) throw new InvalidRequestError('No transaction is open.')
    return { connection: this.#connection, level }
  }

  #open(savepoint: string | null): void {
    const journal = new Journal()
    this.#levels.push({ savepoint, journal, streams: new Set(), hasWritten: false, met: new Set() })
    this.#state.journal = journal
    this.#meet()
  }

  #leave(): void {
    this.#levels.pop()
    this.#state.journal = this.#levels.at(-1)?.journal ?? null
    this.#meet()
  }

  async #end(verb: string): Promise<void> {
    const connection = this.#connection
    for (const { streams } of this.#levels) for (const stream of streams) stream.endedBy(verb)
    this.#connection = null
    this.#levels = []
    this.#state.journal = null
    this.#state.met = null
    await connection?.close()
  }
}
