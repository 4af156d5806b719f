// A query inside another statement.
import type { QueryNode } from '../ast/node.ts'
import type { CompileContext } from './context.ts'
import type { Scope } from './scope.ts'

/** Writes `(query)` and gives back the scope at its border, which knows whether the query reads anything from outside. */
export function writeSubquery(query: QueryNode, ctx: CompileContext): Scope {
  return ctx.nested(ctx.scope, () => ctx.write('(').visit(query).write(')'))
}
