// The warning on sources that no condition connects: every row with every row, which is rarely meant.
import type { ExpressionNode, Node, NodeOf, SourceNode } from '../ast/node.ts'
import { walk } from '../ast/rewrite.ts'
import type { CompileContext } from './context.ts'
import { isOneRow } from './guard.ts'
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

/** Conditions that stand side by side. */
function conjuncts(conditions: readonly ExpressionNode[]): ExpressionNode[] {
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

/** Warns where FROM has several sources and nothing connects all of them. A cross join says that it is meant. */
export function judgeProduct(node: NodeOf<'select'>, roots: readonly SourceNode[], ctx: CompileContext): void {
  if (roots.length < 2 || node.joins.some((join) => join.form === 'cross join')) return
  const sources = [...roots, ...node.joins.map((join) => join.source)]
  const groups = sources.map((_, i) => new Set([i]))
  const unite = (positions: readonly number[]): void => {
    const union = new Set(positions.flatMap((position) => [...(groups[position] ?? [])]))
    for (const position of union) groups[position] = union
  }
  const conditions = [...node.where, ...node.joins.flatMap((join) => (join.on ? [join.on] : []))]
  for (const condition of conjuncts(conditions)) unite(readBy(condition, sources))
  sources.forEach((source, i) => {
    if (source.kind === 'derived' && source.isLateral) unite([i, ...readBy(source.query, sources)])
    const isDerivedJoin = node.joins.some((join) => join.source === source && join.on === null)
    if (isDerivedJoin) unite([i, 0])
  })
  const apart = roots.filter((source, i) => groups[i] !== groups[0] && !isSingle(source))
  const [first] = roots
  const [other] = apart
  if (!first || !other || isSingle(first)) return
  ctx.warn(
    'cartesian-product',
    `${describeSource(first)} and ${describeSource(other)} are selected without a condition between them: every row of one with every row of the other. Join them, or say .crossJoin(…).`,
  )
}
