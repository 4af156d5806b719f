// Objects after a rollback: as they were when the transaction or savepoint began. No SQL is sent, and nothing expires that was known then.

import { markExpired } from '../mapped/expired.ts'
import { differs } from '../state/difference.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { areEqual, listOf, own } from '../unit-of-work/members.ts'
import { replaceItems } from '../unit-of-work/side-edits.ts'
import type { UnitOfWork } from '../unit-of-work/unit-of-work.ts'
import { expireObject } from './expire.ts'
import type { SessionState } from './session-state.ts'
import type { Undone } from './session-transaction.ts'

/** Makes the object say what its row says, and its loaded relationships what they held. */
function resetToRow(state: InstanceState, session: SessionState): void {
  const { object } = state
  for (const place of session.format(state.mapper).places) {
    const text = state.row[place.index]
    const value = own(object, place.name)
    if (text === undefined) {
      if (value !== undefined) Reflect.deleteProperty(object, place.name)
      continue
    }
    if (value !== undefined && !differs(value, text, place)) continue
    setLoaded(object, place.name, text === null ? null : place.codec.decode(text))
  }
  for (const { name, isMany } of state.mapper.relationships.values()) {
    const known = state.members?.get(name)
    const value = own(object, name)
    if (known === undefined) {
      if (value !== undefined) Reflect.deleteProperty(object, name)
    } else if (!isMany) {
      // What is known without being a property of its own stays so: the accessor gives it.
      if (value !== undefined && value !== known) setLoaded(object, name, known)
    } else {
      const list: unknown[] = Array.isArray(value) && !Object.isFrozen(value) ? value : []
      if (!areEqual(list, listOf(known))) replaceItems(list, listOf(known))
      if (list !== value) setLoaded(object, name, list)
      if (state.partial?.has(name)) state.rememberPart(name, list)
    }
  }
}

/**
 * Restores what the journals kept, innermost first, and drops unflushed edits. Objects that are new since become transient. What was
 * first read behind a write is forgotten but for its key: what it says may have been undone.
 */
export function rollBackObjects({ journals, met }: Undone, session: SessionState, unitOfWork: UnitOfWork): void {
  for (const journal of journals) unitOfWork.undo(journal)
  for (const state of [...session.pending]) {
    session.forget(state)
    state.status = 'transient'
    state.session = null
    state.identity = null
    state.row = []
    state.forgotten = null
    state.members = null
    state.agreed = null
  }
  session.deleted.clear()
  session.orphans.clear()
  session.forgetAgreements(true)
  for (const state of met)
    if (state.session === session && state.status === 'persistent') {
      expireObject(state, session.format(state.mapper))
      markExpired(state.object, 'a rollback')
    }
  for (const state of session.identityMap.states()) resetToRow(state, session)
}
