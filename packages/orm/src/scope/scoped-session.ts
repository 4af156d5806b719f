// One session per request or task, found by whatever runs inside of it, without being handed around. The scope itself is
// session-scope.ts; transactions inside of scopes are transact.ts.
import { ArgumentError, InvalidRequestError, placeOf } from '@oriel/sql'
import type { Session } from '../session/session.ts'
import { SessionFactory, type SessionOpenOptions } from '../session/session-factory.ts'
import { type Frame, frames, type ScopeOwner, SessionScope } from './session-scope.ts'
import { type PropagationOptions, refuseWrongPropagation, runInside, transact } from './transact.ts'

type Work<T> = (session: Session) => Promise<T>

/** Sessions of a factory, one per scope, found from inside of it. */
export class ScopedSession implements ScopeOwner {
  readonly #sessions: SessionFactory

  /** @internal `scopedSession` makes them. */
  constructor(sessions: SessionFactory) {
    this.#sessions = sessions
  }

  /**
   * Runs one unit of work in a scope of its own, also inside of another scope: what its session did is committed when the work ends,
   * rolled back when it throws, and the session is closed. `await db.run(async () => { db.current().add(order) })`
   */
  run<T>(work: Work<T>): Promise<T>
  run<T>(options: SessionOpenOptions, work: Work<T>): Promise<T>
  async run<T>(first: SessionOpenOptions | Work<T>, second?: Work<T>): Promise<T> {
    const [options, work] = typeof first === 'function' ? [{}, first] : [first, second]
    if (typeof work !== 'function') throw new ArgumentError('run takes the work as a function.')
    return await runInside(this.open(options), async (scope) => await work(scope.session))
  }

  /** The session of the scope that this code runs in. Throws InvalidRequestError outside of any, ClosedError behind its end. */
  current(): Session {
    const frame = frameOf(this)
    if (frame) return frame.scope.session
    throw outside('current()')
  }

  /** Does this code run in a scope that goes on? */
  get isActive(): boolean {
    return frameOf(this)?.scope.isOver === false
  }

  /**
   * Runs the work in a transaction of the scope: joins the one that goes on, or begins one, commits it, and rolls it back where the work throws.
   * Outside of any scope it opens one. `await db.transaction({ propagation: 'nested' }, async (session) => …)`
   */
  transaction<T>(work: Work<T>): Promise<T>
  transaction<T>(options: PropagationOptions, work: Work<T>): Promise<T>
  async transaction<T>(first: PropagationOptions | Work<T>, second?: Work<T>): Promise<T> {
    const place = placeOf(this.transaction)
    const [options, work] = typeof first === 'function' ? [{}, first] : [first, second]
    if (typeof work !== 'function') throw new ArgumentError('transaction takes the work as a function.')
    refuseWrongPropagation(options, [], 'transaction')
    const part = { name: 'transaction()', options, place, work: async () => await work(this.current()) }
    return await transactIn(this, part)
  }

  /** Opens a scope, to be ended by `commit` or `rollback`: for bridges to frameworks that have no function to wrap. */
  open(options: SessionOpenOptions = {}): SessionScope {
    return new SessionScope(this, () => this.#sessions.open(options))
  }
}

/** Makes sessions that are found from inside of their scope: `const db = scopedSession(sessionFactory(engine))`. */
export function scopedSession(sessions: SessionFactory): ScopedSession {
  if (!(sessions instanceof SessionFactory))
    throw new ArgumentError('scopedSession takes a session factory.', { hint: 'scopedSession(sessionFactory(engine))' })
  return new ScopedSession(sessions)
}

/** The session of the innermost scope that this code runs in, whoever opened it. Throws InvalidRequestError outside of any. */
export function current(): Session {
  const frame = frames.getStore()
  if (frame) return frame.scope.session
  throw outside('current()')
}

/** @internal Runs a part in the scope it stands in, of this scoped session where one is given; that opens one where there is none. */
export async function transactIn<T>(db: ScopedSession | null, part: Parameters<typeof transact<T>>[1]): Promise<T> {
  const frame = db ? frameOf(db) : frames.getStore()
  if (frame) return await transact(frame, part)
  if (!db) throw outside(part.name)
  return await runInside(db.open(), async (scope) => await transact({ scope, boundary: null, outer: null }, part))
}

function frameOf(db: ScopedSession): Frame | null {
  for (let frame = frames.getStore() ?? null; frame; frame = frame.outer) if (frame.scope.owner === db) return frame
  return null
}

function outside(what: string): InvalidRequestError {
  return new InvalidRequestError(`${what} was called outside of any scope: there is no session here.`, {
    hint: 'Run it inside of `scopedSession(sessions).run(…)`, or in a request that a bridge such as @oriel/fastify serves.',
  })
}
