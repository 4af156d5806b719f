// How a request ends, and with it the scope of its session: by a reply, a stream, an error, or a client that goes away.
import { ClosedError } from '@oriel/engine'
import type { SessionScope } from '@oriel/orm'
import type { FastifyBaseLogger } from 'fastify'

/** What the end of a request depends on. */
export interface Outcome {
  readonly log: FastifyBaseLogger
  readonly isSuccess: () => boolean
}

export class RequestEnd {
  readonly scope: SessionScope
  /** Ends the statement that is under way, where nobody waits for it any more. */
  readonly #over: AbortController
  readonly #outcome: Outcome
  #hasFailed = false

  constructor(scope: SessionScope, over: AbortController, outcome: Outcome) {
    this.scope = scope
    this.#over = over
    this.#outcome = outcome
  }

  /** Something threw. The connection is given back before anybody writes the reply. */
  async failed(error: { readonly code?: string }): Promise<void> {
    this.#hasFailed = true
    const isOutOfTime = error.code === 'FST_ERR_HANDLER_TIMEOUT'
    if (isOutOfTime) this.#abandon('its handler is out of time')
    const ending = this.scope.rollback().catch((problem: unknown) => this.#tell(problem, error))
    // The reply must not wait for what the handler is in the midst of.
    if (!isOutOfTime) await ending
  }

  /** A reply is about to be sent: what was done is committed before anybody is told so. A stream goes on reading. */
  async sending(payload: unknown): Promise<void> {
    if (this.scope.isOver || isStream(payload)) return
    if (!this.#hasFailed && this.#outcome.isSuccess()) await this.scope.commit()
    else await this.failed({})
  }

  /** The response is closed: all of it was sent, or nobody is there to send it to. */
  closed(isComplete: boolean): void {
    if (this.scope.isOver) return
    const isCommitted = isComplete && !this.#hasFailed && this.#outcome.isSuccess()
    if (!isComplete) this.#abandon('its client went away')
    const ending = isCommitted ? this.scope.commit() : this.scope.rollback()
    ending.catch((problem: unknown) => this.#tell(problem))
  }

  #abandon(why: string): void {
    this.#over.abort(new ClosedError(`The request is over: ${why}.`))
  }

  /** There is nobody left who could be given the error. What the reply tells already is not said twice. */
  #tell(problem: unknown, told?: unknown): void {
    if (problem !== told) this.#outcome.log.error({ err: problem }, 'The session of a request could not be ended.')
  }
}

/** What Fastify sends bit by bit: a Node stream, a Web stream, a Response. */
function isStream(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false
  return 'pipe' in payload || 'getReader' in payload || Object.prototype.toString.call(payload) === '[object Response]'
}
