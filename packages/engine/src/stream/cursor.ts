// A cursor over one statement: asks for the next batch early, and makes rows of a batch when its reader wants them.
// Where the batches come from is the wire cursor's part: declared-cursor.ts, or the driver's own.
import { atCaller } from '../caller-stack.ts'
import type { WireCursor, WireResult } from '../driver.ts'
import type { Prepared } from '../prepare/preparer.ts'
import type { EntityReader } from '../result/entity-reader.ts'
import type { Result } from '../result/result.ts'
import type { RowReading } from '../result/row-reading.ts'

export interface CursorParts<R> {
  readonly prepared: Prepared<R>
  readonly wire: WireCursor
  readonly rows: RowReading
}

export class Cursor<R> {
  readonly #parts: CursorParts<R>
  #asked: Promise<WireResult> | null = null
  #isExhausted = false
  #closing: Promise<void> | null = null

  /** Connections open cursors. */
  constructor(parts: CursorParts<R>) {
    this.#parts = parts
  }

  /** The next rows as they came, at most so many; null behind the last. Always the same number for one cursor. */
  async take(count: number): Promise<WireResult | null> {
    try {
      this.#ask(count)
      const answer = await this.#asked
      this.#asked = null
      // Fewer than were asked for: there are no more, and the server need not keep anything.
      if (answer && answer.rows.length < count) this.#finish()
      if (answer && answer.rows.length > 0) return answer
      await this.close()
      return null
    } catch (error) {
      throw atCaller(error)
    }
  }

  /** Sends for the next batch and lets it go out, so that the server works while this one is used. */
  async askAhead(count: number): Promise<void> {
    if (!this.#ask(count)) return
    // Drivers write at the end of a turn of the event loop, and whoever uses the rows may not let it come to one.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  }

  /** Makes rows of a batch. Throws DataError for a value that JavaScript cannot hold. */
  read(answer: WireResult, entityReader?: EntityReader): Result<R> {
    return this.#parts.rows.read(this.#parts.prepared, answer, entityReader)
  }

  /** Frees the cursor, behind the batch that is under way. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #ask(count: number): boolean {
    if (this.#asked || this.#isExhausted || this.#closing) return false
    this.#asked = this.#parts.wire.read(count)
    // Told to whoever takes the batch, which may be later.
    this.#asked.catch(() => {})
    return true
  }

  #finish(): void {
    this.#isExhausted = true
    // Told to whoever asks for more.
    this.close().catch(() => {})
  }

  async #close(): Promise<void> {
    await this.#asked?.catch(() => {})
    await this.#parts.wire.close()
  }
}
