// A set of objects' states that can tell at once whether it holds any of a class: asked before every statement.
import type { Mapper } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'

interface Count {
  readonly mapper: Mapper
  size: number
}

export class StateSet implements Iterable<InstanceState> {
  readonly #states = new Set<InstanceState>()
  readonly #counts = new Map<Mapper, Count>()
  /** Nearly always the next one is of the same class. */
  #last: Count | null = null

  get size(): number {
    return this.#states.size
  }

  has(state: InstanceState): boolean {
    return this.#states.size > 0 && this.#states.has(state)
  }

  hasAnyOf(mapper: Mapper): boolean {
    return this.#states.size > 0 && (this.#counts.get(mapper)?.size ?? 0) > 0
  }

  add(state: InstanceState): void {
    const { size } = this.#states
    this.#states.add(state)
    if (this.#states.size > size) this.#count(state.mapper).size++
  }

  delete(state: InstanceState): void {
    if (this.#states.size > 0 && this.#states.delete(state)) this.#count(state.mapper).size--
  }

  clear(): void {
    this.#states.clear()
    this.#counts.clear()
    this.#last = null
  }

  forEach(visit: (state: InstanceState) => void): void {
    this.#states.forEach(visit)
  }

  [Symbol.iterator](): Iterator<InstanceState> {
    return this.#states.values()
  }

  #count(mapper: Mapper): Count {
    if (this.#last?.mapper === mapper) return this.#last
    let count = this.#counts.get(mapper)
    if (!count) {
      count = { mapper, size: 0 }
      this.#counts.set(mapper, count)
    }
    this.#last = count
    return count
  }
}

/** The objects of these states, as a set of its own. */
export function objectsOf(states: Iterable<InstanceState>): ReadonlySet<object> {
  return new Set(Array.from(states, (state) => state.object))
}
