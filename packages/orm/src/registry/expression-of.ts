// From what users give, an expression or a value, to a node.
import type { ExpressionNode, SqlType } from '@oriel/sql'

function isNode(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
}

/** The node of an expression, a condition, an ordering or a `sql` fragment; null for anything else. */
export function expressionNode(value: unknown): ExpressionNode | null {
  const node = typeof value === 'object' && value !== null && 'node' in value ? value.node : null
  return isNode(node) ? node : null
}

/** The node of a default: a fragment as it is, a value as one of the column's type. */
export function defaultNode(value: unknown, type: SqlType<unknown>, subject: string): ExpressionNode {
  if (value === null) return Object.freeze({ kind: 'keyword', word: 'null', type })
  return expressionNode(value) ?? Object.freeze({ kind: 'parameter', value, subject, type })
}
