// Do the keys of a window tell all rows of its query apart? Then no two rows tie. Follows joins: what a key determines, and what it multiplies.

import { isExpressionNode } from '../ast/children.ts'
import type { NodeOfWindow } from '../ast/expression-node.ts'
import type { ExpressionNode, NodeOf, QueryNode, SourceNode } from '../ast/node.ts'
import { walk } from '../ast/rewrite.ts'
import type { JoinNode } from '../ast/source-node.ts'
import { conjuncts } from './cartesian-product.ts'
import { collectSources, fromSources, joinCondition, tableOf } from './from.ts'
import { isOneRow } from './group.ts'
import { isSameSource, isSameTree } from './scope.ts'
import { planSelection } from './selection.ts'
import { groupKeys } from './shared-key.ts'

/** Sets of column names, each of which no two rows of a source share. Null: nothing is known of it. */
function keysOf(source: SourceNode): readonly (readonly string[])[] | null {
  const table = tableOf(source)
  if (table) return table.uniqueKeys().map((key) => key.map(({ name }) => name))
  const query = source.kind === 'aliased' ? queryOf(source.source) : queryOf(source)
  if (query?.kind !== 'select') return null
  if (isOneRow(query)) return [[]]
  if (query.groupBy.length === 0) return null
  const { columns } = planSelection(query.selection)
  const names = groupKeys(query.groupBy).map(
    (key) => columns.find(({ expression }) => isSameTree(unlabelled(expression), key))?.name,
  )
  return names.every((name) => name !== undefined) ? [names] : null
}

function queryOf(source: SourceNode): QueryNode | null {
  return source.kind === 'derived' || (source.kind === 'cte' && source.recursion === null) ? source.query : null
}

function unlabelled(node: ExpressionNode): ExpressionNode {
  return node.kind === 'labelled' || node.kind === 'ordering' ? unlabelled(node.operand) : node
}

/** A column that equals an expression, and the join whose condition says so; null for WHERE. */
interface Equality {
  readonly column: NodeOf<'column'>
  readonly other: ExpressionNode
  readonly join: JoinNode | null
}

function equalities(conditions: readonly ExpressionNode[], join: JoinNode | null): Equality[] {
  return conjuncts(conditions).flatMap((condition) => {
    if (condition.kind !== 'binary' || condition.operator !== '=') return []
    const { left, right } = condition
    return [[left, right] as const, [right, left] as const].flatMap(([column, other]) =>
      column.kind === 'column' ? [{ column, other, join }] : [],
    )
  })
}

/** May a join's condition pin this source? An outer join keeps rows of one side for which the condition does not hold. */
function holdsFor(source: SourceNode, join: JoinNode | null): boolean {
  if (join?.form === 'left join') return isSameSource(join.source, source)
  if (join?.form === 'right join') return !isSameSource(join.source, source)
  return join?.form !== 'full join'
}

/** The sources of a query, and those of which the keys leave several rows together. */
function tellApart(query: NodeOf<'select'>, keys: readonly ExpressionNode[]) {
  const sources = [...fromSources(query)]
  const known = equalities(query.where, null)
  for (const join of query.joins) {
    if (join.form !== 'cross join') known.push(...equalities(joinCondition(join, sources), join))
    sources.push(join.source)
  }
  const loose = new Set(sources)
  const isFixed = (node: ExpressionNode): boolean => {
    const read: SourceNode[] = []
    collectSources(node, read)
    return read.every((source) => ![...loose].some((other) => isSameSource(other, source)))
  }
  const isDetermined = (source: SourceNode): boolean => {
    const names = new Set<string>()
    for (const key of keys) if (key.kind === 'column' && isSameSource(key.source, source)) names.add(key.name)
    for (const { column, other, join } of known)
      if (isSameSource(column.source, source) && holdsFor(source, join) && isFixed(other)) names.add(column.name)
    return keysOf(source)?.some((key) => key.every((name) => names.has(name))) ?? false
  }
  for (let before = -1; before !== loose.size; ) {
    before = loose.size
    for (const source of loose) if (isDetermined(source)) loose.delete(source)
  }
  return { sources, loose: [...loose] }
}

/** Functions that are known to give one value. */
const plainFunctions = new Set(['coalesce', 'nullif', 'greatest', 'least', 'lower', 'upper', 'abs', 'round'])

/** Does another function, or a template, stand in it? Like unnest, it may give several rows where there is one. */
function mayMultiply(expression: ExpressionNode): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind === 'fragment' || (node.kind === 'call' && !plainFunctions.has(node.name))) found = true
    return !found && isExpressionNode(node)
  })
  return found
}

/** Do the conditions leave one row at most, since they fix a key of each source? */
export function isPinnedToOneRow(query: NodeOf<'select'>): boolean {
  // ROLLUP and its family give several groups of one row.
  if (query.groupBy.some((key) => key.kind === 'grouping' || key.kind === 'fragment')) return false
  const { items } = query.selection
  if (items.some((item) => item.kind === 'value' && mayMultiply(item.expression))) return false
  return tellApart(query, []).loose.length === 0
}

/** Do partition and order together name a key of the query's rows? */
export function isTotalOrder({ partitionBy, orderBy }: NodeOfWindow, query: NodeOf<'select'>): boolean {
  const keys = [...partitionBy, ...orderBy].map(unlabelled)
  const { sources, loose: found } = tellApart(query, keys)
  // Where one source is told apart, a query beside it of which nothing is known is taken not to multiply its rows.
  const loose = found.length < sources.length ? found.filter((source) => keysOf(source) !== null) : found
  if (loose.length === 0) return true
  if (query.groupBy.length === 0) return false
  // Rows are groups: what tells the groups apart tells them apart.
  return groupKeys(query.groupBy).every((key) => {
    if (keys.some((other) => isSameTree(key, other))) return true
    const read: SourceNode[] = []
    collectSources(key, read)
    return read.every((source) => !loose.some((other) => isSameSource(other, source)))
  })
}
