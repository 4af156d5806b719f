// DELETE.
import type { NodeOf } from '../ast/node.ts'
import type { FromItem } from '../source/attributes.ts'
import { type EntityClass, elementOf, sourceOf } from '../source/entity.ts'
import { tableNode } from './column-value.ts'
import { queryNode } from './query.ts'
import { RowChange } from './row-change.ts'

/** A DELETE. Without WHERE it is refused, unless `.everyRow()` says that it is meant. */
export class Delete<E> extends RowChange<E, NodeOf<'delete'>, Delete<E>> {
  /** `USING`: further sources that WHERE may read. */
  using(...items: (FromItem<unknown> | EntityClass<unknown>)[]): Delete<E> {
    return this.with({ using: [...this[queryNode].using, ...items.map((item) => sourceOf(item, 'using()'))] })
  }

  protected override with(change: Partial<NodeOf<'delete'>>): Delete<E> {
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
    ignoresCriteria: false,
    returning: null,
    allowed: [],
    options: [],
  })
}
