// New objects whose key is given, and is another object's already: refused before anything is sent.
import { FlushError } from '../error.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { identityOfRow } from '../state/identity-key.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'

const hint = 'One row is one object: change that one, take over values with session.merge(), or expunge() one of them.'

/** Throws FlushError for two new objects with one key, and for a new one with the key of an object that the session holds, and keeps. */
export function refuseTakenKeys(inserts: ReadonlyMap<InstanceState, RawRow>, session: SessionState): void {
  const taken = new Map<InstanceState['mapper'], Set<string>>()
  inserts.forEach((texts, state) => {
    const format = session.format(state.mapper)
    const identity = identityOfRow(texts, format)
    if (identity === null) return
    let identities = taken.get(state.mapper)
    if (!identities) {
      identities = new Set()
      taken.set(state.mapper, identities)
    }
    if (identities.has(identity))
      throw new FlushError(`Two new objects have one key: ${describeObject({ mapper: state.mapper, identity })}.`, {
        hint,
      })
    identities.add(identity)
    const known = session.identityMap.get(state.mapper, identity)
    if (known && !session.deleted.has(known))
      throw new FlushError(
        `A new ${state.mapper.name} has the key of ${describeObject(known)}, which the session holds.`,
        {
          hint,
        },
      )
  })
}
