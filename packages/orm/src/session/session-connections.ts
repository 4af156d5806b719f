// Which connection a part of a session's work runs on: its transaction's, or where none is open one that is borrowed for a read.
import type { Connection } from '@oriel/engine'
import { executeWith, giveBack } from '@oriel/engine/internal'
import type { Send } from '../loading/levels.ts'
import { followMoves } from './collection-moves.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionState } from './session-state.ts'
import type { SessionTransaction } from './session-transaction.ts'

export class SessionConnections {
  readonly #state: SessionState
  /** Reads of more than read committed belong together: they begin a transaction, too. */
  readonly alwaysBegins: boolean
  /** The transaction that is open, or that the next statement would open. */
  readonly #transaction: () => SessionTransaction

  constructor(state: SessionState, { autobegin, isolation }: SessionOptions, transaction: () => SessionTransaction) {
    this.#state = state
    this.alwaysBegins = autobegin === 'always' || (isolation !== undefined && isolation !== 'read committed')
    this.#transaction = transaction
  }

  get #isInTransaction(): boolean {
    return this.#transaction().isOpen || this.alwaysBegins
  }

  /** That of the transaction, which is begun where none is open. */
  async opened(): Promise<Connection> {
    const transaction = this.#transaction()
    const isNew = !transaction.isOpen
    const connection = await transaction.connection()
    if (isNew) this.#state.serial++
    return connection
  }

  /** Runs a read on the transaction's connection, or on a borrowed one where no transaction is open. */
  async reading<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#isInTransaction) {
      const connection = await this.opened()
      try {
        return await work(connection)
      } finally {
        followMoves(this.#state)
      }
    }
    const borrowed = this.#transaction().borrow()
    const connection = borrowed instanceof Promise ? await borrowed : borrowed
    this.#state.serial++
    try {
      return await work(connection)
    } finally {
      followMoves(this.#state)
      if (!connection[giveBack]()) await connection.close()
    }
  }

  /** Runs a part that may send something: a connection is borrowed only when it does. */
  async sending<T>(work: (send: Send) => Promise<T>): Promise<T> {
    let borrowed: Connection | null = null
    const open = async (): Promise<Connection> => {
      if (this.#isInTransaction) return await this.opened()
      borrowed = await this.#borrow()
      return borrowed
    }
    // One for all: several statements may be started at once.
    let connection: Promise<Connection> | null = null
    const close = async (connection: Connection | null): Promise<void> => await connection?.close()
    try {
      return await work(async (statement, reader) => {
        connection ??= open()
        return await (await connection)[executeWith](statement, reader)
      })
    } finally {
      followMoves(this.#state)
      await close(borrowed)
    }
  }

  async #borrow(): Promise<Connection> {
    const connection = await this.#transaction().borrow()
    this.#state.serial++
    return connection
  }
}
