// A driver's connection as the pool keeps it: its age, whether it is still there, and the one place where a statement is sent.
// Knows no transactions: that is the Connection's part.
import type { Deadline } from '../deadline.ts'
import type { DriverConnection, WireResult } from '../driver.ts'
import { ConnectionLostError } from '../error.ts'
import { within } from '../within.ts'

/** How long the answer to a cancel request is waited for before the connection is given up. */
const cancelGraceMs = 5_000

export class PooledConnection {
  readonly wire: DriverConnection
  readonly openedAt = performance.now()
  /** Dropped when it comes back, though it may look healthy. */
  isSuspect = false
  #isLost = false
  #lostCause: unknown

  constructor(wire: DriverConnection) {
    this.wire = wire
    wire.onLost((cause) => this.lose(cause))
  }

  get isLost(): boolean {
    return this.#isLost || this.wire.isClosed
  }

  get lostCause(): unknown {
    return this.#lostCause
  }

  /** Told by the pool what to do when the connection goes while it is idle. */
  onLost: (() => void) | null = null

  lose(cause: unknown): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#lostCause = cause
    this.onLost?.()
  }

  /** The answer to what is asked here. Throws or rejects with DriverError, ConnectionLostError, or the deadline's CanceledError. */
  send(ask: () => Promise<WireResult>, deadline: Deadline, canCancel: boolean): Promise<WireResult> {
    if (deadline.hasPassed) throw deadline.error('The statement was not sent')
    const running = ask()
    return deadline.isSet && canCancel ? this.#sentUntil(deadline, running) : running
  }

  async #sentUntil(deadline: Deadline, running: Promise<WireResult>): Promise<WireResult> {
    if (await this.#settlesBefore(deadline, running)) return await running
    // The next statement must not meet this cancel: it is waited for, and so is what became of the statement.
    const isDelivered = await within(this.wire.cancel?.() ?? Promise.resolve(), cancelGraceMs)
    if (!isDelivered || !(await within(running, cancelGraceMs))) {
      this.lose(deadline.error('Given up: the server did not answer a cancel request'))
      this.wire.close().catch(() => {})
      throw deadline.error('The statement was given up, its outcome is unknown, and its connection is closed')
    }
    // Perhaps the statement had ended before the request came: then the request may still be on its way.
    this.isSuspect = true
    return await running
  }

  /** The error for a statement that finds the connection gone. */
  lostError(target: string): ConnectionLostError {
    return new ConnectionLostError(`The connection to ${target} was lost before the statement was sent.`, {
      phase: 'not sent',
      cause: this.#lostCause,
    })
  }

  #settlesBefore(deadline: Deadline, running: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const forget = deadline.onPass(() => resolve(false))
      const settled = () => {
        forget()
        resolve(true)
      }
      running.then(settled, settled)
    })
  }
}
