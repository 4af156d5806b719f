// Equal expressions with values in them are one expression to the server only where they share their placeholders: those of GROUP BY
// and DISTINCT are written once more elsewhere, so that building one twice means the same as using it twice.
import { isExpressionNode, mapChildren, type Rewriter } from '../ast/children.ts'
import type { ExpressionNode, NodeOf } from '../ast/node.ts'
import { walk } from '../ast/rewrite.ts'
import { isSameTree } from './scope.ts'

function hasValue(expression: ExpressionNode): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind === 'parameter') found = true
    return !found && isExpressionNode(node)
  })
  return found
}

function bare(node: ExpressionNode): ExpressionNode {
  return node.kind === 'ordering' || node.kind === 'labelled' ? bare(node.operand) : node
}

/** The single keys of a GROUP BY, those inside ROLLUP, CUBE and GROUPING SETS too. */
export function groupKeys(keys: readonly ExpressionNode[]): ExpressionNode[] {
  return keys.flatMap((key) => (key.kind === 'grouping' ? groupKeys(key.elements) : [bare(key)]))
}

function keysOf(node: NodeOf<'select'>): ExpressionNode[] {
  const keys = groupKeys(node.groupBy)
  if (typeof node.distinct !== 'string') keys.push(...node.distinct.map(bare))
  if (node.distinct === 'rows' && node.orderBy.length > 0)
    for (const item of node.selection.items) if (item.kind === 'value') keys.push(bare(item.expression))
  return keys.filter(hasValue)
}

/** The same select, in which whatever equals one of its keys is that very key. */
export function shareKeys(node: NodeOf<'select'>): NodeOf<'select'> {
  if (node.groupBy.length === 0 && node.distinct === 'none') return node
  const keys = keysOf(node)
  if (keys.length === 0) return node
  // A label in ORDER BY is known by its node, so equal nodes in two clauses must stay one.
  const shared = new Map<ExpressionNode, ExpressionNode>()
  const rewriter: Rewriter = {
    expression: (expression) => {
      let next = shared.get(expression)
      if (!next) {
        next = keys.find((key) => isSameTree(key, expression)) ?? mapChildren(expression, rewriter)
        shared.set(expression, next)
      }
      return next
    },
    source: (source) => source,
    query: (query) => query,
    join: (join) => join,
    onConflict: (conflict) => conflict,
  }
  return mapChildren(node, rewriter)
}
