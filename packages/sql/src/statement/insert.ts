// INSERT, with ON CONFLICT and from a SELECT.
import type { ExpressionNode, NodeOf } from '../ast/node.ts'
import { checkOptions } from '../error/known-options.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import {
  conditionNodeOf,
  frozen,
  nodeOf,
  type Operand,
  type RowCondition,
  type Several,
  shown,
} from '../expression/operand.ts'
import { several } from '../expression/window.ts'
import type { Column } from '../schema/column.ts'
import { attributesOf } from '../source/attributes.ts'
import type { ClauseElement } from '../source/clause-element.ts'
import { type Attributes, type EntityClass, elementOf } from '../source/entity.ts'
import { unknownType } from '../type/sql-type.ts'
import type { ColumnKey, Storable, Stored } from '../type/value.ts'
import { assignmentNodes, columnOf, refuseFraction, tableNode, valueNode } from './column-value.ts'
import { columnsGivenBy } from './member.ts'
import { isQuery, type Query, queryNode, queryNodeOf } from './query.ts'
import { OpenChange } from './returning.ts'
import type { Assignments, Insertable, NoOther, Updatable } from './write-types.ts'

/** The two rows that meet in ON CONFLICT: the one that was to be inserted, and the one that is there. */
export interface ConflictRows<E> {
  readonly excluded: Attributes<E, 'excluded'>
  readonly current: Attributes<E>
}
export type ConflictTarget = Several<Operand<unknown, 'scalar', unknown>> | { readonly constraint: string }

/** An INSERT. */
export class Insert<E> extends OpenChange<NodeOf<'insert'>, Insert<E>> {
  /**
   * `ON CONFLICT DO NOTHING`; with a target, only for that key. `{ targetWhere }` names the condition of a partial unique index:
   * `onConflictDoNothing(u.email, { targetWhere: u.deletedAt.isNull() })`.
   */
  onConflictDoNothing(target?: ConflictTarget, options: { targetWhere?: RowCondition } = {}): Insert<E> {
    checkOptions(options, ['targetWhere'], 'onConflictDoNothing()')
    if (target === undefined && options.targetWhere !== undefined)
      throw new ArgumentError('targetWhere is the condition of a unique index: name its columns as the target.')
    return this.with({
      onConflict: frozen({
        kind: 'onConflict',
        target: target === undefined ? null : conflictTarget(target, options),
        action: null,
      }),
    })
  }

  /**
   * `ON CONFLICT (…) DO UPDATE SET …`. The target is a unique key: columns, or `{ constraint: 'name' }`;
   * of a partial unique index, its columns with `targetWhere`, its condition.
   * `set` may read the row that was to be inserted and the one that is there: `({ excluded, current }) => ({ n: current.n.add(excluded.n) })`.
   */
  onConflictDoUpdate<U extends Assignments<E>>(options: {
    target: ConflictTarget
    targetWhere?: RowCondition
    set: Updatable<E> | ((rows: ConflictRows<E>) => U & NoOther<U, E>)
    where?: RowCondition
  }): Insert<E> {
    checkOptions(options, ['target', 'targetWhere', 'set', 'where'], 'onConflictDoUpdate()')
    const element = this.#element
    const { set } = options
    const values: unknown = typeof set === 'function' ? set(this.#rows()) : set
    const assignments = assignmentNodes(element, values, 'onConflictDoUpdate()')
    if (assignments.length === 0)
      throw new ArgumentError('onConflictDoUpdate() sets nothing.', {
        hint: 'Name columns in set, or use onConflictDoNothing().',
      })
    const where = options.where === undefined ? null : nodeOf(options.where, 'where')
    return this.with({
      onConflict: frozen({
        kind: 'onConflict',
        target: conflictTarget(options.target, options),
        action: { assignments, where },
      }),
    })
  }

  get #element(): ClauseElement {
    const { element } = this[queryNode].into
    if (element) return element
    throw new ArgumentError('This INSERT names no entity.')
  }

  #rows(): ConflictRows<E> {
    const element = this.#element
    return {
      excluded: attributesOf(element, Object.freeze({ kind: 'excluded', table: element.table })),
      current: attributesOf(element),
    }
  }

  protected override with(change: Partial<NodeOf<'insert'>>): Insert<E> {
    return new Insert({ ...this[queryNode], ...change })
  }
}

function conflictTarget(
  target: unknown,
  { targetWhere }: { readonly targetWhere?: RowCondition },
): NodeOf<'onConflict'>['target'] {
  if (
    typeof target === 'object' &&
    target !== null &&
    'constraint' in target &&
    typeof target.constraint === 'string'
  ) {
    if (targetWhere !== undefined)
      throw new ArgumentError(`The constraint '${target.constraint}' has no condition: leave out targetWhere.`, {
        hint: 'A partial unique index is no constraint: name its columns as the target.',
      })
    return { constraint: target.constraint }
  }
  const columns = several(target, 'The target of ON CONFLICT')
  if (columns.length === 0) throw new ArgumentError('The target of ON CONFLICT is a unique key: name its columns.')
  return { columns, where: targetWhere === undefined ? null : conditionNodeOf(targetWhere, 'targetWhere') }
}

const defaultNode: ExpressionNode = frozen({ kind: 'keyword', word: 'default', type: unknownType })

/** The columns that any of the rows gives, in the order of the table, and the values of each row: DEFAULT where it gives none. */
function rowsOf(element: ClauseElement, rows: readonly unknown[]): { columns: Column[]; values: ExpressionNode[][] } {
  const given = new Set<Column>()
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null)
      throw new ArgumentError(`insert(${element.name}).values(): row ${i + 1} is ${shown(row)}, not an object.`)
    for (const [property, value] of Object.entries(row)) {
      // Class fields leave a relationship that nobody set as an own undefined.
      if (value === undefined && element.relationships.has(property)) continue
      given.add(columnOf(element, property, `insert(${element.name}), row ${i + 1}`))
    }
  })
  const written = [...element.columns.values()]
  let columns = written.filter((column) => given.has(column))
  // DEFAULT VALUES is one row: several rows of nothing but defaults need a column to say it in.
  if (columns.length === 0 && rows.length > 1) columns = written.filter((column) => !column.computed).slice(0, 1)
  const values = rows.map((row) =>
    columns.map((column) =>
      typeof row === 'object' && row !== null && Object.hasOwn(row, column.property)
        ? valueNode(Reflect.get(row, column.property), column)
        : defaultNode,
    ),
  )
  return { columns, values }
}

type Positions<E, K extends readonly unknown[]> = {
  [I in keyof K]: K[I] extends keyof E ? Storable<Stored<E[K[I]]>> : never
}

/** The columns in the order in which a query gives values of these names. */
function byName(columns: readonly Column[], names: readonly string[]): Column[] {
  return names.map((name) => {
    const column = columns.find(({ property }) => property === name)
    if (column) return column
    const named = columns.map(({ property }) => property).join(', ')
    throw new ArgumentError(`fromSelect() names ${named}, and the query gives ${names.join(', ')}.`, {
      hint: 'Give the keys of the selected object the names of the columns.',
    })
  })
}

/** INSERT INTO an entity's table: what it is filled from comes next. */
export class InsertInto<E> {
  readonly #element: ClauseElement

  constructor(element: ClauseElement) {
    this.#element = element
  }

  /** `VALUES (…), (…)`: one row or several. Left-out columns get their default. Throws ArgumentError for unknown or undefined ones. */
  values(rows: Insertable<E> | readonly Insertable<E>[]): Insert<E> {
    const list: readonly unknown[] = Array.isArray(rows) ? rows : [rows]
    if (list.length === 0)
      throw new ArgumentError(`insert(${this.#element.name}).values([]) inserts nothing.`, {
        hint: 'Leave the statement out when there are no rows.',
      })
    const { columns, values } = rowsOf(this.#element, list)
    return this.#insert(columns, values)
  }

  /** `INSERT INTO … SELECT`: the query's columns go into these, by name where its rows are objects, by position where they are tuples. */
  fromSelect<const K extends readonly ColumnKey<E>[]>(
    columns: K,
    query: Query<Positions<E, K> | { readonly [P in K[number]]: P extends keyof E ? Storable<Stored<E[P]>> : never }>,
  ): Insert<E> {
    if (!isQuery(query)) throw new ArgumentError(`fromSelect() takes a query, got ${shown(query)}.`)
    if (!Array.isArray(columns))
      throw new ArgumentError(`fromSelect() takes a list of properties, got ${shown(columns)}.`)
    const targets = columns.map((property) =>
      columnOf(this.#element, property, `insert(${this.#element.name}).fromSelect()`),
    )
    const node = queryNodeOf(query)
    const given = columnsGivenBy(node)
    if (!given) return this.#insert(targets, node)
    const { isByName, keys, expressions } = given
    if (keys.length !== targets.length)
      throw new ArgumentError(`fromSelect() names ${targets.length} columns, and the query gives ${keys.length}.`)
    const ordered = isByName ? byName(targets, keys) : targets
    expressions?.forEach((expression, i) => {
      const column = ordered[i]
      if (column) refuseFraction(expression, column)
    })
    return this.#insert(ordered, node)
  }

  #insert(columns: readonly Column[], rows: NodeOf<'insert'>['rows']): Insert<E> {
    return new Insert({
      kind: 'insert',
      into: tableNode(this.#element),
      columns,
      rows,
      onConflict: null,
      returning: null,
      allowed: [],
      options: [],
    })
  }
}

/** An INSERT into the table of an entity: `insert(User).values(rows)`, `insert(User).fromSelect(['email'], query)`. */
export function insert<E>(entityClass: EntityClass<E>): InsertInto<E> {
  return new InsertInto(elementOf(entityClass, 'insert()'))
}
