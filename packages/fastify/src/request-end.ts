// How a request ends, and with it the scope of its session: by a reply, a stream, an error, or a client that goes away.
import type { SessionScope } from '@oriel/orm'
import type { FastifyRequest } from 'fastify'

export class RequestEnd {
  readonly scope: SessionScope
  readonly #request: FastifyRequest
  readonly #isSuccess: () => boolean
  #hasFailed = false

  constructor(scope: SessionScope, request: FastifyRequest, isSuccess: () => boolean) {
    this.scope = scope
    this.#request = request
    this.#isSuccess = isSuccess
  }

  /** Something threw. The connection is given back before anybody writes the reply. */
  async failed(error: { readonly code?: string }): Promise<void> {
    this.#hasFailed = true
    const ending = this.scope.rollback().catch((problem: unknown) => this.#tell(problem, error))
    // A handler that is out of time may be in the midst of a statement: the reply must not wait for that.
    if (error.code !== 'FST_ERR_HANDLER_TIMEOUT') await ending
  }

  /** A reply is about to be sent: what was done is committed before anybody is told so. A stream goes on reading. */
  async sending(payload: unknown): Promise<void> {
    if (this.scope.isOver || isStream(payload)) return
    if (!this.#hasFailed && this.#isSuccess()) await this.scope.commit()
    else await this.failed({})
  }

  /** The response is closed: all of it was sent, or nobody is there to send it to. */
  closed(isComplete: boolean): void {
    if (this.scope.isOver) return
    const isCommitted = isComplete && !this.#hasFailed && this.#isSuccess()
    const ending = isCommitted ? this.scope.commit() : this.scope.rollback()
    ending.catch((problem: unknown) => this.#tell(problem))
  }

  /** There is nobody left who could be given the error. What the reply tells already is not said twice. */
  #tell(problem: unknown, told?: unknown): void {
    if (problem !== told) this.#request.log.error({ err: problem }, 'The session of a request could not be ended.')
  }
}

/** What Fastify sends bit by bit: a Node stream, a Web stream, a Response. */
function isStream(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false
  return 'pipe' in payload || 'getReader' in payload || Object.prototype.toString.call(payload) === '[object Response]'
}
