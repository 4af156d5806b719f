// UPDATE.
import type { NodeOf } from '../ast/node.ts'
import type { WarningCode } from '../compiler/compiled.ts'
import type { RowCondition } from '../expression/operand.ts'
import type { FromItem } from '../source/attributes.ts'
import { attributesOf } from '../source/attributes.ts'
import type { Columns, Cte } from '../source/derived.ts'
import { type EntityClass, elementOf, sourceOf } from '../source/entity.ts'
import { allowing } from './allowed.ts'
import { conditionNodes, type Given } from './clause.ts'
import { assignmentNodes, tableNode } from './column-value.ts'
import { queryNode } from './query.ts'
import { DataChange, Returning } from './returning.ts'
import type { Fields, Row, Selectable } from './select.ts'
import { selectionFrom } from './selection.ts'
import type { Updatable } from './write-types.ts'

/** An UPDATE. Without WHERE it is refused, unless `.everyRow()` says that it is meant. */
export class Update<E> extends DataChange<never, NodeOf<'update'>> {
  /** `FROM`: further sources that WHERE and SET may read. */
  from(...items: (FromItem<unknown> | EntityClass<unknown>)[]): Update<E> {
    return this.#with({ from: [...this[queryNode].from, ...items.map((item) => sourceOf(item, 'from()'))] })
  }

  /** `WHERE`: all conditions hold. */
  where(...conditions: Given<RowCondition, E>[]): Update<E> {
    return this.#with({
      where: [...this[queryNode].where, ...conditionNodes(conditions, 'where()', () => root(this[queryNode].table))],
    })
  }

  /** Says that every row is meant. */
  everyRow(): Update<E> {
    return this.#with({ isEveryRow: true })
  }

  /** `RETURNING`: what the rows are like afterwards. */
  returning<R, S>(from: Cte<R, S>): Returning<Row<Columns<R, S>>>
  returning<F extends readonly Selectable[]>(...columns: F): Returning<Row<F>>
  returning<F extends Fields>(fields: F): Returning<Row<F>>
  returning(...items: unknown[]): Returning<unknown> {
    return new Returning({ ...this[queryNode], returning: selectionFrom(items) })
  }

  /** Silences warnings of these codes. */
  allow(...codes: WarningCode[]): Update<E> {
    return this.#with({ allowed: allowing(this.allowed, codes) })
  }

  #with(change: Partial<NodeOf<'update'>>): Update<E> {
    return new Update({ ...this[queryNode], ...change })
  }
}

/** The attributes that a callback in WHERE is given. */
export function root(table: NodeOf<'table'>): unknown {
  return table.element ? attributesOf(table.element) : undefined
}

/** An UPDATE of the table of an entity: `update(Order).set({ status: 'paid' }).where(o.id.in(ids))`. */
export function update<E>(entityClass: EntityClass<E>): { set(values: Updatable<E>): Update<E> } {
  const element = elementOf(entityClass, 'update()')
  return {
    set: (values) =>
      new Update({
        kind: 'update',
        table: tableNode(element),
        assignments: assignmentNodes(element, values, `update(${element.name}).set()`),
        from: [],
        where: [],
        isEveryRow: false,
        returning: null,
        allowed: [],
        options: [],
      }),
  }
}
