// Forgetting what a row held: reading it raises until it is read again. Keys stay.
import type { InstanceState } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { own } from '../unit-of-work/members.ts'

/** Makes properties of an object unloaded again: these, or all but the key. Unwritten changes to them are dropped. */
export function expireObject(state: InstanceState, format: RowFormat, properties?: readonly string[]): void {
  const { object } = state
  const last = state.lastRow
  const row = state.row.slice()
  state.row = row
  for (const place of format.places) {
    if (place.property.isKey || (properties && !properties.includes(place.name))) continue
    state.forgotten = last
    row[place.index] = undefined
    Reflect.deleteProperty(object, place.name)
  }
  for (const name of state.mapper.relationships.keys()) {
    if (properties && !properties.includes(name)) continue
    state.members?.delete(name)
    state.rememberWhole(name)
    Reflect.deleteProperty(object, name)
  }
}

/** The same for one relationship; gives back what makes it loaded again. */
export function expireRelationship(state: InstanceState, format: RowFormat, name: string): () => void {
  const known = state.members?.get(name)
  const { partial } = state
  const value = own(state.object, name)
  expireObject(state, format, [name])
  return () => {
    if (known !== undefined) state.remember(name, known)
    state.partial = partial
    if (value !== undefined) setLoaded(state.object, name, value)
  }
}
