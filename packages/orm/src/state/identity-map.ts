// One row, one object: the objects of a session by class and key. Holds them strongly until they are expunged or the session ends.
import type { Mapper } from '../registry/mapper.ts'
import type { InstanceState } from './instance-state.ts'

export class IdentityMap {
  readonly #byMapper = new Map<Mapper, Map<string, InstanceState>>()

  /** The objects of one class by key: for readers of many rows. */
  of(mapper: Mapper): Map<string, InstanceState> {
    let states = this.#byMapper.get(mapper)
    if (!states) {
      states = new Map()
      this.#byMapper.set(mapper, states)
    }
    return states
  }

  get(mapper: Mapper, identity: string): InstanceState | undefined {
    return this.#byMapper.get(mapper)?.get(identity)
  }

  hasAnyOf(mapper: Mapper): boolean {
    return (this.#byMapper.get(mapper)?.size ?? 0) > 0
  }

  /** Forgets all. Maps that `of` gave out are empty then, and stay in use. */
  clear(): void {
    for (const states of this.#byMapper.values()) states.clear()
  }

  add(state: InstanceState): void {
    if (state.identity !== null) this.of(state.mapper).set(state.identity, state)
  }

  delete(state: InstanceState): void {
    if (state.identity === null) return
    const states = this.#byMapper.get(state.mapper)
    if (states?.get(state.identity) === state) states.delete(state.identity)
  }

  get size(): number {
    let size = 0
    for (const states of this.#byMapper.values()) size += states.size
    return size
  }

  mappers(): IterableIterator<Mapper> {
    return this.#byMapper.keys()
  }

  /** Shows all objects. For who neither adds nor takes away any meanwhile; a generator would make an object for each. */
  forEach(visit: (state: InstanceState) => void): void {
    for (const states of this.#byMapper.values()) states.forEach(visit)
  }

  /** All objects as they are now. */
  states(): InstanceState[] {
    const all: InstanceState[] = []
    this.forEach((state) => {
      all.push(state)
    })
    return all
  }
}
