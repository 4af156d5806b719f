// New objects whose key is given, and is that of another new one: refused before anything is sent. What the database holds, it says itself.
import { FlushError } from '../error.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { identityOfRow } from '../state/identity-key.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'

/** Throws FlushError for two new objects with one key. */
export function refuseSharedKeys(inserts: ReadonlyMap<InstanceState, RawRow>, session: SessionState): void {
  const taken = new Map<InstanceState['mapper'], Set<string>>()
  inserts.forEach((texts, state) => {
    const { mapper } = state
    const identity = identityOfRow(texts, session.format(mapper))
    if (identity === null) return
    let identities = taken.get(mapper)
    if (!identities) {
      identities = new Set()
      taken.set(mapper, identities)
    }
    if (identities.has(identity))
      throw new FlushError(`Two new objects have one key: ${describeObject({ mapper, identity })}.`, {
        hint: 'One row is one object: expunge() one of them, and let the other say it all.',
      })
    identities.add(identity)
  })
}
