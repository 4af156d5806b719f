// A batch on its way: rows of one set of columns stand together, column by column, until the batch is full.
import type { ColumnSet } from './column-set.ts'

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

  /** The rows that are left. */
  groups(): RowGroup[] {
    return [...this.#groups.values()].flatMap((group) => {
      const { set, texts, numbers, dropped } = group
      if (dropped.size === 0) return [group]
      if (dropped.size === numbers.length) return []
      const isKept = (_: unknown, at: number): boolean => !dropped.has(at)
      return [{ set, texts: texts.map((column) => column.filter(isKept)), numbers: numbers.filter(isKept) }]
    })
  }
}
