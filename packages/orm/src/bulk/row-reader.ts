// Rows one after the other, as they are asked for: none is read ahead. A source that hangs is left where the load is stopped meanwhile.
import { isObject, notRows, type OpenSource, openSource } from './row-source.ts'

/** An answer of a source, by the protocol of iterators. */
export interface Item {
  readonly done?: unknown
  readonly value?: unknown
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && 'then' in value && typeof value.then === 'function'
}

function isItem(answer: unknown): answer is Item {
  return isObject(answer)
}

export class RowReader {
  readonly #of: unknown
  readonly #source: OpenSource
  #isOpen = true
  #stopped: { readonly error: unknown } | null = null
  #wake: ((error: unknown) => void) | null = null

  /** Throws for a source that gives no rows, or has given them already. */
  constructor(source: unknown) {
    this.#of = source
    this.#source = openSource(source)
  }

  /** The next row; a promise only where the source gives one. Throws what the source throws, or what it was stopped with. */
  next(): Item | Promise<Item> {
    this.refuseStopped()
    const answer = this.#source.next()
    return isPromise(answer) ? this.#orStopped(answer) : this.#item(answer)
  }

  /** Nobody wants further rows: who waits for one is told this error. */
  stop(error: unknown): void {
    this.#stopped ??= { error }
    this.#wake?.(this.#stopped.error)
  }

  /** Throws what the reading was stopped with. */
  refuseStopped(): void {
    if (this.#stopped) throw this.#stopped.error
  }

  /** Tells a source that was left early. One that hangs is not waited for, and what it says at its end changes nothing any more. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    const stopped = Promise.resolve()
      .then(() => this.#source.stop())
      .catch(() => {})
    await Promise.race([stopped, new Promise((resolve) => setImmediate(resolve))])
  }

  #orStopped(answer: PromiseLike<unknown>): Promise<Item> {
    return new Promise((resolve, reject) => {
      this.#wake = reject
      answer.then((item) => {
        try {
          resolve(this.#item(item))
        } catch (error) {
          reject(error)
        }
      }, reject)
    })
  }

  #item(answer: unknown): Item {
    if (!isItem(answer)) throw notRows(this.#of)
    if (answer.done) {
      this.#isOpen = false
      this.#source.done()
    }
    return answer
  }
}
