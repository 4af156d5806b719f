// The functions of the database, as `func`. Each names its SQL and the type of what it gives.
import type { ExpressionNode } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { type SqlType, unknownType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'
import type { Common, Comparable, Exact, Input, Interval, NumberLike, Numeric, Primitive } from '../type/value.ts'
import { commonType, doubleType as double, isIntegral, wideType as wide } from './common-type.ts'
import { Expression } from './expression.ts'
import {
  type AnyOperand,
  alternativeNode,
  Element,
  type Elements,
  frozen,
  GroupingSets,
  type Kind,
  nodeOf,
  type Operand,
  parameter,
  type RowLevel,
  type Side,
  type Sortable,
  scalarNodeOf,
  shown,
  subjectOf,
} from './operand.ts'
import { Aggregate, FrameCall, HypotheticalSet, OrderedSet, RankingCall, several } from './window.ts'

type AggregateKind<K> = 'aggregate' extends K
  ? 'aggregate inside an aggregate: add .over(), or aggregate a subquery'
  : 'aggregate'
/** What a function is called with: a value, or an expression that may stand where the call does. */
type Argument<K> =
  | Primitive
  | (object & { readonly '~kind'?: K | 'scalar' })
  | { readonly [name: string]: unknown; readonly '~kind'?: K | 'scalar' }
/** What adds up: text does not. */
type Summable = NumberLike | null
type Textual<T> = [Extract<T, Exact>] extends [never] ? unknown : 'a numeric is no text: write .cast(t.text())'
/** What has a least and a greatest: booleans do not, and whatever was cast to `any` is let through. */
type Ordered<T> = boolean extends T
  ? number extends T
    ? unknown
    : 'a boolean has no min or max: write func.boolAnd(…) or func.boolOr(…)'
  : unknown
/** The sources of keys that a row may leave out. */
type SourceIn<X> = X extends { readonly '~source': infer S } ? S : never

const count = types.integer()
const exact = types.numeric()
const text = types.text()
const instant = types.timestamptz()

function aggregateNode(name: string, args: readonly ExpressionNode[], type: SqlType<unknown>): ExpressionNode {
  return frozen({ kind: 'aggregate', name, args, isDistinct: false, orderBy: [], withinGroup: [], filter: null, type })
}

function windowCall(
  name: string,
  args: readonly ExpressionNode[],
  more: { type: SqlType<unknown>; takesFrame: boolean },
): ExpressionNode {
  return frozen({ kind: 'windowCall', name, args, ...more })
}

function call(name: string, args: readonly ExpressionNode[], type: SqlType<unknown>): ExpressionNode {
  return frozen({ kind: 'call', name, args, type })
}

const ranking = (name: string, type: SqlType<unknown> = count) => windowCall(name, [], { type, takesFrame: false })

/** The average keeps exact numbers exact; of bigint it is exact text, of other numbers a number. */
function averageType(type: SqlType<unknown>): SqlType<unknown> {
  if (type.spec.name === 'bigint' && type.spec.representation !== 'number') return exact
  return isIntegral(type) || type.spec.name === 'real' ? double : type
}

/** Sums of integers outgrow them. */
function sumType(type: SqlType<unknown>): SqlType<unknown> {
  return type.spec.name === 'integer' || type.spec.name === 'smallint' ? wide : type
}

function wholeNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new ArgumentError(`${what} is a whole number, got ${shown(value)}.`)
  return value
}

function extreme(name: 'min' | 'max', value: unknown): ExpressionNode {
  const node = nodeOf(value, `${name}()`)
  if (node.type.spec.name === 'boolean')
    throw new ArgumentError(`${subjectOf(node)} is boolean, which has no ${name}.`, {
      hint: `Write func.${name === 'min' ? 'boolAnd' : 'boolOr'}(…).`,
    })
  return aggregateNode(name, [node], node.type)
}

/** round: of a bigint, and with digits, the server knows it for numeric alone. */
function rounded(value: unknown, digits: number): ExpressionNode {
  const node = nodeOf(value, 'round()')
  const { type } = node
  const more =
    digits === 0 ? [] : [parameter(wholeNumber(digits, 'The digits of round()'), count, 'The digits of round()')]
  const isFloating = type.spec.name === 'double' || type.spec.name === 'real'
  const isThere = type.spec.name === 'bigint' ? false : digits === 0 || !(isFloating || isIntegral(type))
  if (isThere) return call('round', [node, ...more], type)
  const operand = call('round', [frozen({ kind: 'cast', operand: node, type: exact }), ...more], exact)
  return frozen({ kind: 'cast', operand, type })
}

/** lag and lead: the offset is part of the call, the fallback has the type of the value. */
function neighbour(name: 'lag' | 'lead', value: unknown, more: readonly unknown[]): ExpressionNode {
  const node = nodeOf(value, `${name}()`)
  const args = [node]
  if (more.length > 0)
    args.push(parameter(wholeNumber(more[0], `The offset of ${name}()`), count, `The offset of ${name}()`))
  if (more.length < 2) return windowCall(name, args, { type: node.type, takesFrame: false })
  const fallback = alternativeNode(more[1], node.type, subjectOf(node))
  return windowCall(name, [...args, fallback], { type: commonType(node.type, fallback.type), takesFrame: false })
}

/** coalesce and its family: one of several values, of the type that all of them have in common. */
function choice(name: 'coalesce' | 'greatest' | 'least', ...[value, other, ...more]: unknown[]): ExpressionNode {
  if (more.length > 0)
    throw new ArgumentError(`${name}() takes two values, got ${more.length + 2}.`, {
      hint: `Put one into the other: func.${name}(func.${name}(a, b), c).`,
    })
  const node = nodeOf(value, `${name}()`)
  const alternative = alternativeNode(other, node.type, subjectOf(node))
  return call(name, [node, alternative], commonType(node.type, alternative.type))
}

function fraction(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw new ArgumentError(`${name}() takes a fraction between 0 and 1, got ${shown(value)}.`)
  return value
}

function percentileCont(fraction_: number): OrderedSet<number | null, Summable>
function percentileCont(fractions: readonly number[]): OrderedSet<number[] | null, Summable>
function percentileCont(value: number | readonly number[]): OrderedSet<number | number[] | null, Summable> {
  const isList = Array.isArray(value)
  const type = isList ? double.array() : double
  if (isList) for (const item of value) fraction(item, 'percentileCont')
  else fraction(value, 'percentileCont')
  const argument = frozen({ kind: 'cast', operand: parameter(value, type, 'The fraction'), type } as const)
  return new OrderedSet(aggregateNode('percentile_cont', [argument], type))
}

/** A member of the family of rank: without values a window function, with them a question to a group. */
interface Rank {
  (): RankingCall<number>
  (...values: [unknown, ...unknown[]]): HypotheticalSet<number>
}

function rankOf(name: string, type: SqlType<unknown>): Rank {
  function call(): RankingCall<number>
  function call(...values: [unknown, ...unknown[]]): HypotheticalSet<number>
  function call(...values: unknown[]): RankingCall<number> | HypotheticalSet<number> {
    if (values.length === 0) return new RankingCall(ranking(name, type))
    return new HypotheticalSet(aggregateNode(name, values.map(argumentNode), type))
  }
  return call
}

/** An argument of a function: an expression, or a value of whatever type the function takes. */
function argumentNode(value: unknown): ExpressionNode {
  return value instanceof Element ? scalarNodeOf(value, 'The argument') : parameter(value, unknownType, 'The argument')
}

function lag<T, S>(value: Operand<T, RowLevel, S>, offset?: number): RankingCall<T | null, S>
function lag<T, S, O extends Input<T> | Operand<NonNullable<Comparable<T>>, RowLevel, unknown>>(
  value: Operand<T, RowLevel, S>,
  offset: number,
  fallback: O,
): RankingCall<Common<T, Side<O, '~type'>>, S | Side<O, '~source'>>
function lag<T, S>(value: Operand<T, RowLevel, S>, ...more: unknown[]): RankingCall<T | null, S> {
  return new RankingCall(neighbour('lag', value, more))
}

function lead<T, S>(value: Operand<T, RowLevel, S>, offset?: number): RankingCall<T | null, S>
function lead<T, S, O extends Input<T> | Operand<NonNullable<Comparable<T>>, RowLevel, unknown>>(
  value: Operand<T, RowLevel, S>,
  offset: number,
  fallback: O,
): RankingCall<Common<T, Side<O, '~type'>>, S | Side<O, '~source'>>
function lead<T, S>(value: Operand<T, RowLevel, S>, ...more: unknown[]): RankingCall<T | null, S> {
  return new RankingCall(neighbour('lead', value, more))
}

/** The functions of the database. */
export const func = {
  /** `now()`: when the transaction began. */
  now(): Expression<Date> {
    return new Expression(call('now', [], instant))
  },
  /** `count(*)`, or of the values that are not null. A number; DataError past 2^53. */
  count(...value: [value?: Operand<unknown, 'scalar', unknown>]): Aggregate<number> {
    return new Aggregate(aggregateNode('count', several(value, 'count()'), wide))
  },
  /** `sum(x)`: null of no rows. Of number a number, of bigint a bigint, of numeric exact text. */
  sum<T extends Summable | Interval, K extends RowLevel, S>(
    value: Operand<T, K, S>,
  ): Aggregate<T | null, S, AggregateKind<K>> {
    const node = nodeOf(value, 'sum()')
    return new Aggregate(aggregateNode('sum', [node], sumType(node.type)))
  },
  /** `avg(x)`: null of no rows. */
  avg<T extends Summable | Interval, K extends RowLevel, S>(
    value: Operand<T, K, S>,
  ): Aggregate<(T extends bigint ? Numeric : T) | null, S, AggregateKind<K>> {
    const node = nodeOf(value, 'avg()')
    return new Aggregate(aggregateNode('avg', [node], averageType(node.type)))
  },
  /** `min(x)`: null of no rows. */
  min<T, K extends RowLevel, S>(value: Operand<T, K, S> & Ordered<T>): Aggregate<T | null, S, AggregateKind<K>> {
    return new Aggregate(extreme('min', value))
  },
  /** `max(x)`: null of no rows. */
  max<T, K extends RowLevel, S>(value: Operand<T, K, S> & Ordered<T>): Aggregate<T | null, S, AggregateKind<K>> {
    return new Aggregate(extreme('max', value))
  },
  /** `bool_and(x)`. */
  boolAnd<S>(value: Operand<boolean | null, 'scalar', S>): Aggregate<boolean | null, S> {
    return new Aggregate(aggregateNode('bool_and', [nodeOf(value, 'boolAnd()')], types.boolean()))
  },
  /** `bool_or(x)`. */
  boolOr<S>(value: Operand<boolean | null, 'scalar', S>): Aggregate<boolean | null, S> {
    return new Aggregate(aggregateNode('bool_or', [nodeOf(value, 'boolOr()')], types.boolean()))
  },
  /** `array_agg(x)`: null of no rows. Say `.orderBy(…)` for a certain order. */
  arrayAgg<T, S>(value: Operand<T, 'scalar', S>): Aggregate<T[] | null, Elements<S>> {
    const node = nodeOf(value, 'arrayAgg()')
    return new Aggregate(aggregateNode('array_agg', [node], node.type.array()))
  },
  /** `string_agg(x, separator)`. */
  stringAgg<T extends string | null, S>(
    value: Operand<T, 'scalar', S> & Textual<T>,
    separator: string,
  ): Aggregate<string | null, S> {
    return new Aggregate(
      aggregateNode('string_agg', [nodeOf(value, 'stringAgg()'), parameter(separator, text, 'The separator')], text),
    )
  },
  /** `stddev_samp(x)`: a number. */
  stddev<K extends RowLevel, S>(value: Operand<Summable, K, S>): Aggregate<number | null, S, AggregateKind<K>> {
    return new Aggregate(aggregateNode('stddev_samp', [nodeOf(value, 'stddev()')], double))
  },
  /** `var_samp(x)`: a number. */
  variance<K extends RowLevel, S>(value: Operand<Summable, K, S>): Aggregate<number | null, S, AggregateKind<K>> {
    return new Aggregate(aggregateNode('var_samp', [nodeOf(value, 'variance()')], double))
  },
  /** `percentile_cont(fraction) WITHIN GROUP (ORDER BY x)`: between two values it interpolates. A number, or numbers for a list of fractions. */
  percentileCont,
  /** `percentile_disc(fraction) WITHIN GROUP (ORDER BY x)`: the first value at or past the fraction. */
  percentileDisc(value: number): OrderedSet<'argument', unknown> {
    const argument = frozen({
      kind: 'cast',
      operand: parameter(fraction(value, 'percentileDisc'), double, 'The fraction'),
      type: double,
    } as const)
    return new OrderedSet(aggregateNode('percentile_disc', [argument], unknownType))
  },
  /** `mode() WITHIN GROUP (ORDER BY x)`: the most frequent value. */
  mode(): OrderedSet<'argument', unknown> {
    return new OrderedSet(aggregateNode('mode', [], unknownType))
  },
  /** `row_number()`: 1, 2, 3, … also among ties. */
  rowNumber(): RankingCall<number> {
    return new RankingCall(ranking('row_number'))
  },
  /** `rank()`: 1, 2, 2, 4. With values, the rank that they would have: `rank(5).withinGroup(o.amount)`. */
  rank: rankOf('rank', count),
  /** `dense_rank()`: 1, 2, 2, 3. With values, as `rank`. */
  denseRank: rankOf('dense_rank', count),
  /** `percent_rank()`: from 0 to 1. With values, as `rank`. */
  percentRank: rankOf('percent_rank', double),
  /** `cume_dist()`: the share of rows up to this one. With values, as `rank`. */
  cumeDist: rankOf('cume_dist', double),
  /** `ntile(n)`: the number of the bucket, from 1. */
  ntile(buckets: number): RankingCall<number> {
    if (!Number.isSafeInteger(buckets) || buckets < 1)
      throw new ArgumentError(`ntile() takes a whole number of buckets, at least 1, got ${shown(buckets)}.`)
    return new RankingCall(
      windowCall('ntile', [parameter(buckets, count, 'The number of buckets')], { type: count, takesFrame: false }),
    )
  },
  /** `lag(x, offset, fallback)`: the value some rows before; without a fallback it may be null. */
  lag,
  /** `lead(x, offset, fallback)`: the value some rows behind; without a fallback it may be null. */
  lead,
  /** `first_value(x)`: of the frame. */
  firstValue<T, S>(value: Operand<T, RowLevel, S>): FrameCall<T, S> {
    const node = nodeOf(value, 'firstValue()')
    return new FrameCall(windowCall('first_value', [node], { type: node.type, takesFrame: true }))
  },
  /** `last_value(x)`: of the frame, which by default ends at the current row. */
  lastValue<T, S>(value: Operand<T, RowLevel, S>): FrameCall<T, S> {
    const node = nodeOf(value, 'lastValue()')
    return new FrameCall(windowCall('last_value', [node], { type: node.type, takesFrame: true }))
  },
  /** `nth_value(x, n)`: of the frame, null where it has fewer rows. */
  nthValue<T, S>(value: Operand<T, RowLevel, S>, n: number): FrameCall<T | null, S> {
    const node = nodeOf(value, 'nthValue()')
    const nth = parameter(wholeNumber(n, 'The position of nthValue()'), count, 'The position of nthValue()')
    return new FrameCall(windowCall('nth_value', [node, nth], { type: node.type, takesFrame: true }))
  },
  /** `coalesce(x, fallback)`: the first that is not null. */
  coalesce<T, K, S, O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    value: Operand<T, K, S>,
    fallback: O,
    ...more: []
  ): Expression<
    Common<NonNullable<T>, Side<O, '~type'>>,
    K | Side<O, '~kind'>,
    Side<O, '~source'> | Extract<S, Elements<unknown>>
  > {
    return new Expression(choice('coalesce', value, fallback, ...more))
  },
  /** `nullif(x, value)`: null where they are equal. */
  nullif<T, K, S, O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    value: Operand<T, K, S>,
    other: O,
  ): Expression<T | null, K | Side<O, '~kind'>, S> {
    const node = nodeOf(value, 'nullif()')
    return new Expression(call('nullif', [node, alternativeNode(other, node.type, subjectOf(node))], node.type))
  },
  /** `greatest(a, b)`: NULLs are passed over. */
  greatest<T, K, S, O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    value: Operand<T, K, S>,
    other: O,
    ...more: []
  ): Expression<Common<T, NonNullable<Side<O, '~type'>>>, K | Side<O, '~kind'>, S> {
    return new Expression(choice('greatest', value, other, ...more))
  },
  /** `least(a, b)`: NULLs are passed over. */
  least<T, K, S, O extends Input<T> | AnyOperand<Comparable<T> | null>>(
    value: Operand<T, K, S>,
    other: O,
    ...more: []
  ): Expression<Common<T, NonNullable<Side<O, '~type'>>>, K | Side<O, '~kind'>, S> {
    return new Expression(choice('least', value, other, ...more))
  },
  /** `lower(x)`. */
  lower<T extends string | null, K, S>(value: Operand<T, K, S> & Textual<T>): Expression<string | (T & null), K, S> {
    return new Expression(call('lower', [nodeOf(value, 'lower()')], text))
  },
  /** `upper(x)`. */
  upper<T extends string | null, K, S>(value: Operand<T, K, S> & Textual<T>): Expression<string | (T & null), K, S> {
    return new Expression(call('upper', [nodeOf(value, 'upper()')], text))
  },
  /** `length(x)`: in characters. */
  length<T extends string | null, K, S>(value: Operand<T, K, S> & Textual<T>): Expression<number | (T & null), K, S> {
    return new Expression(call('length', [nodeOf(value, 'length()')], count))
  },
  /** `abs(x)`. */
  abs<T extends Summable, K, S>(value: Operand<T, K, S>): Expression<T, K, S> {
    const node = nodeOf(value, 'abs()')
    return new Expression(call('abs', [node], node.type))
  },
  /** `round(x, digits)`; of other numbers by way of numeric, which alone has digits. */
  round<T extends Summable, K, S>(value: Operand<T, K, S>, digits = 0): Expression<T, K, S> {
    return new Expression(rounded(value, digits))
  },
  /** `date_trunc(unit, x)`: the start of the hour, day, month, … */
  dateTrunc<T extends Date | null, K, S>(
    unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year',
    value: Operand<T, K, S>,
  ): Expression<Date | (T & null), K, S> {
    const node = nodeOf(value, 'dateTrunc()')
    return new Expression(
      call('date_trunc', [parameter(unit, text, `The unit for ${subjectOf(node)}`), node], node.type),
    )
  },
  /** `ROLLUP (a, b)` in GROUP BY: subtotals from the right, and a grand total. What they leave out is null. */
  rollup<A extends Sortable<'scalar'>[]>(...keys: A): GroupingSets<SourceIn<A[number]>> {
    return new GroupingSets(
      frozen({ kind: 'grouping', form: 'rollup', elements: several(keys, 'rollup()'), type: unknownType }),
    )
  },
  /** `CUBE (a, b)` in GROUP BY: subtotals for every combination. What they leave out is null. */
  cube<A extends Sortable<'scalar'>[]>(...keys: A): GroupingSets<SourceIn<A[number]>> {
    return new GroupingSets(
      frozen({ kind: 'grouping', form: 'cube', elements: several(keys, 'cube()'), type: unknownType }),
    )
  },
  /** `GROUPING SETS ((a), (a, b), ())` in GROUP BY. What a set leaves out is null in its rows. */
  groupingSets<A extends (readonly Sortable<'scalar'>[])[]>(...sets: A): GroupingSets<SourceIn<A[number][number]>> {
    const elements = sets.map((set) =>
      frozen({ kind: 'grouping', form: 'set', elements: several(set, 'groupingSets()'), type: unknownType } as const),
    )
    return new GroupingSets(frozen({ kind: 'grouping', form: 'grouping sets', elements, type: unknownType }))
  },
  /** `grouping(a)`: 1 in rows that ROLLUP and its family made by leaving the key out. */
  grouping(key: Operand<unknown, 'scalar', unknown>): Aggregate<number> {
    return new Aggregate(aggregateNode('grouping', [nodeOf(key, 'grouping()')], count))
  },
  /**
   * Any other function of the database, by name. Its result is decoded by what the server reports; T holds null where it may
   * be null. With an aggregate or a window among the arguments, name its kind: `func.call<string, 'aggregate'>('to_hex', func.count())`.
   */
  call<T, K extends Kind = 'scalar'>(name: string, ...values: Argument<K>[]): Expression<T, K> {
    if (!/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$/.test(name))
      throw new ArgumentError(`${shown(name)} is not the name of a function.`)
    return new Expression(call(name, values.map(argumentNode), unknownType))
  },
}
