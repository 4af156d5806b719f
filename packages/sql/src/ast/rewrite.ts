// Walking and rewriting a tree. Extension authors write their rules with these two: tenant filters, soft delete, pagination.
import { childrenOf, mapChildren, type Rewriter } from './children.ts'
import type { ExpressionNode, Node, QueryNode, SourceNode } from './node.ts'

/** What to put in place of a node; called after its children were rewritten. A missing member changes nothing. */
export interface RewriteRules {
  expression?(node: ExpressionNode): ExpressionNode
  source?(node: SourceNode): SourceNode
  query?(node: QueryNode): QueryNode
}

/** The same node is rewritten once, so that what was shared stays shared: a value in SELECT and GROUP BY is one parameter. */
function remembered<N extends Node>(rewrite: (node: N) => N): (node: N) => N {
  const known = new Map<N, N>()
  return (node) => {
    const before = known.get(node)
    if (before) return before
    const next = rewrite(node)
    known.set(node, next)
    return next
  }
}

function rewriterOf(rules: RewriteRules): Rewriter {
  const rewriter: Rewriter = {
    expression: remembered((node) => {
      const next = mapChildren(node, rewriter)
      return rules.expression ? rules.expression(next) : next
    }),
    source: remembered((node) => {
      const next = mapChildren(node, rewriter)
      return rules.source ? rules.source(next) : next
    }),
    query: remembered((node) => {
      const next = mapChildren(node, rewriter)
      return rules.query ? rules.query(next) : next
    }),
    join: (node) => mapChildren(node, rewriter),
    onConflict: (node) => mapChildren(node, rewriter),
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
  // A stack instead of recursion: trees can be deep.
  const stack: Node[] = [node]
  for (let next = stack.pop(); next; next = stack.pop())
    if (visit(next) !== false) stack.push(...childrenOf(next).reverse())
}
