// A set of objects' states that can tell at once whether it holds any of a class: asked before every statement.
import type { Mapper } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'

export class StateSet implements Iterable<InstanceState> {
  readonly #states = new Set<InstanceState>()
  readonly #counts = new Map<Mapper, number>()

  get size(): number {
    return this.#states.size
  }

  has(state: InstanceState): boolean {
    return this.#states.has(state)
  }

  hasAnyOf(mapper: Mapper): boolean {
    return (this.#counts.get(mapper) ?? 0) > 0
  }

  add(state: InstanceState): void {
    if (this.#states.has(state)) return
    this.#states.add(state)
    this.#counts.set(state.mapper, (this.#counts.get(state.mapper) ?? 0) + 1)
  }

  delete(state: InstanceState): void {
    if (this.#states.delete(state)) this.#counts.set(state.mapper, (this.#counts.get(state.mapper) ?? 0) - 1)
  }

  clear(): void {
    this.#states.clear()
    this.#counts.clear()
  }

  forEach(visit: (state: InstanceState) => void): void {
    this.#states.forEach(visit)
  }

  [Symbol.iterator](): Iterator<InstanceState> {
    return this.#states.values()
  }
}

/** The objects of these states, as a set of its own. */
export function objectsOf(states: Iterable<InstanceState>): ReadonlySet<object> {
  return new Set(Array.from(states, (state) => state.object))
}
