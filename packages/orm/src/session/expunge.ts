// What leaves a session with an object: the loaded members of relationships that cascade `expunge`.
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { currentMembers } from '../unit-of-work/members.ts'
import type { SessionState } from './session-state.ts'
import type { SessionTransaction } from './session-transaction.ts'

/** The object itself, and what hangs on it in the same session. */
function expungedWith(first: InstanceState): Set<InstanceState> {
  // The set grows while it is walked: graphs may be deep.
  const found = new Set([first])
  for (const state of found)
    for (const relationship of state.mapper.relationships.values()) {
      if (!relationship.cascades.has('expunge')) continue
      for (const member of currentMembers(state, relationship) ?? []) {
        const other = stateOf(member)
        if (other && other.session === first.session) found.add(other)
      }
    }
  return found
}

/** What knows the objects of a session: itself, and its open transaction. */
interface Holders {
  readonly state: SessionState
  readonly transaction: SessionTransaction
}

/** Takes an object out, with what hangs on it along `expunge`. Throws where it belongs to another session. */
export function expunge(object: unknown, { state: session, transaction }: Holders): void {
  for (const state of expungedWith(session.ownState(object, 'expunge()'))) {
    transaction.letGo(state)
    session.expunge(state)
  }
}

/** Takes out all. */
export function expungeAll({ state: session, transaction }: Holders): void {
  transaction.letGoAll()
  session.detachAll()
}
