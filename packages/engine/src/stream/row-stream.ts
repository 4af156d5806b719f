// Rows that arrive while they are used: `for await` over rows or over batches of them. What a stream must free, it frees when the loop ends.
// The batches are made elsewhere: by engine.stream in engine-stream.ts, by a mapper's session.
import { InvalidRequestError } from '@oriel/sql'
import { CanceledError, StreamClosedError } from '../error.ts'
import type { Result, ScalarOf } from '../result/result.ts'
import { batchSize, type StreamOptions } from './stream-options.ts'

/** Where the batches of a stream come from. */
export interface BatchSource<R> {
  /** The next rows, at most so many; null behind the last. */
  next(size: number): Promise<Result<R> | null>
  /** Frees what the stream holds. May be called again, and before the first batch. Never rejects. */
  close(): Promise<void>
}

/** One run of a stream, which its views share. */
class Run {
  readonly #source: Pick<BatchSource<never>, 'close'>
  readonly #signal: AbortSignal | undefined
  #isTaken = false
  #end: (() => Error) | null = null

  constructor(source: Pick<BatchSource<never>, 'close'>, signal: AbortSignal | undefined) {
    this.#source = source
    this.#signal = signal
  }

  start(): void {
    if (this.#isTaken)
      throw new InvalidRequestError('This stream has been read already: its rows come once.', {
        hint: 'Call stream() again for another run.',
      })
    this.#isTaken = true
    this.check()
    this.#signal?.addEventListener('abort', this.#abort, { once: true })
  }

  /** Throws where the stream was ended from outside. */
  check(): void {
    if (this.#signal?.aborted)
      throw new CanceledError('The stream was canceled: its signal was aborted.', { cause: this.#signal.reason })
    if (this.#end) throw this.#end()
  }

  end(error: () => Error): void {
    this.#end ??= error
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#abort)
    await this.#source.close()
  }

  /** The cursor is freed at once, not when the loop comes round again. */
  readonly #abort = (): void => {
    void this.#source.close()
  }
}

/**
 * The rows of a statement, some at a time. Read once, by `for await`; the statement is sent at the first pull.
 * `for await (const batch of session.stream(select(Reading)).scalars().partitions()) use(batch)`
 */
export class RowStream<R> implements AsyncIterable<R>, AsyncDisposable {
  readonly #run: Run
  readonly #size: number
  readonly #next: (size: number) => Promise<Result<R> | null>

  private constructor(run: Run, size: number, next: (size: number) => Promise<Result<R> | null>) {
    this.#run = run
    this.#size = size
    this.#next = next
  }

  /** The stream of a source: for a mapper's session. */
  static of<R>(source: BatchSource<R>, options: StreamOptions): RowStream<R> {
    const size = batchSize(options.yieldPer, 'yieldPer')
    return new RowStream(new Run(source, options.signal), size, async (count) => await source.next(count))
  }

  /** The value of each row. A row of more than one ends the loop with ArgumentError. */
  scalars(): RowStream<ScalarOf<R>> {
    return new RowStream(this.#run, this.#size, async (count) => (await this.#next(count))?.scalars() ?? null)
  }

  /** Batches instead of rows: of `yieldPer` rows, or of so many. Throws ArgumentError for a size that is none. */
  partitions(size?: number): AsyncIterable<R[]> {
    const count = size === undefined ? this.#size : batchSize(size, 'The size of a partition')
    return { [Symbol.asyncIterator]: () => this.#batches(count) }
  }

  [Symbol.asyncIterator](): AsyncIterator<R> {
    return this.#rows()
  }

  /** Frees the cursor, for those who do not read to the end by `for await`. May be called again. */
  async close(): Promise<void> {
    this.end(() => new StreamClosedError('The stream was closed: its close() was called.'))
    await this.#run.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Ends the stream from outside: for a mapper's session. The next pull throws what `error` makes. */
  end(error: () => Error): void {
    this.#run.end(error)
  }

  async *#batches(size: number): AsyncGenerator<R[]> {
    this.#run.start()
    try {
      for (;;) {
        const batch = await this.#next(size)
        this.#run.check()
        if (!batch) return
        yield batch.all()
        this.#run.check()
      }
    } finally {
      await this.#run.close()
    }
  }

  async *#rows(): AsyncGenerator<R> {
    for await (const batch of this.#batches(this.#size))
      for (const row of batch) {
        yield row
        this.#run.check()
      }
  }
}
