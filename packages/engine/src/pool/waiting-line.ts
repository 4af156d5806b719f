// Those who wait for a connection, in the order in which they came. Says only how the wait ended; the waiter makes the error.
import type { Deadline } from '../deadline.ts'
import type { PooledConnection } from './pooled-connection.ts'

/** Permission to open a connection. */
export type Slot = 'slot'
/** How a wait ended. */
export type WaitOutcome = PooledConnection | Slot | 'timed out' | 'canceled' | 'closed'

type Waiter = (outcome: WaitOutcome) => void

export class WaitingLine {
  // A Set keeps the order of insertion and forgets a member in constant time.
  readonly #waiters = new Set<Waiter>()

  get length(): number {
    return this.#waiters.size
  }

  /** Waits for a turn, at most so many milliseconds. */
  join(milliseconds: number, deadline: Deadline): Promise<WaitOutcome> {
    return new Promise((resolve) => {
      let forget = () => {}
      const waiter: Waiter = (outcome) => {
        this.#waiters.delete(waiter)
        clearTimeout(timer)
        forget()
        resolve(outcome)
      }
      const timer = Number.isFinite(milliseconds) ? setTimeout(waiter, milliseconds, 'timed out') : undefined
      this.#waiters.add(waiter)
      forget = deadline.onPass(() => waiter('canceled'))
    })
  }

  /** Gives this to whoever waits longest. */
  serve(outcome: PooledConnection | Slot): void {
    for (const waiter of this.#waiters) {
      waiter(outcome)
      return
    }
  }

  /** Sends everyone away. */
  dismiss(): void {
    for (const waiter of [...this.#waiters]) waiter('closed')
  }
}
