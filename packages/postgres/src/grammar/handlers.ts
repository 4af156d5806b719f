// What PostgreSQL writes otherwise than standard SQL. Everything else is the standard handlers'.
import {
  type CompileContext,
  type Handlers,
  isExpressionNode,
  type NodeOf,
  precedence,
  standardHandlers,
} from '@oriel/sql'
import { addForeignKeys, createEnum } from './unless-exists.ts'

/** A list is one array parameter: the text, and so the prepared plan, is the same for any number of values. */
function membership(node: NodeOf<'membership'>, ctx: CompileContext): void {
  const { values } = node
  // An array of arrays would be taken for one list of all their elements.
  if (ctx.isDefinition || !isExpressionNode(values) || node.operand.type.spec.name === 'array') {
    standardHandlers.membership(node, ctx)
    return
  }
  ctx
    .operand(node.operand, precedence.comparison + 1)
    .write(node.isNegated ? ' <> all (' : ' = any (')
    .visit(values)
    .write(')')
}

export const postgresHandlers: Handlers = Object.freeze({
  ...standardHandlers,
  membership,
  addForeignKeys,
  createEnum,
  cast: (node, ctx) => void ctx.operand(node.operand, precedence.cast).write(`::${ctx.dialect.typeName(node.type)}`),
})
