// SELECT. Every method gives a new statement; a statement can be kept, shared, and built upon in two directions.
import type { NodeOf } from '../ast/node.ts'
import type { Compiled, WarningCode } from '../compiler/compiled.ts'
import type { Dialect } from '../dialect.ts'
import { checkOptions } from '../error/known-options.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { Expression } from '../expression/expression.ts'
import { func } from '../expression/function.ts'
import {
  type Elements,
  frozen,
  type GroupCondition,
  type Kind,
  type Operand,
  type QualifyCondition,
  type RowCondition,
  type Several,
  type Sortable,
  type Source,
  type SourceOf,
  shown,
  trueNode,
} from '../expression/operand.ts'
import { several, type WindowSpec, windowNode } from '../expression/window.ts'
import type { EntityRef, FromItem } from '../source/attributes.ts'
import { type Cte, cteOf, subqueryOf } from '../source/derived.ts'
import { type Attributes, type EntityClass, sourceOf } from '../source/entity.ts'
import type { Relationship } from '../source/relationship.ts'
import type { Data } from '../type/value.ts'
import { allowing } from './allowed.ts'
import { conditionNodes, type Given, rootAttributes } from './clause.ts'
import { type JoinForm, joinNodes } from './join.ts'
import { limitNode } from './limit.ts'
import { compileOnce, inspect, inspectStatement, type Query, queryNode, sqlOf } from './query.ts'

/** What a select list may hold. */
export type Selectable = Operand<unknown, Kind, unknown> | EntityClass<unknown> | EntityRef<unknown, unknown>
export type Fields = { readonly [name: string]: Selectable }
/** T where a source A is absent; where only its elements have one, null among them. */
type NullIn<T, A> = [A] extends [never] ? (T extends readonly (infer X)[] ? (X | null)[] : T) : T | null
/** A field's value in the row, N being the sources that an outer join may leave empty. */
export type Field<F, N> = F extends { readonly '~type': infer T; readonly '~source': infer S }
  ? [Extract<S, N | Elements<N>>] extends [never]
    ? T
    : NullIn<T, Extract<S, N>>
  : F extends EntityRef<infer E, infer S>
    ? [Extract<S, N>] extends [never]
      ? E
      : E | null
    : F extends EntityClass<infer E>
      ? [Extract<Source<E>, N>] extends [never]
        ? E
        : E | null
      : never
/** The row of a statement. Conditional at the top, so that it prints as the plain row. */
export type Row<F, N = never> = F extends readonly unknown[]
  ? { -readonly [K in keyof F]: Field<F[K], N> }
  : { -readonly [K in keyof F]: Field<F[K], N> }
/** The row of a select as another query sees it: an entity alone gives its columns. */
export type CteRow<F, N> = F extends readonly [EntityClass<infer E>]
  ? Data<E>
  : // biome-ignore lint/suspicious/noExplicitAny: the source of an entity is of no interest here
    F extends readonly [EntityRef<infer E, any>]
    ? Data<E>
    : Row<F, N>
type SourcesIn<F> = F[keyof F] extends infer X
  ? X extends { readonly '~source': infer S }
    ? S extends Elements<infer Inner>
      ? Inner
      : S
    : // biome-ignore lint/suspicious/noExplicitAny: the entity itself is of no interest here
      X extends EntityRef<any, infer S>
      ? S
      : X extends EntityClass<infer E>
        ? Source<E>
        : never
  : never
// biome-ignore lint/suspicious/noExplicitAny: the source of an entity is of no interest here
type EntityIn<X> = X extends EntityRef<infer E, any> ? E : X extends EntityClass<infer E> ? E : never
export type RootOf<F> = F extends readonly (infer X)[] ? EntityIn<X> : EntityIn<F[keyof F]>
// biome-ignore lint/suspicious/noExplicitAny: a relationship of any entity may be joined
type Target<S, E> = FromItem<S> | EntityClass<E> | Relationship<any, E>
/** A loader option of some root entity. The language carries it and does not read it. */
export interface LoaderOption<out E> {
  readonly '~root': E
}
/** The first value of a row. */
export type ScalarOf<R> = R extends readonly [infer First, ...unknown[]] ? First : R[keyof R]

/** Options of a row lock. */
export interface LockOptions {
  readonly skipLocked?: boolean
  readonly noWait?: boolean
  readonly of?: readonly (FromItem<unknown> | EntityClass<unknown>)[]
}

type SelectNode = NodeOf<'select'>

/** The sources whose columns GROUP BY leaves out in some rows. */
type Omitted<G> = G extends { readonly '~omits': infer S }
  ? S
  : G extends (root: never) => { readonly '~omits': infer S }
    ? S
    : never

/** A SELECT. F is its select list, N the sources that an outer join may leave empty. */
export class Select<F, N = never> implements Query<Row<F, N>> {
  declare readonly '~row': Row<F, N>
  readonly #node: SelectNode

  constructor(node: SelectNode) {
    this.#node = node
  }

  /** Frozen where it is handed out: a statement is built in many steps, and read after the last. */
  get [queryNode](): SelectNode {
    return Object.isFrozen(this.#node) ? this.#node : frozen(this.#node)
  }

  /** Names FROM: exactly these sources; others that are selected belong to the query around it. */
  from(...items: (FromItem<unknown> | EntityClass<unknown>)[]): Select<F, N> {
    return this.#with({ from: [...this.#node.from, ...items.map((item) => sourceOf(item, 'from()'))] })
  }

  /** `WHERE`: all conditions hold, also those of earlier calls. */
  where(...conditions: Given<RowCondition, RootOf<F>>[]): Select<F, N> {
    return this.#with({ where: [...this.#node.where, ...conditionNodes(conditions, 'where()', () => this.#root())] })
  }

  /** Filters on window functions, which WHERE cannot: the query is wrapped, and the condition goes outside. */
  qualify(...conditions: QualifyCondition[]): Select<F, N> {
    return this.#with({
      qualify: [...this.#node.qualify, ...conditionNodes(conditions, 'qualify()', () => this.#root())],
    })
  }

  /** The first `rows` of each group: `topN(3, { per: o.customerId, orderBy: o.createdAt.desc() })`. */
  topN(
    rows: number,
    group: { readonly per: Several<Sortable<'scalar'>>; readonly orderBy: Several<Sortable<'scalar'>> },
  ): Select<F, N> {
    if (!Number.isSafeInteger(rows) || rows < 1)
      throw new ArgumentError(`topN() takes a whole number of rows, at least 1, got ${shown(rows)}.`)
    checkOptions(group, ['per', 'orderBy'], 'topN()')
    return this.qualify(func.rowNumber().over({ partitionBy: group.per, orderBy: group.orderBy }).lte(rows))
  }

  /** `GROUP BY`. */
  groupBy<G extends Given<Sortable<'scalar' | 'no window or aggregate in GROUP BY'>, RootOf<F>>[]>(
    ...keys: G
  ): Select<F, N | Omitted<G[number]>> {
    return new Select({ ...this.#node, groupBy: [...this.#node.groupBy, ...this.#keys(keys, 'groupBy()')] })
  }

  /** `HAVING`: a condition on groups. */
  having(...conditions: GroupCondition[]): Select<F, N> {
    return this.#with({ having: [...this.#node.having, ...conditionNodes(conditions, 'having()', () => this.#root())] })
  }

  /** `ORDER BY`, behind the keys of earlier calls. */
  orderBy(...keys: Given<Sortable<Kind>, RootOf<F>>[]): Select<F, N> {
    return this.#with({ orderBy: [...this.#node.orderBy, ...this.#keys(keys, 'orderBy()')] })
  }

  /** `WINDOW name AS (…)`, for `.over('name')`. */
  window(name: string, spec: WindowSpec): Select<F, N> {
    if (typeof name !== 'string' || name === '') throw new ArgumentError(`A window needs a name, got ${shown(name)}.`)
    return this.#with({ windows: [...this.#node.windows, { name, specification: windowNode(spec) }] })
  }

  /** `SELECT DISTINCT`. */
  distinct(): Select<F, N> {
    return this.#with({ distinct: 'rows' })
  }

  /** `SELECT DISTINCT ON (…)`: the first row of each, by ORDER BY, which must begin with the same keys. */
  distinctOn(...keys: Given<Sortable<'scalar'>, RootOf<F>>[]): Select<F, N> {
    if (keys.length === 0) throw new ArgumentError('distinctOn() needs at least one key.')
    return this.#with({ distinct: this.#keys(keys, 'distinctOn()') })
  }

  /** `LIMIT`. Throws ArgumentError for anything but a whole number of at least 0. */
  limit(rows: number): Select<F, N> {
    return this.#with({ limit: limitNode(rows, 'limit()') })
  }

  /** `OFFSET`. Throws ArgumentError for anything but a whole number of at least 0. */
  offset(rows: number): Select<F, N> {
    return this.#with({ offset: limitNode(rows, 'offset()') })
  }

  /** `FOR UPDATE`: locks the rows until the transaction ends. */
  forUpdate(options: LockOptions = {}): Select<F, N> {
    return this.#lock('update', options)
  }

  /** `FOR SHARE`: keeps others from changing the rows until the transaction ends. */
  forShare(options: LockOptions = {}): Select<F, N> {
    return this.#lock('share', options)
  }

  /** `JOIN`. By a relationship, or with a condition; without one, by the only foreign key between the two. */
  join(target: Target<unknown, unknown>, ...on: [on?: RowCondition]): Select<F, N> {
    return new Select(this.#joined('join', target, on))
  }

  /** `LEFT JOIN`: the target's columns may be null. */
  leftJoin<S = never, E = never>(target: Target<S, E>, ...on: [on?: RowCondition]): Select<F, N | S | SourceOf<E>> {
    return new Select(this.#joined('left join', target, on))
  }

  /** `LEFT JOIN LATERAL … ON true`. */
  leftJoinLateral<S>(target: FromItem<S>): Select<F, N | S> {
    return new Select(this.#joined('left join', target, [trueCondition]))
  }

  /** `JOIN LATERAL … ON true`: rows without a match are left out. */
  joinLateral(target: FromItem<unknown>): Select<F, N> {
    return new Select(this.#joined('join', target, [trueCondition]))
  }

  /** `RIGHT JOIN`: the columns of what was there before may be null. */
  rightJoin<S = never, E = never>(
    target: Target<S, E>,
    ...on: [on?: RowCondition]
  ): Select<F, N | Exclude<SourcesIn<F>, S | SourceOf<E>>> {
    return new Select(this.#joined('right join', target, on))
  }

  /** `FULL JOIN`: the columns of either side may be null. */
  fullJoin<S = never, E = never>(
    target: Target<S, E>,
    ...on: [on?: RowCondition]
  ): Select<F, N | SourcesIn<F> | S | SourceOf<E>> {
    return new Select(this.#joined('full join', target, on))
  }

  /** `CROSS JOIN`: every row with every row. */
  crossJoin(target: FromItem<unknown> | EntityClass<unknown>): Select<F, N> {
    return new Select(this.#joined('cross join', target, []))
  }

  /** Loader options, for the object mapper. */
  options(...options: LoaderOption<RootOf<F>>[]): Select<F, N> {
    return this.#with({ options: [...this.#node.options, ...options] })
  }

  /** Reads also the rows that the entities' own criteria hide, such as deleted ones. */
  withoutCriteria(): Select<F, N> {
    return this.#with({ ignoresCriteria: true })
  }

  /** Silences warnings of these codes for this statement. */
  allow(...codes: WarningCode[]): Select<F, N> {
    return this.#with({ allowed: allowing(this.#node.allowed, codes) })
  }

  /** As a common table expression: `WITH name AS (…)`. Its columns are under `c`. */
  cte<const A extends string>(name: A): Cte<CteRow<F, N>, A> {
    return cteOf(this[queryNode], name)
  }

  /** As a subquery in FROM: `(…) AS name`. */
  subquery<const A extends string>(name: A): Cte<CteRow<F, N>, A> {
    return subqueryOf(this[queryNode], name)
  }

  /** As a subquery that sees its neighbours in FROM: `LATERAL (…) AS name`. */
  lateral<const A extends string>(name: A): Cte<CteRow<F, N>, A> {
    return subqueryOf(this[queryNode], name, true)
  }

  /** As a value: `(SELECT …)` of one column. Null where there is no row. */
  scalar(): Row<F, N> extends infer R ? Expression<ScalarOf<R> | null> : never
  scalar(): Expression<unknown> {
    const [first, ...others] = this.#node.selection.items
    if (first?.kind !== 'value' || others.length > 0)
      throw new ArgumentError('scalar() takes a select of exactly one column.')
    return new Expression(frozen({ kind: 'scalarQuery', query: this[queryNode], type: first.expression.type }))
  }

  get allowed(): readonly WarningCode[] {
    return this.#node.allowed
  }

  compile(dialect: Dialect): Compiled {
    return compileOnce(this[queryNode], dialect, this.allowed)
  }

  toSQL(target?: Dialect | { readonly dialect: Dialect }): { text: string; params: unknown[] } {
    return sqlOf(this[queryNode], target, this.allowed)
  }

  [inspect](): string {
    return inspectStatement('Select', () => this.toSQL())
  }

  /** What a callback in a clause is given: the attributes of the one entity that is selected. */
  #root(): Attributes<unknown> {
    return rootAttributes(this.#node.selection)
  }

  #keys(keys: readonly unknown[], where: string) {
    return several(
      keys.map((key) => (typeof key === 'function' ? Reflect.apply(key, undefined, [this.#root()]) : key)),
      where,
    )
  }

  #joined(form: JoinForm, target: unknown, on: readonly unknown[]): SelectNode {
    return { ...this.#node, joins: [...this.#node.joins, ...joinNodes(form, target, on)] }
  }

  #lock(strength: 'update' | 'share', options: LockOptions): Select<F, N> {
    checkOptions(options, ['skipLocked', 'noWait', 'of'], strength === 'update' ? 'forUpdate()' : 'forShare()')
    const { skipLocked, noWait, of = [] } = options
    for (const flag of [skipLocked, noWait])
      if (flag !== undefined && typeof flag !== 'boolean')
        throw new ArgumentError(`skipLocked and noWait are true or false, got ${shown(flag)}.`)
    if (!Array.isArray(of)) throw new ArgumentError(`of takes a list of tables, got ${shown(of)}.`)
    if (skipLocked && noWait)
      throw new ArgumentError(
        'A lock either skips locked rows or does not wait: skipLocked and noWait exclude each other.',
      )
    const wait = skipLocked ? 'skip locked' : noWait ? 'nowait' : 'wait'
    return this.#with({ lock: { strength, wait, of: of.map((item) => sourceOf(item, 'of')) } })
  }

  #with(change: Partial<SelectNode>): Select<F, N> {
    return new Select({ ...this.#node, ...change })
  }
}

const trueCondition = new Expression<boolean>(trueNode)
