// The operations of one session, one after the other. Reads queue; what changes the transaction must not overlap with anything.
import { ConcurrentSessionError } from '../error.ts'

export interface Operation {
  readonly name: string
  /** Made where the operation was called; its text is only read when it is needed. */
  readonly place: { readonly stack?: string }
}

const depth = 6

/** Where this function was called. */
export function placeOf(before: (...args: never[]) => unknown): { readonly stack?: string } {
  const place: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = depth
  Error.captureStackTrace(place, before)
  Error.stackTraceLimit = limit
  return place
}

/** The lines of a stack that lead to the user's code. */
function linesOf({ place }: Operation): string {
  const lines = (place.stack ?? '').split('\n').slice(1)
  const own = lines.filter(
    (line) => !line.includes('node:internal') && !/[\\/]orm[\\/](src|dist)[\\/]session[\\/]/.test(line),
  )
  return (own.length > 0 ? own : lines).slice(0, 3).join('\n')
}

export class Operations {
  #running: Operation | null = null
  readonly #waiting: { readonly operation: Operation; readonly start: () => void }[] = []

  /** Runs at once, or not at all, and says where it was called: for what goes on after it has begun. */
  async begin(name: string, work: (operation: Operation) => Promise<void>): Promise<void> {
    const operation = { name, place: placeOf(this.begin) }
    await this.#alone(operation, async () => await work(operation))
  }

  /** Runs when it is its turn: first come, first served. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const operation = { name, place: placeOf(this.run) }
    if (this.#running) await new Promise<void>((resolve) => this.#waiting.push({ operation, start: resolve }))
    this.#running = operation
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  /** Runs at once, or not at all. Rejects with ConcurrentSessionError while another operation runs or waits. */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#alone({ name, place: placeOf(this.alone) }, work)
  }

  async #alone<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const other = this.#running
    if (other) throw overlap(operation, other)
    this.#running = operation
    try {
      return await work()
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

export function overlap(operation: Operation, other: Operation): ConcurrentSessionError {
  return new ConcurrentSessionError(
    `${operation.name} was called while ${other.name} was under way on the same session.\n  ${operation.name}:\n${linesOf(operation)}\n  ${other.name}:\n${linesOf(other)}`,
    {
      hint: 'Await one before the other. One session belongs to one request or task; for work side by side open a session for each.',
    },
  )
}
