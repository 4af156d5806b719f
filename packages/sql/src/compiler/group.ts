// Does an expression, or a query, stand for several rows at once?
import { isExpressionNode } from '../ast/children.ts'
import type { ExpressionNode, NodeOf } from '../ast/node.ts'
import { walk } from '../ast/rewrite.ts'

/** Does an aggregate or a window stand in it, so that its value stands for several rows? */
export function hasGroup(expression: ExpressionNode): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind === 'aggregate' || node.kind === 'window') found = true
    return !found && isExpressionNode(node)
  })
  return found
}

/** Does the query give one row, since it aggregates without groups? */
export function isOneRow(node: NodeOf<'select' | 'compound'>): boolean {
  if (node.kind !== 'select' || node.groupBy.length > 0) return false
  return node.selection.items.every((item) => item.kind === 'value' && isAggregated(item.expression))
}

function isAggregated(expression: ExpressionNode): boolean {
  let found = false
  walk(expression, (node) => {
    if (node.kind === 'aggregate') found = true
    return !found && node.kind !== 'window' && isExpressionNode(node)
  })
  return found
}
