// DELETE.
import type { NodeOf } from '../ast/node.ts'
import type { WarningCode } from '../compiler/compiled.ts'
import type { RowCondition } from '../expression/operand.ts'
import type { FromItem } from '../source/attributes.ts'
import type { Columns, Cte } from '../source/derived.ts'
import { type EntityClass, elementOf, sourceOf } from '../source/entity.ts'
import { allowing } from './allowed.ts'
import { conditionNodes, type Given } from './clause.ts'
import { tableNode } from './column-value.ts'
import { queryNode } from './query.ts'
import { DataChange, Returning } from './returning.ts'
import type { Fields, Row, Selectable } from './select.ts'
import { selectionFrom } from './selection.ts'
import { root } from './update.ts'

/** A DELETE. Without WHERE it is refused, unless `.everyRow()` says that it is meant. */
export class Delete<E> extends DataChange<never, NodeOf<'delete'>> {
  /** `USING`: further sources that WHERE may read. */
  using(...items: (FromItem<unknown> | EntityClass<unknown>)[]): Delete<E> {
    return this.#with({ using: [...this[queryNode].using, ...items.map((item) => sourceOf(item, 'using()'))] })
  }

  /** `WHERE`: all conditions hold. */
  where(...conditions: Given<RowCondition, E>[]): Delete<E> {
    return this.#with({
      where: [...this[queryNode].where, ...conditionNodes(conditions, 'where()', () => root(this[queryNode].table))],
    })
  }

  /** Says that every row is meant. */
  everyRow(): Delete<E> {
    return this.#with({ isEveryRow: true })
  }

  /** `RETURNING`: what the rows were like. */
  returning<R, S>(from: Cte<R, S>): Returning<Row<Columns<R, S>>>
  returning<F extends readonly Selectable[]>(...columns: F): Returning<Row<F>>
  returning<F extends Fields>(fields: F): Returning<Row<F>>
  returning(...items: unknown[]): Returning<unknown> {
    return new Returning({ ...this[queryNode], returning: selectionFrom(items) })
  }

  /** Silences warnings of these codes. */
  allow(...codes: WarningCode[]): Delete<E> {
    return this.#with({ allowed: allowing(this.allowed, codes) })
  }

  #with(change: Partial<NodeOf<'delete'>>): Delete<E> {
    return new Delete({ ...this[queryNode], ...change })
  }
}

/** A DELETE from the table of an entity: `deleteFrom(Order).where(o.createdAt.lt(cutoff))`. */
export function deleteFrom<E>(entityClass: EntityClass<E>): Delete<E> {
  const element = elementOf(entityClass, 'deleteFrom()')
  return new Delete({
    kind: 'delete',
    table: tableNode(element),
    using: [],
    where: [],
    isEveryRow: false,
    returning: null,
    allowed: [],
    options: [],
  })
}
