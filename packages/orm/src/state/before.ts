// What one journal keeps of an object: the way back. It hangs on the object's state, so that nothing has to be looked up, and objects that
// were alike share it: all new ones are.
import type { InstanceState, Members } from './instance-state.ts'
import type { SmallMap } from './small-map.ts'

/** A key or default that the database filled in: whether the property was there before, and its value. */
export interface Filled {
  readonly name: string
  readonly wasOwn: boolean
  readonly value: unknown
  readonly next: Filled | null
}

/** Tells one journal from another. */
export type JournalMark = object

/** What is put back as it was. Rows are no copies: they are replaced, never changed. */
export interface Kept extends Pick<InstanceState, 'status' | 'identity' | 'row' | 'forgotten' | 'partial'> {
  readonly members: SmallMap<string, Members> | null
}

/** Never changed: others may share it. */
export class Before {
  readonly mark: JournalMark
  readonly kept: Kept
  readonly filled: Filled | null
  /** What journals around this one keep of the object. */
  readonly outer: Before | null
  /** Made of this one last. */
  #next: Before | null = null

  constructor(kept: Kept, { mark, filled, outer }: Pick<Before, 'mark' | 'filled' | 'outer'>) {
    this.mark = mark
    this.kept = kept
    this.filled = filled
    this.outer = outer
  }

  /** The same with one more property that is filled in. */
  filling(name: string, wasOwn: boolean, value: unknown): Before {
    const last = this.#next
    if (last?.filled?.name === name && last.filled.wasOwn === wasOwn && last.filled.value === value) return last
    const { mark, outer } = this
    this.#next = new Before(this.kept, { mark, filled: { name, wasOwn, value, next: this.filled }, outer })
    return this.#next
  }

  /** The same for the journal of this mark, with what others keep behind it. */
  markedBy(mark: JournalMark, outer: Before | null): Before {
    return new Before(this.kept, { mark, filled: this.filled, outer })
  }

  hasFilled(name: string): boolean {
    for (let filled = this.filled; filled; filled = filled.next) if (filled.name === name) return true
    return false
  }
}

/** What the journal of this mark keeps; null where that is nothing. */
export function beforeOf(kept: Before | null, mark: JournalMark): Before | null {
  let before = kept
  while (before && before.mark !== mark) before = before.outer
  return before
}

/** What all others keep. */
export function withoutMark(kept: Before | null, mark: JournalMark): Before | null {
  if (!kept || kept.mark === mark) return kept?.outer ?? null
  const outer = withoutMark(kept.outer, mark)
  return outer === kept.outer ? kept : kept.markedBy(kept.mark, outer)
}

/** All that is kept, with `now` in place of `before`. */
export function replaced(kept: Before | null, before: Before, now: Before): Before | null {
  if (!kept || kept === before) return now
  return kept.markedBy(kept.mark, replaced(kept.outer, before, now))
}
