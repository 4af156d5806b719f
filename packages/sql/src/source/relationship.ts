// A relationship attribute: `o.customer` in joins and conditions. It becomes a join or an EXISTS over its columns.
import { emptySelect } from '../ast/empty-select.ts'
import type { ExpressionNode, NodeOf, SourceNode } from '../ast/node.ts'
import { equalPairs } from '../compiler/from.ts'
import { correlationName } from '../compiler/scope.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { Expression } from '../expression/expression.ts'
import {
  booleanType,
  conditionNodeOf,
  frozen,
  integerType,
  parameter,
  type RowCondition,
  shown,
} from '../expression/operand.ts'
import type { Column } from '../schema/column.ts'
import { shortName, snakeCase } from '../schema/name.ts'
import type { ClauseElement, RelationshipElement } from './clause-element.ts'
import type { Attributes } from './entity.ts'

/** A relationship from E to T. */
export interface Relationship<out E, out T> {
  readonly '~owner': E
  readonly '~target': T
}
/** A relationship to one object. */
export interface ToOne<E, T> extends Relationship<E, T> {
  /** There is one, and the condition holds for it: `EXISTS (…)`. */
  has(condition?: (target: Attributes<T>) => RowCondition): Expression<boolean>
  /** It is this object: `customer_id = $1`. */
  is(object: T): Expression<boolean>
  /** There is none: `customer_id IS NULL`, or `NOT EXISTS (…)` where the other side holds the key. */
  isNull(): Expression<boolean>
  /**
   * The target under a name of its own: typed attributes, and the join that leads there. So one class is joined twice:
   * `const to = flight.destination.as('to')`, then `.join(to)`, which is `JOIN airports AS to ON flights.destination_id = to.id`.
   */
  as<const A extends string>(name: A): Attributes<T, A>
}
/** A relationship to many objects. */
export interface ToMany<E, T> extends Relationship<E, T> {
  /** At least one exists, and the condition holds for it: `EXISTS (…)`. */
  any(condition?: (target: Attributes<T>) => RowCondition): Expression<boolean>
  /** This object is among them. */
  contains(object: T): Expression<boolean>
  /** The target under a name of its own: typed attributes, and the join that leads there. */
  as<const A extends string>(name: A): Attributes<T, A>
}

const one: ExpressionNode = frozen({ kind: 'keyword', word: '1', type: integerType })

/** Where a relationship attribute was read. */
export interface RelationshipContext {
  readonly owner: ClauseElement
  readonly source: SourceNode
  /** Makes the attributes that a condition's callback is given. */
  attributes<T>(element: ClauseElement, source: SourceNode): Attributes<T>
  /** Makes the attributes of a target under a name of its own, which can be joined. */
  named<T, A>(relationship: RelationshipAttribute<unknown, T>, source: SourceNode): Attributes<T, A>
}

/** The key under which attributes of a relationship's target, named by `.as(…)`, give the relationship. */
export const joinedBy: unique symbol = Symbol.for('oriel.joinedBy')

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** A relationship of a source. */
export class RelationshipAttribute<E, T> implements ToOne<E, T>, ToMany<E, T> {
  declare readonly '~owner': E
  declare readonly '~target': T
  readonly owner: ClauseElement
  readonly source: SourceNode
  readonly element: RelationshipElement
  readonly #context: RelationshipContext

  constructor(context: RelationshipContext, element: RelationshipElement) {
    this.owner = context.owner
    this.source = context.source
    this.#context = context
    this.element = element
  }

  toJSON(): string {
    return this.label
  }

  [inspect](): string {
    return `Relationship ${this.label}`
  }

  /** What messages call it: `Order.customer`. */
  get label(): string {
    return `${this.owner.name}.${this.element.name}`
  }

  as<const A extends string>(name: A): Attributes<T, A> {
    if (typeof name !== 'string' || name === '')
      throw new ArgumentError(`${this.label}.as() takes the name of the join, got ${shown(name)}.`)
    const target = this.element.target()
    const table = frozen({ kind: 'table', table: target.table, element: target } as const)
    return this.#context.named<T, A>(this, frozen({ kind: 'aliased', source: table, name }))
  }

  /** The target as a source, under a name of its own where the owner's table is the same one. */
  targetSource(): SourceNode {
    const target = this.element.target()
    const table: SourceNode = Object.freeze({ kind: 'table', table: target.table, element: target })
    return correlationName(table) === correlationName(this.source)
      ? Object.freeze({
          kind: 'aliased',
          source: table,
          name: `${correlationName(table)}_${this.element.name.toLowerCase()}`,
        })
      : table
  }

  /** The target as a source of a query that nobody else can name. */
  #anonymousTarget(): SourceNode {
    const target = this.element.target()
    return this.#anonymous({ kind: 'table', table: target.table, element: target })
  }

  #anonymous(table: NodeOf<'table'>): SourceNode {
    const { name } = table.table
    const alternative = shortName(`${name}_${snakeCase(this.element.name)}`)
    return frozen({ kind: 'anonymous', source: frozen(table), name, alternative })
  }

  /** The condition that holds between the owner and a target, association table apart. */
  condition(target: SourceNode): readonly ExpressionNode[] {
    return equalPairs(this.element.pairs(), this.source, target)
  }

  has(...conditions: [condition?: (target: Attributes<T>) => RowCondition]): Expression<boolean> {
    return this.any(...conditions)
  }

  any(...conditions: [condition?: (target: Attributes<T>) => RowCondition]): Expression<boolean> {
    const target = this.#anonymousTarget()
    const extra = conditions.map((condition) => {
      if (typeof condition !== 'function')
        throw new ArgumentError(
          `The condition of ${this.label} is a callback on ${this.element.target().name}, got ${shown(condition)}.`,
        )
      const given: unknown = condition(this.#context.attributes<T>(this.element.target(), target))
      return conditionNodeOf(given, `The condition of ${this.label}`)
    })
    return new Expression(this.#exists(target, extra))
  }

  is(object: T): Expression<boolean> {
    const conditions = this.element.pairs().map(([mine, theirs]) => this.#equals(mine, theirs, object))
    return new Expression(frozen({ kind: 'logical', operator: 'and', operands: conditions, type: booleanType }))
  }

  /** Do the owner's columns refer to the target, rather than the target's to the owner? */
  #holdsKey(): boolean {
    const mine = this.element.pairs().map(([column]) => column)
    const target = this.element.target().table
    return this.owner.table.foreignKeys.some(
      ({ columns, target: referred }) =>
        referred() === target && columns.length === mine.length && columns.every((column) => mine.includes(column)),
    )
  }

  isNull(): Expression<boolean> {
    // Without a key of its own, nothing in the owner's row tells.
    if (!this.#holdsKey()) {
      const exists = this.#exists(this.#anonymousTarget(), [])
      return new Expression(frozen({ kind: 'unary', operator: 'not', operand: exists, type: booleanType }))
    }
    const conditions = this.element
      .pairs()
      .map(
        ([mine]): ExpressionNode =>
          frozen({ kind: 'nullTest', operand: columnOf(this.source, mine), isNegated: false, type: booleanType }),
      )
    return new Expression(frozen({ kind: 'logical', operator: 'or', operands: conditions, type: booleanType }))
  }

  contains(object: T): Expression<boolean> {
    const target = this.#anonymousTarget()
    const key = this.element.target().table.primaryKey?.columns ?? []
    const same = key.map(
      (column): ExpressionNode =>
        frozen({
          kind: 'binary',
          operator: '=',
          left: columnOf(target, column),
          right: this.#valueOf(object, column),
          type: booleanType,
        }),
    )
    return new Expression(this.#exists(target, same))
  }

  #equals(mine: Column, theirs: Column, object: unknown): ExpressionNode {
    return frozen({
      kind: 'binary',
      operator: '=',
      left: columnOf(this.source, mine),
      right: this.#valueOf(object, theirs),
      type: booleanType,
    })
  }

  /** A key of an object, as a parameter. */
  #valueOf(object: unknown, column: Column): ExpressionNode {
    if (typeof object !== 'object' || object === null)
      throw new ArgumentError(
        `${this.label} is compared with an object of ${this.element.target().name}, got ${shown(object)}.`,
      )
    const value: unknown = Reflect.get(object, column.property)
    if (value === undefined || value === null)
      throw new ArgumentError(`${this.label}: the object has no ${column.label} yet, so nothing can refer to it.`)
    return parameter(value, column.type, column.label)
  }

  /** EXISTS (SELECT 1 FROM target [JOIN association] WHERE …). */
  #exists(target: SourceNode, extra: readonly ExpressionNode[]): ExpressionNode {
    const through = this.element.through?.()
    const joins: NodeOf<'join'>[] = []
    let where: readonly ExpressionNode[]
    if (through) {
      const association = this.#anonymous({ kind: 'table', table: through.table, element: null })
      const on = equalPairs(through.toTarget, association, target)
      joins.push({ kind: 'join', form: 'join', source: association, on: allOf(on) })
      where = [...equalPairs(through.toOwner, association, this.source), ...extra]
    } else where = [...this.condition(target), ...extra]
    return frozen({
      kind: 'exists',
      type: booleanType,
      query: frozen({
        ...emptySelect,
        selection: { form: 'tuple', items: [{ kind: 'value', expression: one, label: null }] } as const,
        from: [target],
        joins,
        where,
      }),
    })
  }
}

function columnOf(source: SourceNode, column: Column): ExpressionNode {
  return Object.freeze({ kind: 'column', source, name: column.name, column, type: column.type, subject: column.label })
}

function allOf(conditions: readonly ExpressionNode[]): ExpressionNode {
  const [first] = conditions
  return first && conditions.length === 1
    ? first
    : frozen({ kind: 'logical', operator: 'and', operands: conditions, type: booleanType })
}
