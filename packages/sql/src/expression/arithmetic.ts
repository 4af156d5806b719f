// Arithmetic: which type a sum, a difference or a product has, and what a plain value beside an operator is sent as.
import type { ArithmeticOperator } from '../ast/expression-node.ts'
import type { ExpressionNode } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import type { SqlType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'
import { commonType, doubleType, isIntegral, numberType } from './common-type.ts'
import { alternativeNode, Element, frozen, operandNode, parameter, refuseNull, subjectOf } from './operand.ts'

const intervalType = types.interval()
const instantType = types.timestamptz()
const timestampType = types.timestamp()
const daysType = types.integer()

const temporals: readonly string[] = ['timestamptz', 'timestamp', 'date', 'time', 'timetz']
const isTemporal = (type: SqlType<unknown>) => temporals.includes(type.spec.name)
const isInterval = (type: SqlType<unknown>) => type.spec.name === 'interval'
const isDate = (type: SqlType<unknown>) => type.spec.name === 'date'

const methods: { readonly [O in ArithmeticOperator]: string } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'operator',
  '||': 'concat',
}

function resultType(operator: ArithmeticOperator, left: SqlType<unknown>, right: SqlType<unknown>): SqlType<unknown> {
  if (isTemporal(left) && isTemporal(right)) return isDate(left) && isDate(right) ? daysType : intervalType
  // A day and a span of hours make a time of day.
  if (isTemporal(left)) return isDate(left) && !isIntegral(right) ? timestampType : left
  if (isInterval(left)) return operator === '+' && isTemporal(right) ? right : left
  if (left.spec.name === 'unknown') return left
  const isBigint = left.spec.name === 'bigint' && left.spec.representation !== 'number'
  if (right.spec.name === 'unknown') return isIntegral(left) && !isBigint ? numberType : left
  return commonType(left, right)
}

/** A plain value of the other side. The server cannot tell what stands beside a time unless it is told. */
function valueNode(operator: ArithmeticOperator, other: unknown, left: ExpressionNode): ExpressionNode {
  const subject = subjectOf(left)
  const told = (type: SqlType<unknown>) =>
    frozen({ kind: 'cast', operand: parameter(other, type, subject), type } as const)
  if (isTemporal(left.type)) return told(other instanceof Date && operator === '-' ? instantType : intervalType)
  if (isInterval(left.type)) return told(operator === '*' || operator === '/' ? doubleType : intervalType)
  return Number.isInteger(other) ? alternativeNode(other, left.type, subject) : operandNode(other, left)
}

/** `%` is there for integers and for numeric, and for nothing else that is computed with. */
function refuseRemainder({ type }: ExpressionNode): void {
  if (isTemporal(type) || isInterval(type) || ['real', 'double'].includes(type.spec.name))
    throw new ArgumentError(`PostgreSQL has no % for ${type.spec.name}.`, {
      hint: 'Cast both sides: .cast(t.numeric()), and literal(0.5).cast(t.numeric()) for a fraction.',
    })
}

/** The node of an operator. Throws ArgumentError for null, which would make all of it null, and for text. */
export function compute(operator: ArithmeticOperator, left: ExpressionNode, other: unknown): ExpressionNode {
  if (['text', 'varchar', 'char', 'boolean', 'uuid', 'json', 'jsonb', 'bytea'].includes(left.type.spec.name))
    throw new ArgumentError(`${subjectOf(left)} is ${left.type.spec.name}: there is no arithmetic on it.`, {
      hint: 'Cast it first: .cast(t.numeric()). To join texts use .concat(…).',
    })
  refuseNull(other, left, methods[operator])
  if (operator === '%') refuseRemainder(left)
  const right = other instanceof Element ? operandNode(other, left) : valueNode(operator, other, left)
  if (operator === '%') refuseRemainder(right)
  return frozen({ kind: 'binary', operator, left, right, type: resultType(operator, left.type, right.type) })
}
