// What objects were like before a transaction, a savepoint or a flush changed them, and the way back.
import type { InstanceState, Members, ObjectStatus, RawRow } from '../state/instance-state.ts'

/** What is restored of one object. */
interface Before {
  readonly status: ObjectStatus
  readonly identity: string | null
  readonly row: RawRow
  readonly members: Map<string, Members> | null
  /** Keys and defaults that the database filled in: property by property, whether it was there, and its value. */
  readonly filled: Map<string, { readonly wasOwn: boolean; readonly value: unknown }>
}

export class Journal {
  readonly #before = new Map<InstanceState, Before>()

  /** Keeps what the object is like now, unless that is kept already. */
  keep(state: InstanceState): void {
    if (this.#before.has(state)) return
    this.#before.set(state, {
      status: state.status,
      identity: state.identity,
      row: state.row.slice(),
      members: state.membership,
      filled: new Map(),
    })
  }

  /** Keeps a property that is about to be filled by the unit of work. */
  keepProperty(state: InstanceState, name: string): void {
    this.keep(state)
    const filled = this.#before.get(state)?.filled
    if (!filled || filled.has(name)) return
    const wasOwn = Object.hasOwn(state.object, name)
    filled.set(name, { wasOwn, value: wasOwn ? Reflect.get(state.object, name) : undefined })
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
      state.displaced = null
      for (const [name, { wasOwn, value }] of before.filled) {
        if (wasOwn) Reflect.set(state.object, name, value)
        else Reflect.deleteProperty(state.object, name)
      }
    }
  }

  /** Hands over to the journal around this one, which keeps what is older. */
  mergeInto(outer: Journal): void {
    for (const [state, before] of this.#before) {
      const older = outer.#before.get(state)
      if (!older) {
        outer.#before.set(state, before)
        continue
      }
      for (const [name, value] of before.filled) if (!older.filled.has(name)) older.filled.set(name, value)
    }
  }
}
