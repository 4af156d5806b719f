// Conditions put together: and, or, not, exists. And values that stand alone: literal, case.
import type { ExpressionNode } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { isQuery, type Query, queryNodeOf } from '../statement/query.ts'
import { type SqlType, unknownType } from '../type/sql-type.ts'
import type { Common } from '../type/value.ts'
import { commonType, typeBeside } from './common-type.ts'
import { Expression, Ordering, orderingNode } from './expression.ts'
import {
  type AnyOperand,
  bareType,
  booleanType,
  conditionNodeOf,
  Element,
  frozen,
  nodeOf,
  nullNode,
  type Operand,
  parameter,
  type QualifyCondition,
  refuseUndefined,
  type Side,
  scalarNodeOf,
  shown,
  trueNode,
  typeOfValue,
} from './operand.ts'

function combine(operator: 'and' | 'or', conditions: readonly unknown[]): ExpressionNode {
  const operands = conditions.map((condition, i) => {
    refuseUndefined(condition, `Condition ${i + 1} of ${operator}()`)
    return conditionNodeOf(condition, `${operator}()`)
  })
  return frozen({ kind: 'logical', operator, operands: Object.freeze(operands), type: booleanType })
}

/** All conditions hold: `a AND b`. Of none, true. */
export function and<C extends readonly QualifyCondition[]>(
  ...conditions: C
): Expression<C[number]['~type'], C[number]['~kind'], C[number]['~source']> {
  return new Expression(combine('and', conditions))
}

/** At least one condition holds: `a OR b`. Of none, false. */
export function or<C extends readonly QualifyCondition[]>(
  ...conditions: C
): Expression<C[number]['~type'], C[number]['~kind'], C[number]['~source']> {
  return new Expression(combine('or', conditions))
}

/** `NOT a`. */
export function not<C extends QualifyCondition>(condition: C): Expression<C['~type'], C['~kind'], C['~source']> {
  refuseUndefined(condition, 'The condition of not()')
  return new Expression(
    frozen({ kind: 'unary', operator: 'not', operand: conditionNodeOf(condition, 'not()'), type: booleanType }),
  )
}

/** `EXISTS (SELECT …)`. The query should read a column of the one around it. */
export function exists(query: Query<unknown>): Expression<boolean> {
  if (!isQuery(query)) throw new ArgumentError(`exists() takes a query, got ${shown(query)}.`)
  return new Expression(frozen({ kind: 'exists', query: queryNodeOf(query), type: booleanType }))
}

type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T

/** A value as an expression, with the type that it has in JavaScript: `literal(0)` is `CAST ($1 AS integer)`. */
export function literal<T extends string | number | boolean | bigint | Date | null>(value: T): Expression<Widened<T>> {
  return new Expression(literalNode(value))
}

function literalNode(value: unknown): ExpressionNode {
  refuseUndefined(value, 'The value of literal()')
  if (value === null) return nullNode
  if (value === true) return trueNode
  if (value === false) return frozen({ kind: 'keyword', word: 'false', type: booleanType })
  const type = typeOfValue(value)
  return frozen({ kind: 'cast', operand: parameter(value, type, 'The value of literal()'), type })
}

/** Ascending, for ORDER BY; `column.asc()` is the same. */
export function asc<K>(value: Operand<unknown, K, unknown>): Ordering<K> {
  return new Ordering(orderingNode(nodeOf(value, 'asc()'), 'asc'))
}

/** Descending, for ORDER BY; `column.desc()` is the same. */
export function desc<K>(value: Operand<unknown, K, unknown>): Ordering<K> {
  return new Ordering(orderingNode(nodeOf(value, 'desc()'), 'desc'))
}

/** A value that CASE and COALESCE may give: its own node, or a parameter that says its type. */
export function resultNode(value: unknown, beside: SqlType<unknown>): ExpressionNode {
  if (value instanceof Element) return scalarNodeOf(value, 'The result of a CASE')
  if (value === null) return nullNode
  const type = beside.spec.name === 'unknown' ? typeOfValue(value) : bareType(typeBeside(value, beside))
  return frozen({ kind: 'cast', operand: parameter(value, type, 'The value'), type })
}

type Result<O> = O extends Operand<infer T, unknown, unknown> ? T : Widened<O>
type Value = string | number | boolean | bigint | Date | null
type CaseResult = Value | AnyOperand<unknown>

/** CASE under construction: an expression that is null where no branch holds. */
export class Case<T, K, S> extends Expression<T | null, K, S> {
  /** `WHEN condition THEN result`. */
  when<C extends QualifyCondition, O extends CaseResult>(
    condition: C,
    result: O,
  ): Case<Common<T, Result<O>>, K | C['~kind'] | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Case(branch(this.node, condition, result))
  }

  /** `ELSE result`. */
  else<O extends CaseResult>(
    result: O,
  ): Expression<Common<T, Result<O>>, K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    const { node } = this
    if (node.kind !== 'case') return new Expression(node)
    refuseUndefined(result, 'The result of a CASE')
    const otherwise = resultNode(result, node.type)
    return new Expression(frozen({ ...node, otherwise, type: commonType(node.type, otherwise.type) }))
  }
}

function branch(before: ExpressionNode | null, condition: unknown, value: unknown): ExpressionNode {
  refuseUndefined(condition, 'The condition of a CASE')
  refuseUndefined(value, 'The result of a CASE')
  const branches = before?.kind === 'case' ? before.branches : []
  const type = before?.type ?? unknownType
  const result = resultNode(value, type)
  return frozen({
    kind: 'case',
    subject: null,
    branches: [...branches, { when: conditionNodeOf(condition, 'when()'), result }],
    otherwise: null,
    type: commonType(type, result.type),
  })
}

/** `CASE WHEN condition THEN result …`: `caseWhen(o.amount.gt('100'), 'big').else('small')`. */
export function caseWhen<C extends QualifyCondition, O extends CaseResult>(
  condition: C,
  result: O,
): Case<Result<O>, C['~kind'] | Side<O, '~kind'>, Side<O, '~source'>> {
  return new Case(branch(null, condition, result))
}
