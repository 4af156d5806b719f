// Where sessions come from: one factory per engine, one session per request or task.
import type { Engine } from '@oriel/engine'
import { KeptShapes } from '@oriel/engine/internal'
import { ArgumentError, DeadlockError, placeOf, SerializationError, type TransactionOptions } from '@oriel/sql'
import { explainAttempt } from '../bulk/row-source.ts'
import { defaultRegistry } from '../registry/registry.ts'
import { refuseNoEngine } from '../schema/engine-check.ts'
import { type Committed, runTransaction, Session } from './session.ts'
import { refuseUnknown, type SessionOptions, transactionOptions } from './session-options.ts'

/** What `sessions.begin` takes beside the work. */
export interface SessionBeginOptions extends TransactionOptions {
  /** Run the work again, in a new session, where the server says that the transaction may succeed then (40001, 40P01). */
  readonly retry?: { readonly attempts: number }
  /** Meant to run beside a transaction that is under way around it. */
  readonly independent?: boolean
  /** Ends the statements of `execute` and `scalars` when it is aborted, where they have no signal of their own. */
  readonly signal?: AbortSignal
  /** Ask for the number of the transaction before its commit, for the error of a commit that is in doubt. */
  readonly commitToken?: boolean
}

/** Which attempt this is, from 1. */
export interface Attempt {
  readonly attempt: number
}

type Work<T> = (session: Session, attempt: Attempt) => Promise<T>

const known = [
  'autoflush',
  'expireOnCommit',
  'autobegin',
  'commitToken',
  'registry',
  'identityMapWarnAt',
  ...transactionOptions,
]
const openOptions = [...transactionOptions, 'independent', 'commitToken', 'signal']
const beginOptions = [...openOptions, 'retry']

/** What `sessions.open` takes. */
export type SessionOpenOptions = Omit<SessionBeginOptions, 'retry'>

/** Opens sessions on an engine. */
export class SessionFactory {
  readonly #engine: Engine
  readonly #options: SessionOptions
  readonly #shapes = new KeptShapes()

  constructor(engine: Engine, options: SessionOptions) {
    this.#engine = engine
    this.#options = options
  }

  /** Opens a session. Close it: `await using session = sessions.open()`, or try … finally. Nothing is sent. */
  open(options: SessionOpenOptions = {}): Session {
    refuseUnknown(options, openOptions, 'sessions.open')
    return new Session({
      engine: this.#engine,
      registry: this.#options.registry ?? defaultRegistry,
      options: { ...this.#options, ...options },
      shapes: this.#shapes,
    })
  }

  /** Runs the work in a session and a transaction: commits and gives back what it returns, or rolls back and rethrows. */
  begin<T>(work: Work<T>): Promise<T>
  begin<T>(options: SessionBeginOptions, work: Work<T>): Promise<T>
  async begin<T>(first: SessionBeginOptions | Work<T>, second?: Work<T>): Promise<T> {
    const place = placeOf(this.begin)
    const [options, work] = typeof first === 'function' ? [{}, first] : [first, second]
    if (typeof work !== 'function') throw new ArgumentError('sessions.begin takes the work as a function.')
    refuseUnknown(options, beginOptions, 'sessions.begin')
    const { retry, ...opening } = options
    const attempts = attemptsOf(retry)
    let earlier: unknown = null
    for (let attempt = 1; ; attempt++) {
      const session = this.open(opening)
      let committed: Committed<T> | null = null
      try {
        committed = await session[runTransaction](opening, place, async () => await work(session, { attempt }))
        // What is called after the commit may fail, but never makes the work run again.
        await committed.afterwards()
        return committed.value
      } catch (error) {
        if (attempt > 1) explainAttempt(error, earlier)
        if (committed || attempt >= attempts || !isRetryable(error)) throw error
        earlier = error
      } finally {
        await session.close()
      }
      await pause(attempt)
    }
  }
}

function attemptsOf(retry: SessionBeginOptions['retry']): number {
  if (retry === undefined) return 1
  const { attempts } = retry
  if (Number.isSafeInteger(attempts) && attempts >= 1) return attempts
  throw new ArgumentError(`sessions.begin: retry.attempts is a whole number from 1 up, not ${String(attempts)}.`)
}

function isRetryable(error: unknown): boolean {
  return error instanceof SerializationError || error instanceof DeadlockError
}

/** Waits longer after each attempt, with some chance in it, so that rivals do not meet again. */
async function pause(attempt: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
}

/** Makes a session factory: `const sessions = sessionFactory(engine)`. Throws ArgumentError for unknown options. */
export function sessionFactory(engine: Engine, options: SessionOptions = {}): SessionFactory {
  refuseNoEngine(engine, 'sessionFactory')
  refuseUnknown(options, known, 'sessionFactory')
  return new SessionFactory(engine, options)
}
