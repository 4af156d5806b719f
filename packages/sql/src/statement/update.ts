// UPDATE.
import type { NodeOf } from '../ast/node.ts'
import type { FromItem } from '../source/attributes.ts'
import { type EntityClass, elementOf, sourceOf } from '../source/entity.ts'
import { assignmentNodes, tableNode } from './column-value.ts'
import { queryNode } from './query.ts'
import { RowChange } from './row-change.ts'
import type { Updatable } from './write-types.ts'

/** An UPDATE. Without WHERE it is refused, unless `.everyRow()` says that it is meant. */
export class Update<E> extends RowChange<E, NodeOf<'update'>, Update<E>> {
  /** `FROM`: further sources that WHERE and SET may read. */
  from(...items: (FromItem<unknown> | EntityClass<unknown>)[]): Update<E> {
    return this.with({ from: [...this[queryNode].from, ...items.map((item) => sourceOf(item, 'from()'))] })
  }

  protected override with(change: Partial<NodeOf<'update'>>): Update<E> {
    return new Update({ ...this[queryNode], ...change })
  }
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
        ignoresCriteria: false,
        returning: null,
        allowed: [],
        options: [],
      }),
  }
}
