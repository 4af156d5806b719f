// The queries of a set operation fit together by position; where their rows are objects, they are meant by name.
import type { ExpressionNode, QueryNode } from '../ast/node.ts'
import { planSelection, selectionOf } from '../compiler/selection.ts'
import { ArgumentError } from '../error/oriel-error.ts'

/** The columns that a query gives, and whether they are meant by their names. */
export interface GivenColumns {
  readonly isByName: boolean
  readonly keys: readonly string[]
  /** What stands behind the keys, where it is one select list. */
  readonly expressions?: readonly ExpressionNode[]
}

/** What a query gives, as far as it is known before it is sent: of a template without `.columns(…)`, nothing is. */
export function columnsGivenBy(query: QueryNode): GivenColumns | null {
  if (query.kind === 'compound') {
    const [first] = query.queries
    return first ? columnsGivenBy(first) : null
  }
  if (query.kind === 'raw')
    return query.columns && { isByName: !Array.isArray(query.columns), keys: Object.keys(query.columns) }
  const selection = selectionOf(query)
  if (!selection) return null
  const { form, items } = selection
  const isEntity = items.length === 1 && items[0]?.kind === 'entity'
  const { columns } = planSelection(selection)
  return {
    isByName: form === 'object' || isEntity,
    keys: columns.map(({ key }) => key),
    expressions: columns.map(({ expression }) => expression),
  }
}

/** A further query of a set operation, its columns in the order of the first query's. Throws ArgumentError where the names differ. */
export function memberOf(first: QueryNode, query: QueryNode, where: string): QueryNode {
  const [wanted, given] = [namesOf(first), namesOf(query)]
  if (!wanted || !given) return query
  if (wanted.length === given.length && wanted.every((key, i) => key === given[i])) return query
  const selection = selectionOf(query)
  if (query.kind === 'select' && selection) {
    const items = wanted.flatMap((key) => selection.items.filter((item) => item.label === key))
    if (items.length === wanted.length && items.length === given.length)
      return Object.freeze({ ...query, selection: Object.freeze({ ...selection, items: Object.freeze(items) }) })
  }
  throw new ArgumentError(`${where}: the first query gives ${wanted.join(', ')}, and another ${given.join(', ')}.`, {
    hint: 'Select the same keys in the same order.',
  })
}

/** The names of rows that are objects, those of a template too. */
function namesOf(query: QueryNode): readonly string[] | null {
  if (query.kind === 'raw' || query.kind === 'compound') {
    const columns = columnsGivenBy(query)
    return columns?.isByName ? columns.keys : null
  }
  const selection = selectionOf(query)
  return selection?.form === 'object' ? selection.items.map((item) => item.label ?? '') : null
}
