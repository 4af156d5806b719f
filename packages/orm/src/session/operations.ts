// The operations of one session, one after the other. Reads queue; what changes the transaction must not overlap with anything.
import { callPlace } from '@oriel/engine/internal'
import { type Place, rememberCall, rememberOther } from '@oriel/sql'
import { ConcurrentSessionError } from '../error.ts'

export interface Operation {
  readonly name: string
  /** Where the operation was called. Null while it has not waited for anything, as no other can be called meanwhile; and in production. */
  place: Place | null
  /** What whoever overlaps with it has to know of how far it is. */
  readonly standing?: () => string
}

export class Operations {
  #running: Operation | null = null
  readonly #waiting: { readonly operation: Operation; readonly start: () => void }[] = []
  readonly #open = new Set<Operation>()

  /** What consists of several operations is under way until the function that this gives is called: others run between them. */
  open(name: string): () => void {
    const operation: Operation = { name, place: callPlace(this.open) }
    this.#open.add(operation)
    return () => this.#open.delete(operation)
  }

  /** Runs at once, or not at all, and says where it was called: for what goes on after it has begun. */
  async begin(name: string, work: (operation: Operation) => Promise<void>): Promise<void> {
    const operation: Operation = { name, place: callPlace(this.begin) }
    this.#refuseOpen(operation)
    await this.#alone(operation, async () => await work(operation))
  }

  /**
   * Runs when it is its turn: first come, first served. Work that has its answer at hand gives it without a promise:
   * then no stack is taken.
   */
  async run<T>(name: string, work: () => T | Promise<T>, called: Place | null = null): Promise<T> {
    const operation: Operation = { name, place: called }
    if (this.#running) {
      operation.place ??= callPlace(this.run)
      await new Promise<void>((resolve) => this.#waiting.push({ operation, start: resolve }))
    }
    this.#running = operation
    try {
      const outcome = work()
      if (!(outcome instanceof Promise)) return outcome
      // Still in the caller's turn, as long as the work has only begun.
      operation.place ??= callPlace(this.run)
      return await outcome
    } catch (error) {
      if (operation.place) rememberCall(error, operation.place)
      throw error
    } finally {
      this.#next()
    }
  }

  /** Runs at once, or not at all. Rejects with ConcurrentSessionError while anything is under way. */
  async alone<T>(name: string, work: () => Promise<T>, standing: () => string = () => ''): Promise<T> {
    const operation: Operation = { name, place: callPlace(this.alone), standing }
    this.#refuseOpen(operation)
    return await this.#alone(operation, work)
  }

  /** The same, but between the operations of what is open. */
  async between<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#alone({ name, place: callPlace(this.between) }, work)
  }

  #refuseOpen(operation: Operation): void {
    const [open] = this.#open
    if (open) throw overlap(operation, open)
  }

  async #alone<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const other = this.#running
    if (other) throw overlap(operation, other)
    this.#running = operation
    try {
      return await work()
    } catch (error) {
      if (operation.place) rememberCall(error, operation.place)
      throw error
    } finally {
      this.#next()
    }
  }

  #next(): void {
    const next = this.#waiting.shift()
    // Taken over before the waiting one wakes up, so that nobody can slip in between.
    this.#running = next?.operation ?? null
    next?.start()
  }
}

/** The error of two that overlap: its stack leads to both, and its message names no file. */
export function overlap(
  operation: Pick<Operation, 'name'>,
  other: Pick<Operation, 'name' | 'place' | 'standing'>,
  each = 'session',
): ConcurrentSessionError {
  const error = new ConcurrentSessionError(
    `${operation.name} was called while ${other.name} was under way on the same session.${other.standing?.() ?? ''}`,
    {
      hint: `Await one before the other; an await may be missing. One session belongs to one request or task; for work side by side open a ${each} for each.`,
    },
  )
  rememberOther(error, other.name, other.place)
  return error
}
