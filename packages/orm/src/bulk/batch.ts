// A batch on its way: rows of one set of columns stand together, column by column, until the batch is full. What becomes of the sets then
// is grouping.ts's.
import type { ColumnSet } from './column-set.ts'
import type { Grouping } from './grouping.ts'

/** A batch is full at so many characters too: a text has a largest size, and memory is to stay flat. */
const mostCharacters = 8_000_000

/** Rows of one set of columns, pivoted. */
export interface RowGroup {
  readonly set: ColumnSet
  /** The texts of each column of the set, row by row. */
  readonly texts: (string | null)[][]
  /** The rows' numbers in the source. */
  readonly numbers: number[]
}

interface Draft extends RowGroup {
  readonly dropped: Set<number>
}

/** Where a row stands in a batch. */
export interface BatchPlace {
  readonly group: Draft
  readonly at: number
}

export class Batch {
  readonly #groups = new Map<ColumnSet, Draft>()
  #characters = 0
  #rows = 0

  get rows(): number {
    return this.#rows
  }

  isFull(batchSize: number): boolean {
    return this.#rows >= batchSize || this.#characters >= mostCharacters
  }

  add(set: ColumnSet, texts: readonly (string | null)[], number: number): BatchPlace {
    let group = this.#groups.get(set)
    if (!group) {
      group = { set, texts: set.places.map(() => []), numbers: [], dropped: new Set() }
      this.#groups.set(set, group)
    }
    const { texts: columns } = group
    for (let i = 0; i < columns.length; i++) {
      const text = texts[i] ?? null
      columns[i]?.push(text)
      if (text !== null) this.#characters += text.length
    }
    this.#rows++
    return { group, at: group.numbers.push(number) - 1 }
  }

  /** Takes a row out again. */
  drop({ group, at }: BatchPlace): void {
    group.dropped.add(at)
    this.#rows--
  }

  /** Where the rows that are left stand, in their order in the source. */
  places(): readonly BatchPlace[] {
    const places = [...this.#groups.values()].flatMap((group) =>
      group.numbers.flatMap((_, at) => (group.dropped.has(at) ? [] : [{ group, at }])),
    )
    return places.sort((a, b) => (a.group.numbers[a.at] ?? 0) - (b.group.numbers[b.at] ?? 0))
  }

  /** The rows that are left, as they are sent. */
  groups(grouping: Grouping): readonly RowGroup[] {
    return grouping.arrange(
      [...this.#groups.values()].flatMap((group) => {
        const { numbers, dropped } = group
        if (dropped.size === numbers.length) return []
        return dropped.size === 0
          ? [group]
          : [
              rowsOf(
                group,
                [...numbers.keys()].filter((at) => !dropped.has(at)),
              ),
            ]
      }),
    )
  }
}

/** Some of the rows of a group. */
export function rowsOf({ set, texts, numbers }: RowGroup, positions: readonly number[]): RowGroup {
  return {
    set,
    texts: texts.map((column) => positions.map((at) => column[at] ?? null)),
    numbers: positions.map((at) => numbers[at] ?? 0),
  }
}
