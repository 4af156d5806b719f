// Forgetting what a row held: reading it raises until it is read again. Keys stay.
import type { InstanceState } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'

/** Makes properties of an object unloaded again: these, or all but the key. Unwritten changes to them are dropped. */
export function expireObject(state: InstanceState, format: RowFormat, properties?: readonly string[]): void {
  const { object } = state
  const row = state.row.slice()
  state.row = row
  for (const place of format.places) {
    if (place.property.isKey || (properties && !properties.includes(place.name))) continue
    row[place.index] = undefined
    Reflect.deleteProperty(object, place.name)
  }
  for (const name of state.mapper.relationships.keys()) {
    if (properties && !properties.includes(name)) continue
    state.members?.delete(name)
    Reflect.deleteProperty(object, name)
  }
}
