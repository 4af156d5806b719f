// Deleted objects whose place a new one takes: the same key, or the only place beside a third. They are deleted before the inserts.
import type { SessionState } from '../session/session-state.ts'
import { keyText } from '../state/identity-key.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import type { ChangeSets } from './change-set.ts'
import type { Links } from './links.ts'
import { listOf, own } from './members.ts'

/** The deleted objects that stand in the way of an insert. */
export function replacedObjects(session: SessionState, changes: ChangeSets, links: Links): Set<InstanceState> {
  const replaced = new Set<InstanceState>()
  const add = (state: InstanceState | null | undefined): void => {
    if (state && session.deleted.has(state)) replaced.add(state)
  }
  for (const state of changes.inserts.keys()) {
    const identity = identityToBe(state, session, links)
    if (identity !== null) add(session.identityMap.get(state.mapper, identity))
    for (const [relationship, target] of links.targets.get(state) ?? []) {
      const inverse = relationship.inverse()
      if (!target || !inverse || inverse.isMany) continue
      for (const before of listOf(target.members?.get(inverse.name))) add(stateOf(before))
    }
  }
  return replaced
}

/** The identity that a new object is going to have; null where the database makes it. */
function identityToBe(state: InstanceState, session: SessionState, links: Links): string | null {
  const format = session.format(state.mapper)
  const texts: string[] = []
  for (const place of format.keys) {
    let text: string | null = null
    const value = own(state.object, place.name)
    if (value !== undefined && value !== null) text = keyText(value, place)
    for (const [relationship, target] of links.targets.get(state) ?? []) {
      const pair = relationship.pairs.find(([mine]) => mine === place.column)
      const theirs = pair && target && session.format(target.mapper).byColumn.get(pair[1])
      if (theirs) text = target.row[theirs.index] ?? null
    }
    if (text === null) return null
    texts.push(place.form?.(text) ?? text)
  }
  return texts.join('\u0000')
}
