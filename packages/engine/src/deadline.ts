// A caller's signal and time limit, as one thing to ask and to wait for. Pool and connection both stop at it.
import { ArgumentError } from '@oriel/sql'
import { CanceledError } from './error.ts'
import type { ExecuteOptions } from './statement.ts'

/** When the caller no longer wants the answer. */
export class Deadline {
  /** No signal and no limit: never passes, costs nothing. */
  static readonly none = new Deadline({})

  readonly isSet: boolean
  readonly #signal: AbortSignal | undefined
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #timedOut: DOMException | undefined

  private constructor(options: ExecuteOptions) {
    this.#signal = options.signal
    this.isSet = options.signal !== undefined || options.timeoutMs !== undefined
    options.signal?.addEventListener('abort', this.#pass, { once: true })
    const limit = options.timeoutMs
    if (limit !== undefined)
      this.#timer = setTimeout(() => {
        this.#timedOut = new DOMException(`timeoutMs: ${limit} passed`, 'TimeoutError')
        this.#pass()
      }, limit)
  }

  /** The deadline of these options; `defaultMs` where they give no time limit. To be disposed. */
  static of(options: ExecuteOptions | undefined, defaultMs?: number): Deadline {
    const timeoutMs = options?.timeoutMs ?? defaultMs
    const signal = options?.signal
    if (timeoutMs === undefined && signal === undefined) return Deadline.none
    if (timeoutMs !== undefined && !(timeoutMs >= 0 && timeoutMs <= 2_147_483_647))
      throw new ArgumentError(`timeoutMs is a number of milliseconds from 0 to 2147483647, not ${String(timeoutMs)}.`)
    return new Deadline({ ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) })
  }

  get hasPassed(): boolean {
    return this.#timedOut !== undefined || this.#signal?.aborted === true
  }

  /** What to throw: made by the caller, so that the stack is theirs. */
  error(what: string): CanceledError {
    if (this.#timedOut) return new CanceledError(`${what}: ${this.#timedOut.message}.`, { cause: this.#timedOut })
    return new CanceledError(`${what}: its signal was aborted.`, { cause: this.#signal?.reason })
  }

  /** Calls the listener once, when the deadline passes. Returns how to take it back. */
  onPass(listener: () => void): () => void {
    if (this.hasPassed) listener()
    else if (this.isSet) this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  dispose(): void {
    if (!this.isSet) return
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#pass)
    this.#listeners.clear()
  }

  readonly #pass = (): void => {
    clearTimeout(this.#timer)
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
