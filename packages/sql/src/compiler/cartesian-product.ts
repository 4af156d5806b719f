// The warning on sources that no condition connects: every row with every row, which is rarely meant.
import type { ExpressionNode, Node, NodeOf, SourceNode } from '../ast/node.ts'
import { walk } from '../ast/rewrite.ts'
import type { Column } from '../schema/column.ts'
import type { CompileContext } from './context.ts'
import { tableOf } from './from.ts'
import { isOneRow } from './group.ts'
import { describeSource, isSameSource } from './scope.ts'

/** Which of the sources a condition or a subquery reads, by position. */
function readBy(node: Node, sources: readonly SourceNode[]): number[] {
  const found = new Set<number>()
  walk(node, (part) => {
    if (part.kind === 'column')
      found.add(sources.findIndex((source) => source === part.source || isSameSource(source, part.source)))
    return true
  })
  found.delete(-1)
  return [...found]
}

/** What connects the sources of a statement. */
type Conditions = Pick<NodeOf<'select'>, 'where' | 'joins'>

/** Conditions that stand side by side. */
export function conjuncts(conditions: readonly ExpressionNode[]): ExpressionNode[] {
  return conditions.flatMap((condition) =>
    condition.kind === 'logical' && condition.operator === 'and' ? conjuncts(condition.operands) : [condition],
  )
}

/** A source of one row multiplies nothing: a total beside its parts. */
function isSingle(source: SourceNode): boolean {
  if (source.kind === 'aliased') return isSingle(source.source)
  return (
    (source.kind === 'cte' || source.kind === 'derived') && source.query.kind === 'select' && isOneRow(source.query)
  )
}

/** Are all columns of a unique key of the source equal to values? Then it gives one row at most. */
function isPinned(source: SourceNode, conditions: readonly ExpressionNode[], sources: readonly SourceNode[]): boolean {
  const table = tableOf(source)
  if (!table) return false
  const fixed = new Set<Column>()
  for (const condition of conditions) {
    if (condition.kind !== 'binary' || condition.operator !== '=') continue
    const { left, right } = condition
    for (const [column, value] of [[left, right] as const, [right, left] as const])
      if (column.kind === 'column' && column.column && isSameSource(column.source, source))
        if (readBy(value, sources).length === 0) fixed.add(column.column)
  }
  return table.uniqueKeys().some((key) => key.every((column) => fixed.has(column)))
}

/** Warns where FROM has several sources and nothing connects all of them. A cross join says that it is meant. */
export function judgeProduct(node: Conditions, roots: readonly SourceNode[], ctx: CompileContext): void {
  if (roots.length < 2 || node.joins.some((join) => join.form === 'cross join')) return
  const sources = [...roots, ...node.joins.map((join) => join.source)]
  const groups = sources.map((_, i) => new Set([i]))
  const unite = (positions: readonly number[]): void => {
    const union = new Set(positions.flatMap((position) => [...(groups[position] ?? [])]))
    for (const position of union) groups[position] = union
  }
  const conditions = conjuncts([...node.where, ...node.joins.flatMap((join) => (join.on ? [join.on] : []))])
  for (const condition of conditions) unite(readBy(condition, sources))
  sources.forEach((source, i) => {
    if (source.kind === 'derived' && source.isLateral) unite([i, ...readBy(source.query, sources)])
    const isDerivedJoin = node.joins.some((join) => join.source === source && join.on === null)
    if (isDerivedJoin) unite([i, 0])
  })
  const filters = conjuncts(node.where)
  const many = roots.filter((source) => !isSingle(source) && !isPinned(source, filters, sources))
  const [first] = many
  const groupOf = (source: SourceNode) => groups[roots.indexOf(source)]
  const other = first && many.find((source) => groupOf(source) !== groupOf(first))
  if (!first || !other) return
  ctx.warn(
    'cartesian-product',
    `${describeSource(first)} and ${describeSource(other)} are selected without a condition between them: every row of one with every row of the other. Join them, or say .crossJoin(…).`,
  )
}
