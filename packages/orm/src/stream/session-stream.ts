// A stream of a session: a cursor in its transaction, whose batches become objects and are loaded like the rows of any statement.
// Each batch is one operation of the session, so other operations run between two of them; the batch asked for early is none.

import { type Connection, type Result, RowStream, StreamClosedError, type WireResult } from '@oriel/engine'
import { type BatchSource, type Cursor, executeWith, openCursor } from '@oriel/engine/internal'
import { ArgumentError, isQuery, placeHere, type Query } from '@oriel/sql'
import type { Send } from '../loading/levels.ts'
import type { Shaped } from '../loading/loading.ts'
import type { Operations } from '../session/operations.ts'
import type { SessionWork } from '../session/session-work.ts'
import { BatchObjects } from './batch-objects.ts'
import { checkSessionStreamOptions, type SessionStreamOptions } from './stream-options.ts'

/** A stream whose cursor dies with the transaction or savepoint that it was opened in. */
export interface OpenStream {
  /** Ends it: its cursor is gone. */
  endedBy(what: string): void
}

interface SessionStreamParts<R> {
  readonly work: SessionWork
  readonly operations: Operations
  readonly statement: Query<R>
  readonly shaped: Shaped | null
  readonly options: SessionStreamOptions
}

/** Where the rows come from, once the first batch was asked for, and how they become the user's. */
interface Opened<R> {
  readonly cursor: Pick<Cursor<never>, 'take' | 'askAhead' | 'close'>
  readonly read: (answer: WireResult) => Promise<Result<R>>
}

class SessionStream<R> implements BatchSource<R>, OpenStream {
  readonly #parts: SessionStreamParts<R>
  readonly #objects: BatchObjects
  /** Its batches are asked for far from the user's lines. */
  readonly #called = placeHere()
  #opened: Opened<R> | null = null
  #isClosed = false
  #closing: Promise<void> | null = null
  /** Told to the one who reads it. */
  onEnded: (error: () => Error) => void = () => {}

  constructor(parts: SessionStreamParts<R>) {
    this.#parts = parts
    this.#objects = new BatchObjects(parts.work.state)
  }

  async next(size: number): Promise<Result<R> | null> {
    const { operations } = this.#parts
    return await operations.run('the next batch of a stream', async () => await this.#next(size), this.#called)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#isClosed = true
    const opened = this.#opened
    this.#opened = null
    // The objects of the last batch are ordinary ones from here on.
    this.#objects.keep()
    this.#parts.work.transaction.streamClosed(this)
    // Whatever cannot be freed goes with its transaction, and the transaction's own end says so.
    await opened?.cursor.close().catch(() => {})
  }

  endedBy(what: string): void {
    this.#opened = null
    this.#objects.keep()
    this.onEnded(
      () =>
        new StreamClosedError(`The stream was closed: ${what} ended the transaction that it read in.`, {
          hint: 'End the loop before, write in a session of its own, or read with engine.stream(), which needs no transaction of yours.',
        }),
    )
  }

  async #next(size: number): Promise<Result<R> | null> {
    const { work, options, shaped } = this.#parts
    const { identity = 'batch' } = options
    work.refuseUnusable('stream()')
    this.#release(identity)
    this.#opened ??= await this.#open()
    if (!this.#opened) return null
    const { cursor, read } = this.#opened
    const answer = await cursor.take(size)
    if (!answer) return null
    if (!shaped) await cursor.askAhead(size)
    const result = await this.#objects.during(async () => await read(answer))
    if (shaped) await cursor.askAhead(size)
    if (identity === 'detached') this.#release('batch')
    return result
  }

  async #open(): Promise<Opened<R> | null> {
    const { work, statement, shaped } = this.#parts
    if (this.#isClosed) return null
    const connection = await work.connectionFor(statement, shaped)
    // Closed while the transaction began: nothing is left to read.
    if (this.#isClosed) return null
    work.transaction.streamOpened(this)
    return shaped ? this.#loading(connection, shaped) : this.#plain(connection)
  }

  #plain(connection: Connection): Opened<R> {
    const { work, statement, options } = this.#parts
    const cursor = connection[openCursor](statement, sendOptions(options))
    return { cursor, read: async (answer) => cursor.read(answer, work.reader) }
  }

  #loading(connection: Connection, shaped: Shaped): Opened<R> {
    const { work, options } = this.#parts
    const send = sendOptions(options)
    const cursor = connection[openCursor](shaped.statement, send)
    const load: Send = async (statement, reader) => await connection[executeWith](statement, reader, send)
    const read = async (answer: WireResult) =>
      await work.loading.after<R>(shaped, cursor.read(answer, work.reader), load)
    return { cursor, read }
  }

  #release(identity: 'batch' | 'keep' | 'detached'): void {
    const { work } = this.#parts
    if (identity === 'keep') this.#objects.keep()
    else
      this.#objects.letGo({
        isChanged: (state) => work.transaction.hasTouched(state) || work.unitOfWork.isModified(state),
        detach: (state) => {
          work.transaction.letGo(state)
          work.state.detach(state)
        },
      })
  }
}

function sendOptions({ signal, timeoutMs }: SessionStreamOptions) {
  return { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) }
}

/** Makes the stream of a statement. Throws ArgumentError for what cannot be streamed; sends nothing. */
export function streamOf<R>(
  { work, operations }: Pick<SessionStreamParts<R>, 'work' | 'operations'>,
  statement: Query<R>,
  options: SessionStreamOptions,
): RowStream<R> {
  checkSessionStreamOptions(options)
  work.refuseClosed('stream()')
  const shaped = isQuery(statement) ? work.loading.shape(statement) : null
  if (shaped?.plan.hasJoinedCollection)
    throw new ArgumentError('stream(): a joined collection spreads the rows of one object over several batches.', {
      hint: 'Load it with selectinload(…): one statement per batch.',
    })
  const source = new SessionStream({ work, operations, statement, shaped, options })
  const stream = RowStream.of<R>(source, options)
  source.onEnded = (error) => stream.end(error)
  return stream
}
