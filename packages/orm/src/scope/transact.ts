// Runs a function in the transaction that its propagation asks for: the one that goes on, a new one, or none.
// @Transactional (transactional.ts) and `transaction` of a scoped session (scoped-session.ts) call it.
import { ArgumentError, InvalidRequestError, type Place, suggest, type TransactionOptions } from '@oriel/sql'
import { overlap } from '../session/operations.ts'
import { type Origin, runTransaction, type Session } from '../session/session.ts'
import { pickTransactionOptions, refuseUnknown, transactionOptions } from '../session/session-options.ts'
import { Boundary } from './boundary.ts'
import { type Frame, frames, type SessionScope } from './session-scope.ts'

const propagations = ['required', 'requiresNew', 'nested', 'supports', 'mandatory', 'never', 'notSupported'] as const

/**
 * What a function does about the transaction that goes on in its scope.
 * - `required`: joins it; begins one where there is none. The default.
 * - `requiresNew`: a transaction of its own, on a session and a connection of its own.
 * - `nested`: a savepoint in it; begins one where there is none.
 * - `supports`: joins it; does without where there is none.
 * - `mandatory`: joins it; an error where there is none.
 * - `never`: an error where there is one.
 * - `notSupported`: runs beside it, on a session of its own.
 */
export type Propagation = (typeof propagations)[number]

/** How a function takes part in transactions. Isolation and the like are for those that it begins. */
export interface PropagationOptions extends TransactionOptions {
  readonly propagation?: Propagation
}

/** A function to be run, and what messages call it. */
export interface Part<T> {
  readonly name: string
  readonly options: PropagationOptions
  readonly place: Place
  readonly work: () => Promise<T>
}

/** Throws ArgumentError for options that do not exist. */
export function refuseWrongPropagation(options: PropagationOptions, known: readonly string[], where: string): void {
  refuseUnknown(options, [...transactionOptions, 'propagation', ...known], where)
  const { propagation } = options
  if (propagation !== undefined && !propagations.includes(propagation))
    throw new ArgumentError(`${where}: there is no propagation '${String(propagation)}'.`, {
      hint: suggest(String(propagation), propagations, 'Propagations'),
    })
}

/** Runs a function inside of a scope, as its propagation says. */
export async function transact<T>(frame: Frame, part: Part<T>): Promise<T> {
  const { scope } = frame
  const { session } = scope
  refuseBeside(frame, part.name)
  const goesOn = scope.boundary !== null || session.inTransaction
  switch (part.options.propagation ?? 'required') {
    case 'required':
      return goesOn ? await join(scope, part) : await begin(frame, session, part)
    case 'nested':
      return goesOn ? await savepoint(frame, session, part) : await begin(frame, session, part)
    case 'supports':
      return goesOn ? await join(scope, part) : await part.work()
    case 'mandatory':
      if (goesOn) return await join(scope, part)
      throw new InvalidRequestError(`${part.name} has to be called inside of a transaction, and none goes on.`, {
        hint: "Its propagation is 'mandatory'; 'required' begins one.",
      })
    case 'never':
      if (!goesOn) return await part.work()
      throw new InvalidRequestError(`${part.name} must not be called inside of a transaction, and one goes on.`, {
        hint: "Its propagation is 'never'; 'notSupported' runs beside the transaction.",
      })
    case 'requiresNew':
      return await beside(scope, async (inner) => await begin(inner, inner.scope.session, part))
    case 'notSupported':
      return goesOn ? await beside(scope, part.work) : await part.work()
  }
}

/** Two transactions, or two savepoints, side by side on one session would end in the wrong order. */
function refuseBeside({ scope, boundary }: Frame, name: string): void {
  const open = scope.boundary
  if (!open || boundary?.isInside(open)) return
  throw overlap({ name }, open, 'scope')
}

async function join<T>(scope: SessionScope, { name, options, work }: Part<T>): Promise<T> {
  const boundary = scope.boundary ?? scope.own
  refuseOtherOptions(name, options, boundary)
  try {
    return await work()
  } catch (error) {
    boundary.fail(error)
    throw error
  }
}

/** Isolation is fixed where the transaction begins. Who only reads may join who writes. */
function refuseOtherOptions(name: string, options: PropagationOptions, boundary: Boundary): void {
  const { readOnly, ...exact } = pickTransactionOptions(options)
  const wanted = { ...exact, ...(readOnly === false ? { readOnly } : {}) }
  const running = { readOnly: false, ...boundary.options }
  for (const [option, value] of Object.entries(wanted))
    if (value !== Object.entries(running).find(([known]) => known === option)?.[1])
      throw new InvalidRequestError(
        `${name} asks for ${option}: ${JSON.stringify(value)}, and would join a transaction that was begun otherwise.`,
        {
          hint: `Give the option to ${boundary.name} too, which begins the transaction; or use propagation 'requiresNew'.`,
        },
      )
}

async function begin<T>(frame: Frame, session: Session, part: Part<T>): Promise<T> {
  const boundary = new Boundary(part, pickTransactionOptions(part.options), frame.boundary)
  const { value, afterwards } = await inside(frame, boundary, async (work) => {
    return await session[runTransaction](part.options, origin(part), async () => await work(part.work))
  })
  await afterwards()
  return value
}

/** The place where it was called; its text is only made when a message needs it. */
function origin({ name, place }: Part<unknown>): Origin {
  return Object.assign(place, { label: name })
}

async function savepoint<T>(frame: Frame, session: Session, part: Part<T>): Promise<T> {
  const running = frame.scope.boundary ?? frame.scope.own
  refuseOtherOptions(part.name, part.options, running)
  const boundary = new Boundary(part, running.options, frame.boundary)
  return await inside(frame, boundary, async (work) => await session.nested(async () => await work(part.work)))
}

/** Runs with the boundary being the innermost of its scope. What has joined it and threw makes it fail at its end. */
async function inside<R>(
  frame: Frame,
  boundary: Boundary,
  run: (within: <T>(work: () => Promise<T>) => Promise<T>) => Promise<R>,
): Promise<R> {
  const { scope } = frame
  const before = scope.boundary
  scope.boundary = boundary
  try {
    return await run(async (work) => {
      const value = await frames.run({ ...frame, boundary }, work)
      boundary.refuseFailed()
      return value
    })
  } finally {
    scope.boundary = before
  }
}

/** Runs in a new scope beside the one that goes on. */
async function beside<T>(scope: SessionScope, work: (frame: Frame) => Promise<T>): Promise<T> {
  return await runInside(scope.owner.open({ independent: true }), async (inner) => {
    return await work({ scope: inner, boundary: null, outer: frames.getStore() ?? null })
  })
}

/** Runs the work in a scope, and ends the scope by the outcome. */
export async function runInside<T>(scope: SessionScope, work: (scope: SessionScope) => Promise<T>): Promise<T> {
  try {
    const value = await scope.enter(async () => await work(scope))
    await scope.commit()
    return value
  } catch (error) {
    // A rollback that fails must not hide why there is one.
    await scope.rollback().catch(() => {})
    throw error
  }
}
