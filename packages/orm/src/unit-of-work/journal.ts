// What objects were like before a transaction, a savepoint or a flush changed them, and the way back.
import { Before, beforeOf, type JournalMark, replaced, withoutMark } from '../state/before.ts'
import type { InstanceState, ObjectStatus } from '../state/instance-state.ts'

/** Has no journal anything to keep of the object but that it is new? */
function isNew(state: InstanceState): boolean {
  return (
    state.status === 'pending' &&
    state.identity === null &&
    state.row.length === 0 &&
    state.forgotten === null &&
    state.members === null &&
    state.displaced === null &&
    state.partial === null &&
    state.kept === null
  )
}

function putBack(state: InstanceState, { kept, filled: last }: Before): void {
  Object.assign(state, kept)
  state.displaced = null
  for (let filled = last; filled; filled = filled.next) {
    if (filled.wasOwn) Reflect.set(state.object, filled.name, filled.value)
    else Reflect.deleteProperty(state.object, filled.name)
  }
}

export class Journal {
  #mark: JournalMark = {}
  /** Those that it keeps something of. */
  #states: InstanceState[] = []
  /** What is kept of a new object. */
  #new: Before | null = null

  /** Keeps what the object is like now, unless that is kept already. */
  keep(state: InstanceState): void {
    this.#keep(state)
  }

  #keep(state: InstanceState): Before {
    const known = beforeOf(state.kept, this.#mark)
    if (known) return known
    const before = this.#made(state)
    state.kept = before
    this.#states.push(state)
    return before
  }

  #made(state: InstanceState): Before {
    if (this.#new && isNew(state)) return this.#new
    const { status, identity, row, forgotten, membership: members, partial, kept: outer } = state
    const kept = { status, identity, row, forgotten, members, partial }
    const before = new Before(kept, { mark: this.#mark, filled: null, outer })
    if (isNew(state)) this.#new = before
    return before
  }

  /** Keeps a property that is about to be filled by the unit of work. */
  keepProperty(state: InstanceState, name: string): void {
    const before = this.#keep(state)
    if (before.hasFilled(name)) return
    const wasOwn = Object.hasOwn(state.object, name)
    const value: unknown = wasOwn ? Reflect.get(state.object, name) : undefined
    state.kept = replaced(state.kept, before, before.filling(name, wasOwn, value))
  }

  /** Shows each object with its status before. */
  forEach(visit: (state: InstanceState, before: ObjectStatus) => void): void {
    for (const state of this.#states) {
      const before = this.statusBefore(state)
      if (before !== null) visit(state, before)
    }
  }

  get states(): readonly InstanceState[] {
    return this.#states
  }

  statusBefore(state: InstanceState): ObjectStatus | null {
    return beforeOf(state.kept, this.#mark)?.kept.status ?? null
  }

  /** Puts every object back: its place, row, membership, and what had been filled in. Values that the user changed stay. */
  restore(): void {
    try {
      for (const state of this.#states) {
        const before = beforeOf(state.kept, this.#mark)
        if (before) putBack(state, before)
      }
    } finally {
      this.end()
    }
  }

  /** Keeps nothing of the object any more. */
  letGo(state: InstanceState): void {
    state.kept = withoutMark(state.kept, this.#mark)
  }

  /** There is no way back any more. */
  end(): void {
    for (const state of this.#states) state.kept = withoutMark(state.kept, this.#mark)
    this.#states = []
    this.#new = null
  }

  /** Hands over to the journal around this one, which keeps what is older. */
  mergeInto(outer: Journal): void {
    if (outer.#states.length === 0) {
      // No object has the mark of the outer one: it takes this one's, and this one has nothing more to keep.
      ;[outer.#mark, this.#mark] = [this.#mark, outer.#mark]
      outer.#states = this.#states
      outer.#new = this.#new
    } else for (const state of this.#states) this.#handOver(state, outer)
    this.#states = []
    this.#new = null
  }

  #handOver(state: InstanceState, outer: Journal): void {
    const before = beforeOf(state.kept, this.#mark)
    if (!before) return
    const others = withoutMark(state.kept, this.#mark)
    const older = beforeOf(others, outer.#mark)
    if (!older) {
      state.kept = before.markedBy(outer.#mark, others)
      outer.#states.push(state)
      return
    }
    let now = older
    for (let { filled } = before; filled; filled = filled.next)
      if (!older.hasFilled(filled.name)) now = now.filling(filled.name, filled.wasOwn, filled.value)
    state.kept = replaced(others, older, now)
  }
}
