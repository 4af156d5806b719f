// A stream without a session: a connection of its own for as long as it is read. Where the driver has no cursor of its own, a transaction carries one.
import type { Executable } from '@oriel/sql'
import { atCaller } from '../caller-stack.ts'
import type { Connection } from '../connection/connection.ts'
import type { Result } from '../result/result.ts'
import { openCursor } from '../session-key.ts'
import type { Cursor } from './cursor.ts'
import type { BatchSource } from './row-stream.ts'
import type { StreamOptions } from './stream-options.ts'

export interface EngineStreamParts<R> {
  readonly statement: Executable<R>
  readonly options: StreamOptions
  /** Does the driver have a cursor that needs no transaction? */
  readonly connect: () => Promise<{ readonly connection: Connection; readonly hasCursor: boolean }>
}

export class EngineStream<R> implements BatchSource<R> {
  readonly #parts: EngineStreamParts<R>
  #opening: Promise<void> | null = null
  #connection: Connection | null = null
  #cursor: Cursor<R> | null = null
  #closing: Promise<void> | null = null
  #hasFailed = false

  constructor(parts: EngineStreamParts<R>) {
    this.#parts = parts
  }

  async next(size: number): Promise<Result<R> | null> {
    try {
      this.#opening ??= this.#open()
      await this.#opening
      const cursor = this.#cursor
      const answer = await cursor?.take(size)
      if (!cursor || !answer) return null
      await cursor.askAhead(size)
      return cursor.read(answer)
    } catch (error) {
      this.#hasFailed = true
      throw atCaller(error)
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #open(): Promise<void> {
    const { statement, options, connect } = this.#parts
    const { connection, hasCursor } = await connect()
    this.#connection = connection
    if (!hasCursor) await connection.begin()
    this.#cursor = connection[openCursor](statement, options)
  }

  /** What the statement did, if it did anything, stays, unless it failed: as for a statement outside a transaction. */
  async #close(): Promise<void> {
    try {
      // An abort may come while the connection is being made.
      await this.#opening
      await this.#cursor?.close()
      if (this.#connection?.inTransaction)
        await (this.#hasFailed ? this.#connection.rollback() : this.#connection.commit())
    } catch {
      // Whatever is open still ends with the connection, which is not used again if it is lost.
    } finally {
      await this.#connection?.close().catch(() => {})
    }
  }
}
