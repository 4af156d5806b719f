// `inspect(object)`: where an object stands, what is loaded of it, and what was changed.
import { ArgumentError } from '@oriel/sql'
import { isKnownNull } from '../mapped/unloaded.ts'
import { SessionState } from '../session/session-state.ts'
import { differs } from './difference.ts'
import { type ObjectStatus, stateOf } from './instance-state.ts'

/** What is known of an object. */
export interface Inspection {
  readonly state: ObjectStatus
  /** Is this property loaded, or assigned? */
  isLoaded(property: string): boolean
  /** The columns that differ from the row: `{ amount: { from: '12.50', to: '13.00' } }`. */
  changes(): Record<string, { readonly from: unknown; readonly to: unknown }>
}

/** Where an object stands: `inspect(order).state` is 'transient', 'pending', 'persistent', 'deleted' or 'detached'. */
export function inspect(object: object): Inspection {
  if (typeof object !== 'object' || object === null)
    throw new ArgumentError('inspect() takes an object of a mapped class.')
  const state = stateOf(object)
  return {
    state: state?.status ?? 'transient',
    isLoaded: (property) =>
      Object.getOwnPropertyDescriptor(object, property)?.value !== undefined ||
      state?.members?.has(property) === true ||
      (state?.status === 'persistent' &&
        isKnownNull(object, property, state.mapper.relationships.get(property)?.keyProperties)),
    changes: () => {
      const changes: Record<string, { from: unknown; to: unknown }> = {}
      if (!state || !(state.session instanceof SessionState)) return changes
      for (const place of state.session.format(state.mapper).places) {
        const to: unknown = Object.getOwnPropertyDescriptor(object, place.name)?.value
        const text = state.row[place.index]
        if (to === undefined || !differs(to, text, place)) continue
        changes[place.name] = { from: text === undefined || text === null ? text : place.codec.decode(text), to }
      }
      return changes
    },
  }
}
