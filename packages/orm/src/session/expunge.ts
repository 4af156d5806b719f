// What leaves a session with an object: the loaded members of relationships that cascade `expunge`.
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { currentMembers } from '../unit-of-work/members.ts'

/** The object itself, and what hangs on it in the same session. */
export function expungedWith(first: InstanceState): Set<InstanceState> {
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
