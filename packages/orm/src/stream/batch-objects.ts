// The objects that one batch of a stream brought into the session, and how they leave it again.
import type { SessionState } from '../session/session-state.ts'
import type { InstanceState } from '../state/instance-state.ts'

export interface LettingGo {
  /** Was it changed, or written in this transaction? Then a flush or a rollback needs it. */
  readonly isChanged: (state: InstanceState) => boolean
  readonly detach: (state: InstanceState) => void
}

export class BatchObjects {
  readonly #session: SessionState
  #states: InstanceState[] = []

  constructor(session: SessionState) {
    this.#session = session
  }

  /** Runs the reading of a batch, and keeps account of the objects that are new to the session. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const session = this.#session
    session.arriving = this.#states
    try {
      return await work()
    } finally {
      session.arriving = null
      for (const state of this.#states) session.streamed.add(state)
    }
  }

  /** Forgets them: they stay in the session. */
  keep(): void {
    for (const state of this.#states) this.#session.streamed.delete(state)
    this.#states = []
  }

  /** Lets them go, but for those that the user has done something with. */
  letGo({ isChanged, detach }: LettingGo): void {
    const session = this.#session
    const states = this.#states
    this.#states = []
    for (const state of states) {
      // Added ones are no longer counted as streamed.
      const isStreamed = session.streamed.delete(state)
      if (!isStreamed || state.session !== session || state.status !== 'persistent') continue
      if (!session.deleted.has(state) && !isChanged(state)) detach(state)
    }
  }
}
