// How a request ends, and with it the scope of its session: by a reply, a stream, an error, or a client that goes away.
// What is a stream, and how one is left, is reply-stream.ts.
import { ClosedError } from '@oriel/engine'
import type { SessionScope } from '@oriel/orm'
import type { FastifyBaseLogger } from 'fastify'
import { isStream, leave } from './reply-stream.ts'

/** What the end of a request depends on. */
export interface Outcome {
  readonly log: FastifyBaseLogger
  /** Does the client want the head of the reply only? */
  readonly isHead: boolean
  readonly isSuccess: () => boolean
}

export class RequestEnd {
  readonly scope: SessionScope
  /** Ends the statement that is under way, where nobody waits for it any more. */
  readonly #over: AbortController
  readonly #outcome: Outcome
  #hasFailed = false
  #isHandled = false
  /** Settles with the handler; it never rejects. */
  #handling: Promise<void> | null = null

  constructor(scope: SessionScope, over: AbortController, outcome: Outcome) {
    this.scope = scope
    this.#over = over
    this.#outcome = outcome
  }

  /** Has a handler begun that was given to `handle`? */
  get isHandled(): boolean {
    return this.#isHandled
  }

  /** Runs the handler. What it throws counts, whatever becomes of the reply. */
  handle<T>(handler: () => T): T {
    this.#isHandled = true
    try {
      const outcome = handler()
      if (outcome instanceof Promise)
        this.#handling = outcome.then(
          () => {},
          () => this.#fail(),
        )
      return outcome
    } catch (error) {
      this.#fail()
      throw error
    }
  }

  /** Something threw. The connection is given back before anybody writes the reply. */
  async failed(error: { readonly code?: string }): Promise<void> {
    this.#fail()
    const isOutOfTime = error.code === 'FST_ERR_HANDLER_TIMEOUT'
    if (isOutOfTime) this.#abandon('its handler is out of time')
    const ending = this.scope.rollback().catch((problem: unknown) => this.#tell(problem, error))
    // The reply must not wait for what the handler is in the midst of.
    if (!isOutOfTime) await ending
  }

  /** Who asks for the head only is sent no stream: what it reads is ended before it goes on under a session that ends. */
  async preparing(payload: unknown): Promise<void> {
    if (this.#outcome.isHead) await leave(payload)
  }

  /**
   * A reply is about to be sent: what was done is committed before anybody is told so. A stream goes on reading.
   * Gives null in place of a stream that is not sent.
   */
  async sending(payload: unknown): Promise<null | undefined> {
    if (this.scope.isOver) return undefined
    const isLeft = this.#outcome.isHead && (await leave(payload))
    if (isStream(payload) && !isLeft) return undefined
    if (!this.#hasFailed && this.#outcome.isSuccess()) await this.scope.commit()
    else await this.failed({})
    return isLeft ? null : undefined
  }

  /** The response is closed: all of it was sent, or nobody is there to send it to. Never rejects. */
  async closed(isComplete: boolean): Promise<void> {
    if (this.scope.isOver) return
    try {
      if (!isComplete) this.#abandon('its client went away')
      // Who writes the reply by hand may go on behind its end, and may still throw.
      else await this.#handling
      await (isComplete && this.#isSuccess() ? this.scope.commit() : this.scope.rollback())
    } catch (problem) {
      this.#tell(problem)
    }
  }

  #isSuccess(): boolean {
    try {
      return !this.#hasFailed && this.#outcome.isSuccess()
    } catch (problem) {
      this.#tell(problem)
      return false
    }
  }

  #fail(): void {
    this.#hasFailed = true
  }

  #abandon(why: string): void {
    this.#over.abort(new ClosedError(`The request is over: ${why}.`))
  }

  /** There is nobody left who could be given the error. What the reply tells already is not said twice. */
  #tell(problem: unknown, told?: unknown): void {
    if (problem !== told) this.#outcome.log.error({ err: problem }, 'The session of a request could not be ended.')
  }
}
