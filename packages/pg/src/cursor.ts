// A portal of the protocol, read by pg-cursor: no transaction is needed for it, and nothing else runs until it is closed.
import type { WireColumn, WireCursor, WireResult, WireRow, WireStatement } from '@oriel/engine'
import type pg from 'pg'
import Cursor from 'pg-cursor'
import { asText } from './client.ts'

export interface CursorHost {
  readonly client: pg.Client
  /** Takes the connection for the cursor; resolves with what gives it back. */
  readonly begin: () => Promise<() => void>
  /** Waits for pg, or for the connection to be lost. */
  readonly answer: <T>(ask: () => Promise<T>) => Promise<T>
}

interface Batch {
  readonly rows: WireRow[]
  readonly columns: readonly WireColumn[]
}

export class PgCursor implements WireCursor {
  readonly #statement: WireStatement
  readonly #host: CursorHost
  #cursor: Cursor<WireRow> | null = null
  #giveBack: (() => void) | null = null

  constructor(statement: WireStatement, host: CursorHost) {
    this.#statement = statement
    this.#host = host
  }

  async read(count: number): Promise<WireResult> {
    const { answer } = this.#host
    const cursor = this.#cursor ?? (await this.#open())
    try {
      const { rows, columns } = await answer(async () => await next(cursor, count))
      return { rows, columns, rowCount: rows.length }
    } catch (error) {
      // pg-cursor has ended it; asked to close, it would wait for an answer that has been given.
      this.#release()
      throw error
    }
  }

  async close(): Promise<void> {
    const cursor = this.#cursor
    this.#cursor = null
    if (!cursor || !this.#giveBack) return
    try {
      await this.#host.answer(async () => await cursor.close())
    } catch {
      // The connection is lost, and the cursor with it.
    } finally {
      this.#release()
    }
  }

  async #open(): Promise<Cursor<WireRow>> {
    this.#giveBack = await this.#host.begin()
    const { text, params } = this.#statement
    this.#cursor = this.#host.client.query(new Cursor<WireRow>(text, [...params], { rowMode: 'array', types: asText }))
    return this.#cursor
  }

  #release(): void {
    this.#giveBack?.()
    this.#giveBack = null
  }
}

function next(cursor: Cursor<WireRow>, count: number): Promise<Batch> {
  return new Promise((resolve, reject) => {
    cursor.read(count, (error, rows, result) => {
      if (error) return reject(error)
      // Behind the end pg-cursor tells no columns.
      const columns = (result?.fields ?? []).map(({ name, dataTypeID }) => ({ name, oid: dataTypeID }))
      resolve({ rows, columns })
    })
  })
}
