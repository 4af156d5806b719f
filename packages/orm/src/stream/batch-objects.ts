// The objects that one batch of a stream brought into the session, and how they leave it again.
import { followMoves } from '../session/collection-moves.ts'
import type { SessionState } from '../session/session-state.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { isObject, listOf, own } from '../unit-of-work/members.ts'

export interface LettingGo {
  /** Was it changed, or written in this transaction? Then a flush or a rollback needs it. */
  readonly isChanged: (state: InstanceState) => boolean
  readonly detach: (state: InstanceState) => void
}

export class BatchObjects {
  readonly #session: SessionState
  #states: InstanceState[] = []
  /** Objects that the session had before, and for which a relationship was loaded. */
  #gained: InstanceState[] = []

  constructor(session: SessionState) {
    this.#session = session
  }

  /** Runs the reading of a batch, and keeps account of the objects that are new to the session. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const session = this.#session
    const gaining: InstanceState[] = []
    session.arriving = this.#states
    session.gaining = gaining
    try {
      return await work()
    } finally {
      session.arriving = null
      session.gaining = null
      followMoves(session)
      for (const state of this.#states) session.streamed.add(state)
      for (const state of gaining) if (!session.streamed.has(state)) this.#gained.push(state)
    }
  }

  /** Forgets them: they stay in the session. */
  keep(): void {
    for (const state of this.#states) this.#session.streamed.delete(state)
    this.#states = []
    this.#gained = []
  }

  /**
   * Lets them go, but for those that the user has done something with, and for what hangs on an object that stays: a flush looks at
   * what it holds and at what it held.
   */
  letGo({ isChanged, detach }: LettingGo): void {
    const session = this.#session
    const leaving = new Set<InstanceState>()
    const staying = this.#gained
    for (const state of this.#states) {
      // Added ones are no longer counted as streamed.
      const isStreamed = session.streamed.delete(state)
      if (state.session !== session) continue
      if (isStreamed && state.status === 'persistent' && !session.deleted.has(state) && !isChanged(state))
        leaving.add(state)
      else staying.push(state)
    }
    this.#states = []
    this.#gained = []
    // The list grows while it is walked.
    for (const state of staying) {
      if (leaving.size === 0) return
      for (const member of membersOf(state)) {
        const other = stateOf(member)
        if (other && leaving.delete(other)) staying.push(other)
      }
    }
    for (const state of leaving) detach(state)
  }
}

/** What an object holds, and what it held when it last agreed with the database. */
function* membersOf(state: InstanceState): Generator<object> {
  for (const { name } of state.mapper.relationships.values()) {
    const value = own(state.object, name)
    if (Array.isArray(value)) {
      for (const member of value) if (isObject(member)) yield member
    } else if (isObject(value)) yield value
  }
  for (const [, members] of state.membership ?? []) yield* listOf(members)
}
