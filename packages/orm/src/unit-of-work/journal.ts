// What objects were like before a transaction, a savepoint or a flush changed them, and the way back.
import type { InstanceState, Members, ObjectStatus, RawRow } from '../state/instance-state.ts'
import type { SmallMap } from '../state/small-map.ts'

/** A key or default that the database filled in: whether the property was there before, and its value. */
interface Filled {
  readonly name: string
  readonly wasOwn: boolean
  readonly value: unknown
  /** A list of so few takes less room than an array, and there is one for every new object. */
  readonly next: Filled | null
}

/** What is restored of one object. */
interface Before {
  readonly status: ObjectStatus
  readonly identity: string | null
  /** Not a copy: rows are replaced, never changed. */
  readonly row: Readonly<RawRow>
  readonly forgotten: InstanceState['forgotten']
  readonly members: SmallMap<string, Members> | null
  readonly partial: InstanceState['partial']
  filled: Filled | null
}

function isAmong(name: string, list: Filled | null): boolean {
  for (let filled = list; filled; filled = filled.next) if (filled.name === name) return true
  return false
}

export class Journal {
  #before = new Map<InstanceState, Before>()

  /** Keeps what the object is like now, unless that is kept already. */
  keep(state: InstanceState): void {
    this.#keep(state)
  }

  #keep(state: InstanceState): Before {
    let before = this.#before.get(state)
    if (!before) {
      const { status, identity, row, forgotten, partial } = state
      before = { status, identity, row, forgotten, members: state.membership, partial, filled: null }
      this.#before.set(state, before)
    }
    return before
  }

  /** Keeps a property that is about to be filled by the unit of work. */
  keepProperty(state: InstanceState, name: string): void {
    const before = this.#keep(state)
    if (isAmong(name, before.filled)) return
    const wasOwn = Object.hasOwn(state.object, name)
    const value: unknown = wasOwn ? Reflect.get(state.object, name) : undefined
    before.filled = { name, wasOwn, value, next: before.filled }
  }

  forEach(visit: (state: InstanceState) => void): void {
    this.#before.forEach((_, state) => {
      visit(state)
    })
  }

  get states(): IterableIterator<InstanceState> {
    return this.#before.keys()
  }

  statusBefore(state: InstanceState): ObjectStatus | null {
    return this.#before.get(state)?.status ?? null
  }

  /** Puts every object back: its place, row, membership, and what had been filled in. Values that the user changed stay. */
  restore(): void {
    for (const [state, before] of this.#before) {
      state.status = before.status
      state.identity = before.identity
      state.row = before.row
      state.forgotten = before.forgotten
      state.members = before.members
      state.partial = before.partial
      state.displaced = null
      for (let filled = before.filled; filled; filled = filled.next) {
        if (filled.wasOwn) Reflect.set(state.object, filled.name, filled.value)
        else Reflect.deleteProperty(state.object, filled.name)
      }
    }
  }

  /** Hands over to the journal around this one, which keeps what is older. */
  mergeInto(outer: Journal): void {
    if (outer.#before.size === 0) {
      outer.#before = this.#before
      this.#before = new Map()
      return
    }
    for (const [state, before] of this.#before) {
      const older = outer.#before.get(state)
      if (!older) {
        outer.#before.set(state, before)
        continue
      }
      for (let filled = before.filled; filled; filled = filled.next)
        if (!isAmong(filled.name, older.filled)) older.filled = { ...filled, next: older.filled }
    }
  }
}
