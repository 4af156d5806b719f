// The transaction of a session: its connection, its savepoints, and what objects were like before each.
import type { Connection, Engine } from '@oriel/engine'
import { InvalidRequestError, type TransactionOptions } from '@oriel/sql'
import { Journal } from '../unit-of-work/journal.ts'

interface Level {
  /** Null for the transaction itself. */
  readonly savepoint: string | null
  readonly journal: Journal
}

export class SessionTransaction {
  readonly #engine: Engine
  readonly #options: TransactionOptions
  #connection: Connection | null = null
  #levels: Level[] = []

  constructor(engine: Engine, options: TransactionOptions) {
    this.#engine = engine
    this.#options = options
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
    const connection = await this.#engine.connect({ independent: true })
    try {
      await connection.begin(this.#options)
    } catch (error) {
      await connection.close()
      throw error
    }
    this.#connection = connection
    this.#levels.push({ savepoint: null, journal: new Journal() })
    return connection
  }

  /** A connection for one read outside of any transaction. */
  async borrow(): Promise<Connection> {
    return await this.#engine.connect({ independent: true })
  }

  async commit(): Promise<void> {
    const { connection } = this.#opened()
    try {
      await connection.commit()
    } finally {
      await this.#end()
    }
  }

  /** Undoes everything. Gives back the journals, innermost first. */
  async rollback(): Promise<Journal[]> {
    const { connection } = this.#opened()
    const journals = this.#levels.map(({ journal }) => journal).reverse()
    try {
      if (connection.inTransaction) await connection.rollback()
    } finally {
      await this.#end()
    }
    return journals
  }

  async savepoint(): Promise<void> {
    const connection = await this.connection()
    const name = `oriel_${this.#levels.length}`
    await connection.savepoint(name)
    this.#levels.push({ savepoint: name, journal: new Journal() })
  }

  /** Keeps what was done since the savepoint. */
  async release(): Promise<void> {
    const { connection, level } = this.#opened()
    if (level.savepoint === null) throw new InvalidRequestError('No savepoint is open.')
    await connection.releaseSavepoint(level.savepoint)
    this.#levels.pop()
    level.journal.mergeInto(this.journal)
  }

  /** Undoes what was done since the savepoint. */
  async rollbackToSavepoint(): Promise<Journal> {
    const { connection, level } = this.#opened()
    if (level.savepoint === null) throw new InvalidRequestError('No savepoint is open.')
    this.#levels.pop()
    await connection.rollbackTo(level.savepoint)
    await connection.releaseSavepoint(level.savepoint)
    return level.journal
  }

  #opened(): { connection: Connection; level: Level } {
    const level = this.#levels.at(-1)
    if (!this.#connection || !level) throw new InvalidRequestError('No transaction is open.')
    return { connection: this.#connection, level }
  }

  async #end(): Promise<void> {
    const connection = this.#connection
    this.#connection = null
    this.#levels = []
    await connection?.close()
  }
}
