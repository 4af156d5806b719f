// One scope: its session, opened when it is asked for, and how it ends. Who opens scopes is scoped-session.ts; what runs in a
// transaction inside of one is transact.ts.
import { AsyncLocalStorage } from 'node:async_hooks'
import { ClosedError } from '@oriel/engine'
import { InvalidRequestError } from '@oriel/sql'
import { closeWhenIdle, type Session } from '../session/session.ts'
import type { SessionOpenOptions } from '../session/session-factory.ts'
import { Boundary } from './boundary.ts'

/** Where the code that runs now stands: in which scope, and inside of which transaction of it. */
export interface Frame {
  readonly scope: SessionScope
  /** The innermost transaction that was begun around this code. */
  readonly boundary: Boundary | null
  readonly outer: Frame | null
}

/** One for all scopes: a frame names its own. */
export const frames = new AsyncLocalStorage<Frame>()

/** Who opens scopes. */
export interface ScopeOwner {
  open(options?: SessionOpenOptions): SessionScope
}

/**
 * One unit of work: a request, a job. Its session is opened when it is first asked for, and closed when the scope ends, whatever happened.
 * Bridges to frameworks open one per request by `scopedSession(sessions).open()`; everybody else calls `run`.
 */
export class SessionScope {
  /** @internal The scoped session that opened it. */
  readonly owner: ScopeOwner
  /** @internal The innermost transaction that goes on in this scope. */
  boundary: Boundary | null = null
  /** @internal What happens outside of any: it is committed where the scope ends. */
  readonly own = new Boundary({ name: 'The scope', place: null }, {}, null)
  readonly #open: () => Session
  #session: Session | null = null
  #ending: Promise<void> | null = null
  #isOver = false

  /** @internal Scoped sessions open scopes. */
  constructor(owner: ScopeOwner, open: () => Session) {
    this.owner = owner
    this.#open = open
  }

  /** The session, opened now where nobody asked before. Opening sends nothing. Throws ClosedError once the scope is over. */
  get session(): Session {
    if (this.#isOver)
      throw new ClosedError('The scope of this session is over, and its session closed.', {
        hint: 'Await what a request or task starts before it ends, or give what goes on behind it a scope of its own.',
      })
    this.#session ??= this.#open()
    return this.#session
  }

  /** Did anybody ask for the session? */
  get isUsed(): boolean {
    return this.#session !== null
  }

  /** Has the scope ended? */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Runs code inside of the scope: there, and in all that it calls and awaits, `current()` is this scope's session. */
  enter<T>(work: () => T): T {
    return frames.run({ scope: this, boundary: null, outer: frames.getStore() ?? null }, work)
  }

  /** Ends the scope: commits what its session did and closes it. Rejects where that cannot be committed; then it is rolled back. */
  commit(): Promise<void> {
    this.#ending ??= this.#end(async (session) => {
      if (this.boundary)
        throw new InvalidRequestError(`The scope ended while ${this.boundary.name} was still running.`, {
          hint: 'Await it.',
        })
      this.own.refuseFailed()
      await session.commit()
    })
    return this.#ending
  }

  /** Ends the scope: rolls back and closes its session as soon as the operation that is under way there has ended. */
  rollback(): Promise<void> {
    this.#ending ??= this.#end(null)
    return this.#ending
  }

  async #end(last: ((session: Session) => Promise<void>) | null): Promise<void> {
    const session = this.#session
    // While it is committed, afterCommit callbacks may still ask for it.
    if (!last || !session) this.#isOver = true
    if (!session) return
    try {
      // Callbacks look for their session from here, whoever ends the scope.
      if (last) await this.enter(async () => await last(session))
    } finally {
      this.#isOver = true
      await session[closeWhenIdle]()
    }
  }
}
