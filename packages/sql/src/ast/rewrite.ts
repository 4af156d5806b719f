// Walking and rewriting a tree. Extension authors write their rules with these two: tenant filters, soft delete, pagination.
import { mapChildren, type Rewriter } from './children.ts'
import type { ExpressionNode, Node, QueryNode, SourceNode } from './node.ts'

/** What to put in place of a node; called after its children were rewritten. A missing member changes nothing. */
export interface RewriteRules {
  expression?(node: ExpressionNode): ExpressionNode
  source?(node: SourceNode): SourceNode
  query?(node: QueryNode): QueryNode
}

function rewriterOf(rules: RewriteRules): Rewriter {
  const rewriter: Rewriter = {
    expression: (node) => {
      const next = mapChildren(node, rewriter)
      return rules.expression ? rules.expression(next) : next
    },
    source: (node) => {
      const next = mapChildren(node, rewriter)
      return rules.source ? rules.source(next) : next
    },
    query: (node) => {
      const next = mapChildren(node, rewriter)
      return rules.query ? rules.query(next) : next
    },
  }
  return rewriter
}

/** A query with the rules applied everywhere in it, from the leaves up. Parts that no rule touches keep their identity. */
export function rewriteQuery(node: QueryNode, rules: RewriteRules): QueryNode {
  return rewriterOf(rules).query(node)
}

/** An expression with the rules applied everywhere in it, from the leaves up. */
export function rewriteExpression(node: ExpressionNode, rules: RewriteRules): ExpressionNode {
  return rewriterOf(rules).expression(node)
}

/** Calls `visit` for every node below and including `node`, parents first. Return false to leave out a node's children. */
export function walk(node: Node, visit: (node: Node) => boolean | undefined): void {
  const step = <N extends Node>(next: N): N => {
    if (visit(next) !== false) mapChildren(next, rewriter)
    return next
  }
  const rewriter: Rewriter = { expression: step, source: step, query: step }
  step(node)
}
