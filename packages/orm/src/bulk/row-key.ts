// The key of a row in a load: which rows are one row to the server. Texts are compared as the server would compare the values.
import type { Column } from '@oriel/sql'
import { expressionNode } from '../registry/expression-of.ts'
import type { Mapper } from '../registry/mapper.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { comparable, isComparable } from '../unit-of-work/pairing.ts'
import type { BulkPlan } from './bulk-plan.ts'
import type { ColumnSet } from './column-set.ts'

function columnsOf(constraint: string, { table }: Mapper): readonly Column[] | null {
  if (table.primaryKey?.name === constraint) return table.primaryKey.columns
  return table.uniques.find(({ name }) => name === constraint)?.columns ?? null
}

/** The columns of the key; null where it is made of expressions, or not known here. */
function keyColumns(plan: BulkPlan, format: RowFormat): readonly Column[] | null {
  const { conflictKey } = plan
  if (plan.kind === 'insert') return null
  if (plan.kind === 'update' || conflictKey === null) return format.keys.map(({ column }) => column)
  if ('constraint' in conflictKey) return columnsOf(conflictKey.constraint, format.mapper)
  const columns = conflictKey.flatMap((part) => {
    const node = expressionNode(part)
    return node?.kind === 'column' && node.column ? [node.column] : []
  })
  return columns.length === conflictKey.length ? columns : null
}

export class RowKeys {
  /** Null where rows have no key that can be told from their values. */
  readonly places: readonly Place[] | null
  readonly #positions = new Map<ColumnSet, readonly number[] | null>()

  constructor(plan: BulkPlan, format: RowFormat) {
    const places = keyColumns(plan, format)?.map((column) => format.byColumn.get(column))
    const known = places?.flatMap((place) => place ?? [])
    this.places = known && known.length > 0 && known.length === places?.length ? known : null
  }

  /** The properties of the key, as messages say them. */
  get label(): string | null {
    return this.places?.map(({ name }) => name).join(', ') ?? null
  }

  /** Can keys be compared here, without the server? */
  get areComparable(): boolean {
    return this.places?.every(isComparable) ?? false
  }

  /** The key of a row as text; null where a part of it is missing, which is like no other. */
  of(set: ColumnSet, texts: readonly (string | null)[]): string | null {
    const { places } = this
    const positions = this.#positionsIn(set)
    if (!places || !positions) return null
    let key = ''
    for (let i = 0; i < positions.length; i++) {
      const place = places[i]
      const text = texts[positions[i] ?? -1] ?? null
      if (!place || text === null) return null
      key += i === 0 ? comparable(text, place) : `\u0000${comparable(text, place)}`
    }
    return key
  }

  #positionsIn(set: ColumnSet): readonly number[] | null {
    const known = this.#positions.get(set)
    if (known !== undefined) return known
    const positions = this.areComparable ? (this.places?.map((place) => set.places.indexOf(place)) ?? null) : null
    const found = positions?.includes(-1) ? null : positions
    this.#positions.set(set, found)
    return found
  }
}
