// Expressions: columns, values and what is computed from them. Every method gives a new expression; nothing is changed.
import type { BinaryOperator, ComparisonOperator, NullsPlacement, SortDirection } from '../ast/expression-node.ts'
import type { ExpressionNode } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { isQuery, type Query, queryNodeOf } from '../statement/query.ts'
import { SqlType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'
import type {
  Addend,
  AddendOperand,
  Comparable,
  Difference,
  Exact,
  Factor,
  FactorOperand,
  Input,
  Instant,
  Remainder,
  Result,
  Text,
} from '../type/value.ts'
import { compute } from './arithmetic.ts'
import {
  type AnyOperand,
  booleanType,
  Element,
  frozen,
  nodeOf,
  nullNode,
  type Operand,
  operandNode,
  parameter,
  refuseNull,
  refuseUndefined,
  type Side,
  shown,
  subjectOf,
} from './operand.ts'

/** A place in ORDER BY, with its direction. */
export class Ordering<out K> extends Element {
  declare readonly '~kind': K
  declare readonly '~ordering': true

  /** NULLs before everything else: `ORDER BY x DESC NULLS FIRST`. */
  nullsFirst(): Ordering<K> {
    return new Ordering(placeNulls(this.node, 'first'))
  }

  /** NULLs behind everything else: `ORDER BY x NULLS LAST`. */
  nullsLast(): Ordering<K> {
    return new Ordering(placeNulls(this.node, 'last'))
  }
}

function placeNulls(node: ExpressionNode, nulls: NullsPlacement): ExpressionNode {
  return node.kind === 'ordering' ? frozen({ ...node, nulls }) : node
}

export function orderingNode(operand: ExpressionNode, direction: SortDirection): ExpressionNode {
  return frozen({ kind: 'ordering', operand, direction, nulls: null, type: operand.type })
}

/** json is kept as text and has no `=`; which columns are json the types do not tell. */
function refuseJson(left: ExpressionNode): void {
  if (left.type.spec.name === 'json')
    throw new ArgumentError(`${subjectOf(left)} is json, which PostgreSQL cannot compare.`, {
      hint: 'Declare the column t.jsonb(), or compare .cast(t.jsonb()).',
    })
}

function compare(operator: ComparisonOperator, left: ExpressionNode, other: unknown): ExpressionNode {
  refuseJson(left)
  if (other === null)
    throw new ArgumentError(`${subjectOf(left)} ${operator} null is never true.`, {
      hint: 'Use isNull() or isNotNull().',
    })
  return frozen({ kind: 'binary', operator, left, right: operandNode(other, left), type: booleanType })
}

/** `=` and `<>`, where null means IS NULL. */
function equal(left: ExpressionNode, other: unknown, isNegated: boolean): ExpressionNode {
  const isNullOther = other === null || (other instanceof Element && other.node === nullNode)
  return isNullOther ? nullTest(left, isNegated) : compare(isNegated ? '<>' : '=', left, other)
}

function nullTest(operand: ExpressionNode, isNegated: boolean): ExpressionNode {
  return frozen({ kind: 'nullTest', operand, isNegated, type: booleanType })
}

/** What LIKE takes for a wildcard, taken literally. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

function matches(operand: ExpressionNode, pattern: string, isCaseInsensitive = false): ExpressionNode {
  const subject = subjectOf(operand)
  if (typeof pattern !== 'string') throw new ArgumentError(`${subject}: a pattern is a string, got ${shown(pattern)}.`)
  return frozen({
    kind: 'like',
    operand,
    pattern: parameter(pattern, types.text(), subject),
    isCaseInsensitive,
    isNegated: false,
    type: booleanType,
  })
}

function membership(operand: ExpressionNode, values: unknown, isNegated: boolean): ExpressionNode {
  refuseJson(operand)
  const subject = subjectOf(operand)
  if (isQuery(values))
    return frozen({ kind: 'membership', operand, values: queryNodeOf(values), isNegated, type: booleanType })
  if (!Array.isArray(values))
    throw new ArgumentError(`${subject}.${isNegated ? 'notIn' : 'in'}() takes a list or a query, got ${shown(values)}.`)
  values.forEach((value: unknown, i) => {
    refuseUndefined(value, `${subject}, element ${i + 1} of the list`)
    if (value === null)
      throw new ArgumentError(
        `${subject}: a list for ${isNegated ? 'notIn' : 'in'}() cannot hold null, which equals nothing.`,
        {
          hint: `Say it apart: or(column.in([…]), column.isNull()).`,
        },
      )
  })
  const list = frozen({
    kind: 'parameter',
    value: Object.freeze([...values]),
    type: operand.type.array(),
    subject,
  } as const)
  return frozen({ kind: 'membership', operand, values: list, isNegated, type: booleanType })
}

/** Between texts `%` is the question of pg_trgm whether they are similar. */
const texts: readonly string[] = ['text', 'varchar', 'char']

/** What `contains` looks for: elements in an array, a piece in a text. */
type Containable<T> = T extends readonly (infer U)[]
  ? readonly U[]
  : T extends Exact
    ? never
    : T extends string
      ? string
      : never

/** An expression of T. K says where it may stand, S whose absence makes it null. */
export class Expression<T, K = 'scalar', S = never> extends Element implements Operand<T, K, S> {
  declare readonly '~type': T
  declare readonly '~kind': K
  declare readonly '~source': S

  /** `a = b`; `eq(null)` is `a IS NULL`. */
  eq<O extends Input<T> | null | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(equal(this.node, other, false))
  }
  /** `a <> b`; `ne(null)` is `a IS NOT NULL`. */
  ne<O extends Input<T> | null | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(equal(this.node, other, true))
  }
  /** `a > b`. */
  gt<O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compare('>', this.node, other))
  }
  /** `a >= b`. */
  gte<O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compare('>=', this.node, other))
  }
  /** `a < b`. */
  lt<O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compare('<', this.node, other))
  }
  /** `a <= b`. */
  lte<O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compare('<=', this.node, other))
  }
  /** `a BETWEEN low AND high`, both ends included. */
  between<A extends Input<T> | AnyOperand<Comparable<T> | null>, B extends Input<T> | AnyOperand<Comparable<T> | null>>(
    low: A,
    high: B,
  ): Expression<
    boolean | (T & null) | (Side<A | B, '~type'> & null),
    K | Side<A | B, '~kind'>,
    S | Side<A | B, '~source'>
  > {
    const { node } = this
    refuseJson(node)
    for (const edge of [low, high]) refuseNull(edge, node, 'between')
    return new Expression(
      frozen({
        kind: 'between',
        operand: node,
        low: operandNode(low, node),
        high: operandNode(high, node),
        type: booleanType,
      }),
    )
  }
  /** `a = ANY ($1)` for a list, sent as one parameter however long; `a IN (SELECT …)` for a query. */
  in<R extends readonly [Comparable<T> | null] = never>(
    values: readonly Input<T>[] | Query<R>,
  ): Expression<boolean | (T & null) | (R[0] & null), K, S> {
    return new Expression(membership(this.node, values, false))
  }
  /** `a <> ALL ($1)` for a list, `a NOT IN (SELECT …)` for a query. */
  notIn<R extends readonly [Comparable<T> | null] = never>(
    values: readonly Input<T>[] | Query<R>,
  ): Expression<boolean | (T & null) | (R[0] & null), K, S> {
    return new Expression(membership(this.node, values, true))
  }
  /** `a IS NULL`. */
  isNull(): Expression<boolean, K> {
    return new Expression(nullTest(this.node, false))
  }
  /** `a IS NOT NULL`. */
  isNotNull(): Expression<boolean, K> {
    return new Expression(nullTest(this.node, true))
  }
  /** `a IS DISTINCT FROM b`: like `<>`, with NULL as a value. */
  isDistinctFrom<O extends Input<T> | null | AnyOperand<Comparable<T> | null>>(
    other: O,
  ): Expression<boolean, K | Side<O, '~kind'>> {
    refuseJson(this.node)
    return new Expression(
      frozen({
        kind: 'binary',
        operator: 'is distinct from',
        left: this.node,
        right: operandNode(other, this.node),
        type: booleanType,
      }),
    )
  }
  /** `a + b`; on a date, an interval: `createdAt.add({ days: 7 })`. */
  add<O extends Addend<T> | AnyOperand<AddendOperand<T> | null>>(
    other: O,
  ): Expression<Result<T, Side<O, '~type'>>, K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compute('+', this.node, other))
  }
  /** `a - b`; of two instants, an interval. */
  sub<O extends Addend<T> | Instant<T> | AnyOperand<AddendOperand<T> | Instant<T> | null>>(
    other: O,
  ): Expression<Difference<T, Side<O, '~type'>, O>, K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compute('-', this.node, other))
  }
  /** `a * b`; an interval, that many times. */
  mul<O extends Factor<T> | AnyOperand<FactorOperand<T> | null>>(
    other: O,
  ): Expression<Result<T, Side<O, '~type'>>, K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compute('*', this.node, other))
  }
  /** `a / b`: between integers, without the remainder, as in SQL. */
  div<O extends Factor<T> | AnyOperand<FactorOperand<T> | null>>(
    other: O,
  ): Expression<Result<T, Side<O, '~type'>>, K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    return new Expression(compute('/', this.node, other))
  }
  /** `a LIKE pattern`, wildcards `%` and `_`. */
  like(this: Operand<Text<T>, K, S>, pattern: string): Expression<boolean | (T & null), K, S> {
    return new Expression(matches(nodeOf(this, 'like'), pattern))
  }
  /** `a ILIKE pattern`: without regard to case. */
  ilike(this: Operand<Text<T>, K, S>, pattern: string): Expression<boolean | (T & null), K, S> {
    return new Expression(matches(nodeOf(this, 'ilike'), pattern, true))
  }
  /** `a LIKE 'prefix%'`; wildcards in the prefix are taken literally. */
  startsWith(this: Operand<Text<T>, K, S>, prefix: string): Expression<boolean | (T & null), K, S> {
    return new Expression(
      matches(nodeOf(this, 'startsWith'), typeof prefix === 'string' ? `${escapeLike(prefix)}%` : prefix),
    )
  }
  /** `a LIKE '%suffix'`; wildcards in the suffix are taken literally. */
  endsWith(this: Operand<Text<T>, K, S>, suffix: string): Expression<boolean | (T & null), K, S> {
    return new Expression(
      matches(nodeOf(this, 'endsWith'), typeof suffix === 'string' ? `%${escapeLike(suffix)}` : suffix),
    )
  }
  /** `a || b`. */
  concat<O extends string | AnyOperand<string | null>>(
    this: Operand<Text<T>, K, S>,
    other: O,
  ): Expression<string | (T & null) | (Side<O, '~type'> & null), K | Side<O, '~kind'>, S | Side<O, '~source'>> {
    const left = nodeOf(this, 'concat')
    refuseNull(other, left, 'concat')
    return new Expression(
      frozen({ kind: 'binary', operator: '||', left, right: operandNode(other, left), type: types.text() }),
    )
  }
  /** On an array, `a @> values`: it holds all of them. On a text, `a LIKE '%piece%'` with the piece taken literally. */
  contains<O extends Containable<T>>(value: O): Expression<boolean | (T & null), K, S> {
    const { node } = this
    if (typeof value === 'string') return new Expression(matches(node, `%${escapeLike(value)}%`))
    refuseNull(value, node, 'contains')
    const right = operandNode(value, node)
    return new Expression(frozen({ kind: 'binary', operator: '@>', left: node, right, type: booleanType }))
  }
  /** `CAST (a AS type)`. */
  cast<U>(type: SqlType<U>): Expression<NonNullable<U> | (T & null), K, S> {
    if (!(type instanceof SqlType))
      throw new ArgumentError(`cast() takes a column type such as t.integer(), got ${shown(type)}.`)
    return new Expression(frozen({ kind: 'cast', operand: this.node, type }))
  }
  /** Any other operator of the database, from a fixed list: `tags.operator('&&', ['a'])`. `%` of numbers is what a division leaves. */
  operator<P extends '@>' | '<@' | '&&' | '%', O>(
    operator: P,
    other: O,
  ): Expression<
    P extends '%' ? Remainder<T, Side<O, '~type'>> : boolean | (T & null) | (Side<O, '~type'> & null),
    K | Side<O, '~kind'>,
    S | Side<O, '~source'>
  > {
    const known: readonly BinaryOperator[] = ['@>', '<@', '&&', '%']
    if (!known.includes(operator))
      throw new ArgumentError(`Unknown operator ${shown(operator)}. Known: ${known.join(' ')}`)
    const { node } = this
    if (operator === '%' && !texts.includes(node.type.spec.name)) return new Expression(compute('%', node, other))
    refuseNull(other, node, 'operator')
    return new Expression(
      frozen({ kind: 'binary', operator, left: node, right: operandNode(other, node), type: booleanType }),
    )
  }
  /** Gives it a name: `AS label` in a select list, the name alone in ORDER BY. */
  as(label: string): Expression<T, K, S> {
    if (typeof label !== 'string' || label === '') throw new ArgumentError(`A label is a name, got ${shown(label)}.`)
    return new Expression(frozen({ kind: 'labelled', operand: this.node, label, type: this.node.type }))
  }
  /** Ascending, for ORDER BY. */
  asc(): Ordering<K> {
    return new Ordering(orderingNode(this.node, 'asc'))
  }
  /** Descending, for ORDER BY. */
  desc(): Ordering<K> {
    return new Ordering(orderingNode(this.node, 'desc'))
  }
}
