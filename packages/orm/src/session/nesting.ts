// The savepoints of a session that are open, and whether the code that runs now is inside of the innermost one. Two side by side
// would be released in the wrong order; one inside another is fine.
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Operation, type Operations, overlap } from './operations.ts'

/** An open savepoint; `outer` is the one around it. */
export interface NestingLevel {
  readonly operation: Operation
  readonly outer: NestingLevel | null
}

// One for all sessions: a level is told by its identity.
const current = new AsyncLocalStorage<readonly NestingLevel[]>()

export class Nesting {
  #innermost: NestingLevel | null = null

  /** Opens a level. Rejects with ConcurrentSessionError where another one is open that this is not inside of. */
  async enter(operations: Operations, open: () => Promise<void>): Promise<NestingLevel> {
    let level: NestingLevel | null = null
    await operations.begin('nested()', async (operation) => {
      const innermost = this.#innermost
      if (innermost && !current.getStore()?.includes(innermost)) throw overlap(operation, innermost.operation)
      await open()
      level = { operation, outer: innermost }
      this.#innermost = level
    })
    return level ?? { operation: { name: 'nested()', place: {} }, outer: null }
  }

  /** Throws ConcurrentSessionError where a savepoint is open, and the code that runs now is not inside of it: it would be undone with that. */
  refuseOutside(verb: string): void {
    const innermost = this.#innermost
    if (innermost && !current.getStore()?.includes(innermost)) throw overlap({ name: verb }, innermost.operation)
  }

  async run<T>(level: NestingLevel, work: () => Promise<T>): Promise<T> {
    return await current.run([...(current.getStore() ?? []), level], work)
  }

  leave(level: NestingLevel): void {
    if (this.#innermost === level) this.#innermost = level.outer
  }
}
