// LIMIT and OFFSET: whole numbers, and nothing else, whatever the types were told.
import type { ExpressionNode } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { parameter, shown } from '../expression/operand.ts'
import { types } from '../type/types.ts'

const bigint = types.bigint()

export function limitNode(rows: unknown, where: string): ExpressionNode {
  if (typeof rows !== 'number' || !Number.isSafeInteger(rows) || rows < 0)
    throw new ArgumentError(`${where} takes a whole number of at least 0, got ${shown(rows)}.`)
  return parameter(rows, bigint, where)
}
