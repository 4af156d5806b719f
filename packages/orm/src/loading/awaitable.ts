// The relationships of an object as promises: the one lazy way, and an explicit one. All that is read in one tick is one statement per relationship.
import { ArgumentError, type RelationKey, suggest } from '@oriel/sql'
import { DetachedInstanceError } from '../error.ts'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { describeObject } from '../session/session-state.ts'
import { type InstanceState, type SessionMark, stateOf } from '../state/instance-state.ts'

/** Loads one relationship for all these objects, when it is the session's turn. */
export type LoadLater = (relationship: RelationshipProperty, states: readonly InstanceState[]) => Promise<void>

/** The relationships of E as promises. */
export type Awaitable<E> = { readonly [K in RelationKey<E>]: Promise<E[K]> }

class Batch {
  readonly #load: LoadLater
  #waiting: Map<RelationshipProperty, Set<InstanceState>> | null = null
  #running: Promise<void> | null = null

  constructor(load: LoadLater) {
    this.#load = load
  }

  async read(state: InstanceState, relationship: RelationshipProperty): Promise<void> {
    if (!this.#waiting || !this.#running) {
      const waiting = new Map<RelationshipProperty, Set<InstanceState>>()
      this.#waiting = waiting
      this.#running = Promise.resolve().then(async () => {
        this.#waiting = null
        for (const [each, states] of waiting) await this.#load(each, [...states])
      })
    }
    const states = this.#waiting.get(relationship) ?? new Set()
    this.#waiting.set(relationship, states)
    states.add(state)
    await this.#running
  }
}

const batches = new WeakMap<SessionMark, Batch>()

/** Lets the objects of a session be awaited: said once by each session. */
export function loadsLater(session: SessionMark, load: LoadLater): void {
  batches.set(session, new Batch(load))
}

function isThere(state: InstanceState, name: string): boolean {
  const value: unknown = Object.getOwnPropertyDescriptor(state.object, name)?.value
  return value !== undefined || state.members?.has(name) === true
}

async function read(object: object, name: string): Promise<unknown> {
  const state = stateOf(object)
  const relationship = state?.mapper.relationships.get(name)
  // A new object has what was assigned to it; there is nothing to load.
  if (!state || !relationship || isThere(state, name) || state.status === 'transient' || state.status === 'pending')
    return Reflect.get(object, name)
  const batch = state.session === null || state.session.isClosed ? undefined : batches.get(state.session)
  if (!batch)
    throw new DetachedInstanceError(
      `${state.mapper.name}.${name} of ${describeObject(state)} is not loaded, and the object is in no session that could load it.`,
      { hint: 'Read it while the session is open, or ask for it in the statement: .options(selectinload(…)).' },
    )
  await batch.read(state, relationship)
  return Reflect.get(object, name)
}

/**
 * The relationships of an object as promises: `await awaitable(order).customer`. All such reads of one tick are one statement per
 * relationship. Rejects with DetachedInstanceError where the object belongs to no open session.
 */
export function awaitable<E extends object>(object: E): Awaitable<E>
export function awaitable(object: object): object {
  if (typeof object !== 'object' || object === null)
    throw new ArgumentError('awaitable() takes an object of a mapped class.')
  const names = [...(stateOf(object)?.mapper.relationships.keys() ?? [])]
  return new Proxy(Object.create(null), {
    get(_, name) {
      // A promise looks for `then`; consoles and tests look for symbols.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined
      if (stateOf(object) && !names.includes(name))
        throw new ArgumentError(`${object.constructor.name} has no relationship '${name}'.`, {
          hint: suggest(name, names, 'Relationships'),
        })
      return read(object, name)
    },
    has: (_, name) => typeof name === 'string' && names.includes(name),
    set: () => false,
  })
}
