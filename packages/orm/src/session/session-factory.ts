// Where sessions come from: one factory per engine, one session per request or task.
import type { Engine } from '@oriel/engine'
import { ArgumentError, DeadlockError, SerializationError, suggest, type TransactionOptions } from '@oriel/sql'
import { defaultRegistry } from '../registry/registry.ts'
import { Session } from './session.ts'
import type { SessionOptions } from './session-options.ts'

/** What `sessions.begin` takes beside the work. */
export interface SessionBeginOptions extends TransactionOptions {
  /** Run the work again, in a new session, where the server says that the transaction may succeed then (40001, 40P01). */
  readonly retry?: { readonly attempts: number }
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
  'registry',
  'identityMapWarnAt',
  'isolation',
  'readOnly',
  'deferrable',
]

/** Opens sessions on an engine. */
export class SessionFactory {
  readonly #engine: Engine
  readonly #options: SessionOptions

  constructor(engine: Engine, options: SessionOptions) {
    this.#engine = engine
    this.#options = options
  }

  /** Opens a session. Close it: `await using session = sessions.open()`, or try … finally. Nothing is sent. */
  open(options: TransactionOptions = {}): Session {
    return new Session({
      engine: this.#engine,
      registry: this.#options.registry ?? defaultRegistry,
      options: { ...this.#options, ...options },
    })
  }

  /** Runs the work in a session and a transaction: commits and gives back what it returns, or rolls back and rethrows. */
  begin<T>(work: Work<T>): Promise<T>
  begin<T>(options: SessionBeginOptions, work: Work<T>): Promise<T>
  async begin<T>(first: SessionBeginOptions | Work<T>, second?: Work<T>): Promise<T> {
    const [options, work] = typeof first === 'function' ? [{}, first] : [first, second]
    if (typeof work !== 'function') throw new ArgumentError('sessions.begin takes the work as a function.')
    const { retry, ...transaction } = options
    const attempts = retry?.attempts ?? 1
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work, attempt, transaction)
      } catch (error) {
        if (attempt >= attempts || !isRetryable(error)) throw error
        await pause(attempt)
      }
    }
  }

  async #attempt<T>(work: Work<T>, attempt: number, options: TransactionOptions): Promise<T> {
    const session = this.open(options)
    try {
      await session.begin(options)
      const value = await work(session, { attempt })
      await session.commit()
      return value
    } catch (error) {
      // A rollback that fails must not hide why there is one; close() sees to the connection.
      await session.rollback().catch(() => {})
      throw error
    } finally {
      await session.close()
    }
  }
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
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new ArgumentError(`sessionFactory has no option '${name}'.`, { hint: suggest(name, known, 'Options') })
  return new SessionFactory(engine, options)
}
