// What an expression is made of and compared with: the phantom types that say where it may stand, and the way from a value to a node.
import { frozen } from '../ast/freeze.ts'
import type { ExpressionNode } from '../ast/node.ts'
import { describe } from '../compiler/describe.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { SqlType, unknownType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'
import { doubleType, isIntegral, typeBeside, wideType } from './common-type.ts'

/** Where an expression may stand. */
export type Kind = 'scalar' | 'aggregate' | 'window'

/** Who can make a value null by being absent (the null side of an outer join). Invariant, so a wider entity is not mistaken for a narrower one. */
export interface Source<E> {
  readonly '~same': (entity: E) => E
  // biome-ignore lint/suspicious/noExplicitAny: an untagged source may be any tag's, so doubt adds a null and never loses one
  readonly '~tag': any
}
/** `entity(Currency, 'currency')`: tells same-shaped classes apart. */
export interface TaggedSource<E, Tag> extends Source<E> {
  readonly '~tag': Tag
}
export type SourceOf<E> = E extends unknown ? Source<E> : never

/** Of a list: whose absence makes its elements null. The list itself is there. */
export interface Elements<out S> {
  readonly '~elements': S
}

/** The small face every parameter asks for: three properties to compare instead of forty methods. */
export interface Operand<out T, out K, out S> {
  readonly '~type': T
  readonly '~kind': K
  readonly '~source': S
}
/** An operand that may stand anywhere. `any`: where an argument is wrong, the clause around must not fail as well. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyOperand<T> = Operand<T, any, any>
// The extra literals below belong to no expression. They are hints: the compiler prints them when a kind does not fit.
/** A condition for WHERE and ON: a boolean, neither aggregate nor window. */
export interface RowCondition {
  readonly '~type': boolean | null
  readonly '~kind': 'scalar' | 'no window or aggregate here: wrap it in a CTE or subquery and filter outside'
}
/** A condition for HAVING. */
export interface GroupCondition {
  readonly '~type': boolean | null
  readonly '~kind': 'scalar' | 'aggregate' | 'no window here: wrap it in a CTE or subquery and filter outside'
}
/** A condition of any kind: for `and`, `or`, `not` and QUALIFY. */
export interface QualifyCondition {
  readonly '~type': boolean | null
  readonly '~kind': Kind
  readonly '~source': unknown
}
/** What may stand in ORDER BY and similar lists. */
export type Sortable<K> = { readonly '~kind': K }
export type Several<T> = T | readonly T[]
/** What may stand in the arguments of an aggregate: columns and values, over a window also other aggregates. */
export type RowLevel = 'scalar' | 'aggregate'

/** A phantom of the other side of an operator; nothing when that side is a value. An indexed access, so that a cast-away `any` stays `any`. */
export type Side<O, P extends keyof Operand<unknown, unknown, unknown>> =
  O extends Operand<unknown, unknown, unknown> ? O[P] : never

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** Anything that carries a node: expressions, orderings, window calls. The one class that values are told apart from. */
export class Element {
  /** The syntax tree behind it. */
  readonly node: ExpressionNode

  constructor(node: ExpressionNode) {
    this.node = node
  }

  /** A few words in place of the tree, which goes in circles. */
  toJSON(): string {
    return describe(this.node)
  }

  [inspect](): string {
    return `${this.constructor.name} ${describe(this.node)}`
  }
}

/** ROLLUP and its family in GROUP BY: in some rows their keys are left out, so columns of these sources may be null. */
export class GroupingSets<out S> extends Element {
  declare readonly '~kind': 'scalar'
  declare readonly '~omits': S
}

export { frozen }

export const booleanType = types.boolean()
export const integerType = types.integer()
const bigintType = types.bigint()
const textType = types.text()
const instantType = types.timestamptz()
const bytesType = types.bytea()
export const nullNode: ExpressionNode = frozen({ kind: 'keyword', word: 'null', type: unknownType })
export const trueNode: ExpressionNode = frozen({ kind: 'keyword', word: 'true', type: booleanType })

/** The type of a value that stands alone, such as in `literal(0)`. */
export function typeOfValue(value: unknown): SqlType<unknown> {
  switch (typeof value) {
    case 'boolean':
      return booleanType
    case 'bigint':
      return bigintType
    case 'string':
      return textType
    case 'number':
      if (!Number.isInteger(value)) return doubleType
      return Math.abs(value) < 2 ** 31 ? integerType : wideType
    default:
      if (value instanceof Date) return instantType
      return value instanceof Uint8Array ? bytesType : unknownType
  }
}

const bareTypes = new WeakMap<SqlType<unknown>, SqlType<unknown>>()

/** The type without its length, precision and scale: a cast to it changes no value. */
export function bareType(type: SqlType<unknown>): SqlType<unknown> {
  const { length, precision, scale, ...spec } = type.spec
  if (spec.name !== 'char' && length === undefined && precision === undefined && scale === undefined) return type
  let bare = bareTypes.get(type)
  if (!bare) {
    bare = new SqlType<unknown>(spec.name === 'char' ? { ...spec, name: 'text' } : spec)
    bareTypes.set(type, bare)
  }
  return bare
}

/** Why a value cannot be used, in the user's words. */
export function refuseUndefined(value: unknown, subject: string): void {
  if (value === undefined)
    throw new ArgumentError(`${subject} is undefined.`, {
      hint: 'Pass null for NULL, or leave the condition or the column out.',
    })
}

/** Refuses null where it makes the whole expression null: that is never what was meant. */
export function refuseNull(value: unknown, left: ExpressionNode, method: string): void {
  if (value === null)
    throw new ArgumentError(`${subjectOf(left)}.${method}() was given null, so it would be null.`, {
      hint: 'Use isNull() or isNotNull(), or func.coalesce(…).',
    })
}

/** A value as a parameter of a type. */
export function parameter(value: unknown, type: SqlType<unknown>, subject: string): ExpressionNode {
  refuseUndefined(value, subject)
  return value === null ? nullNode : frozen({ kind: 'parameter', value, type, subject })
}

/** What messages call an expression. */
export function subjectOf(node: ExpressionNode): string {
  if (node.kind === 'column') return node.subject
  if (node.kind === 'labelled') return subjectOf(node.operand)
  return 'The value'
}

/** The node of something that has a value: no ordering, no window function without its window. */
export function scalarNodeOf(element: Element, where: string): ExpressionNode {
  const { node } = element
  if (node.kind === 'windowCall')
    throw new ArgumentError(`${where}: ${node.name}() is a window function and needs .over(…).`)
  if (node.kind === 'ordering')
    throw new ArgumentError(`${where} takes a value, not an ordering.`, { hint: 'Leave out .asc() and .desc().' })
  return node
}

/** The node of an expression. Throws for anything else. */
export function nodeOf(value: unknown, where: string): ExpressionNode {
  if (value instanceof Element) return scalarNodeOf(value, where)
  throw new ArgumentError(`${where} takes an expression, got ${shown(value)}.`, {
    hint: 'Columns come from entity(Class); for a plain value use literal(…).',
  })
}

/** The node of a condition. What JavaScript compared, and an object of values, are told to compare in SQL. */
export function conditionNodeOf(value: unknown, where: string): ExpressionNode {
  const isFields = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  if (typeof value !== 'boolean' && !isFields) return nodeOf(value, where)
  const [property = 'email'] = isFields ? Object.keys(value) : []
  const compared = `e.${property}.eq('x')`
  throw new ArgumentError(`${where} takes an expression, got ${shown(value)}.`, {
    hint: `Compare with .eq(…): ${where.endsWith('()') ? `${where.slice(0, -1)}${compared})` : compared}.`,
  })
}

/** The node of an expression, or of a value that stands in for one beside `beside`. */
export function operandNode(value: unknown, beside: ExpressionNode): ExpressionNode {
  const { type } = beside
  const subject = subjectOf(beside)
  if (value instanceof Element) return scalarNodeOf(value, subject)
  // A fraction beside an integer column is a number of its own, not a wrong integer.
  if (typeof value === 'number' && !Number.isInteger(value) && isIntegral(type))
    return frozen({ kind: 'cast', operand: parameter(value, doubleType, subject), type: doubleType })
  return parameter(value, type, subject)
}

/** The node of an expression, or of a value that may stand in for one of a type: the value keeps a type of its own where it does not fit. */
export function alternativeNode(value: unknown, type: SqlType<unknown>, subject: string): ExpressionNode {
  if (value instanceof Element) return scalarNodeOf(value, subject)
  const own = typeBeside(value, type)
  const node = parameter(value, own, subject)
  return own === type || value === null ? node : frozen({ kind: 'cast', operand: node, type: own })
}

/** A value in a few words, for messages: never the whole of it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (value === null) return 'null'
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)} (string)`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return `${value} (${typeof value})`
  if (typeof value === 'function') return value.name ? `the function or class ${value.name}` : 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  return Array.isArray(value) ? 'an array' : `an object (${value.constructor?.name ?? 'no class'})`
}
