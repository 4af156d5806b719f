// Objects whose rows a statement deleted: gone from the session and from the relationships that held them, until a rollback.
import type { InstanceState } from '../state/instance-state.ts'
import { finalize } from '../unit-of-work/finalize.ts'
import { Journal } from '../unit-of-work/journal.ts'
import type { SessionState } from './session-state.ts'

/** Objects whose rows are gone. */
export function removeRows(states: readonly InstanceState[], session: SessionState): void {
  const journal = new Journal()
  for (const state of states) {
    journal.keep(state)
    session.becomeDeleted(state)
  }
  const links = { targets: new Map(), pairs: [], orphans: new Set<InstanceState>() }
  finalize(session, links, { journal, touched: new Set(), hasDeleted: states.length > 0 })
  if (session.journal) journal.mergeInto(session.journal)
  else journal.end()
}
