// Which rows of a batch go into one statement, and in which order. Rows that give different properties are of one statement where what they
// leave out is NULL anyway.
import type { Table } from '@oriel/sql'
import type { ColumnProperty } from '../registry/mapper.ts'
import type { RowFormat } from '../state/row-format.ts'
import type { RowGroup } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { type ColumnSet, KnownSets } from './column-set.ts'
import type { RowKeys } from './row-key.ts'

/** Do rows of the table refer to others of it? */
export function isSelfReferential(table: Table): boolean {
  return table.foreignKeys.some(({ target }) => target() === table)
}

export class Grouping {
  readonly #sets = new KnownSets()
  readonly #mayBeNull: (property: ColumnProperty) => boolean
  readonly #keepsOrder: boolean

  constructor(plan: BulkPlan, format: RowFormat, keys: RowKeys) {
    const { table } = format.mapper
    const isNullWhereLeftOut = ({ column, isFilled, isComputed }: ColumnProperty): boolean =>
      column.isNullable && !isFilled && !isComputed
    const keyNames = new Set((keys.places ?? []).map(({ name }) => name))
    this.#mayBeNull = (property) => isNullWhereLeftOut(property) && !isWritten(property, plan, keyNames)
    // References are checked at the end of each statement: a row comes after the row that it refers to. Where rows with one key cannot be
    // told, the last one is written last.
    this.#keepsOrder = isSelfReferential(table) || (plan.kind !== 'insert' && keys.places === null)
  }

  arrange(groups: readonly RowGroup[]): readonly RowGroup[] {
    if (groups.length < 2) return groups
    const merged = this.#merged(groups)
    return this.#keepsOrder && merged.length > 1 ? runsOf(merged) : merged
  }

  #merged(groups: readonly RowGroup[]): readonly RowGroup[] {
    const alike = new Map<string, RowGroup[]>()
    for (const group of groups) {
      const key = group.set.places.flatMap(({ property, index }) => (this.#mayBeNull(property) ? [] : index)).join(' ')
      const others = alike.get(key)
      if (others) others.push(group)
      else alike.set(key, [group])
    }
    return [...alike.values()].map((list) => {
      const [only, ...more] = list
      return only && more.length === 0 ? only : gathered(list, this.#union(list))
    })
  }

  #union(groups: readonly RowGroup[]): ColumnSet {
    const places = new Set(groups.flatMap(({ set }) => set.places))
    return this.#sets.of([...places].sort((a, b) => a.index - b.index))
  }
}

/** Does it make a difference to the row that is there whether the property was given? */
function isWritten({ name, isKey }: ColumnProperty, { kind, action }: BulkPlan, keys: ReadonlySet<string>): boolean {
  if (kind === 'insert') return false
  if (kind === 'update') return true
  switch (action.kind) {
    case 'nothing':
    case 'set':
      return false
    case 'columns':
      return action.properties.includes(name)
    case 'given':
      return !isKey && !keys.has(name)
  }
}

interface Position {
  readonly group: RowGroup
  readonly at: number
  readonly number: number
}

/** The rows of several groups, as they followed each other in the source. */
function inOrder(groups: readonly RowGroup[]): readonly Position[] {
  const positions = groups.flatMap((group) => group.numbers.map((number, at): Position => ({ group, at, number })))
  return positions.sort((a, b) => a.number - b.number)
}

/** The rows of several groups as one. */
function gathered(groups: readonly RowGroup[], set: ColumnSet): RowGroup {
  const positions = inOrder(groups)
  const columns = new Map(groups.map((group) => [group, set.places.map((place) => group.set.places.indexOf(place))]))
  return {
    set,
    texts: set.places.map((_, i) =>
      positions.map(({ group, at }) => group.texts[columns.get(group)?.[i] ?? -1]?.[at] ?? null),
    ),
    numbers: positions.map(({ number }) => number),
  }
}

/** Rows of one set that follow each other stay together; others are cut apart. */
function runsOf(groups: readonly RowGroup[]): readonly RowGroup[] {
  const runs: RowGroup[] = []
  let last: RowGroup | null = null
  let run: RowGroup | null = null
  for (const { group, at, number } of inOrder(groups)) {
    if (!run || group !== last) {
      run = { set: group.set, texts: group.set.places.map(() => []), numbers: [] }
      runs.push(run)
      last = group
    }
    group.texts.forEach((column, i) => {
      run?.texts[i]?.push(column[at] ?? null)
    })
    run.numbers.push(number)
  }
  return runs
}
