// What objects were like before a transaction, a savepoint or a flush changed them, and the way back.
import type { InstanceState, Members, ObjectStatus, RawRow } from '../state/instance-state.ts'
import type { SmallMap } from '../state/small-map.ts'

/** A key or default that the database filled in: whether the property was there before, and its value. */
interface Filled {
  readonly name: string
  readonly wasOwn: boolean
  readonly value: unknown
}

/** What is restored of one object. */
interface Before {
  readonly status: ObjectStatus
  readonly identity: string | null
  /** Not a copy: rows are replaced, never changed. */
  readonly row: Readonly<RawRow>
  readonly members: SmallMap<string, Members> | null
  readonly partial: InstanceState['partial']
  filled: readonly Filled[] | null
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
      const { status, identity, row, partial } = state
      before = { status, identity, row, members: state.membership, partial, filled: null }
      this.#before.set(state, before)
    }
    return before
  }

  /** Keeps a property that is about to be filled by the unit of work. */
  keepProperty(state: InstanceState, name: string): void {
    const before = this.#keep(state)
    const { filled } = before
    if (filled?.some((each) => each.name === name)) return
    const wasOwn = Object.hasOwn(state.object, name)
    const added = { name, wasOwn, value: wasOwn ? Reflect.get(state.object, name) : undefined }
    // Not by a list that grows by itself, and takes room for many: there is one for every new object.
    before.filled = filled ? [...filled, added] : [added]
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
      state.members = before.members
      state.partial = before.partial
      state.displaced = null
      for (const { name, wasOwn, value } of before.filled ?? []) {
        if (wasOwn) Reflect.set(state.object, name, value)
        else Reflect.deleteProperty(state.object, name)
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
      const known = older.filled ?? []
      const added = before.filled?.filter((filled) => !known.some(({ name }) => name === filled.name)) ?? []
      if (added.length > 0) older.filled = [...known, ...added]
    }
  }
}
