// What UPDATE and DELETE have in common: they change rows that are there, so they say which.
import type { NodeOf } from '../ast/node.ts'
import type { StatementExtras } from '../ast/statement-node.ts'
import type { RowCondition } from '../expression/operand.ts'
import { attributesOf } from '../source/attributes.ts'
import { conditionNodes, type Given } from './clause.ts'
import { queryNode } from './query.ts'
import { OpenChange } from './returning.ts'

type RowChangeNode = NodeOf<'update'> | NodeOf<'delete'>

/** Which rows of E are changed. Without WHERE the statement is refused, unless `.everyRow()` says that it is meant. */
export abstract class RowChange<E, N extends RowChangeNode, Self> extends OpenChange<N, Self> {
  protected abstract override with(
    change: Partial<StatementExtras & Pick<RowChangeNode, 'where' | 'isEveryRow' | 'ignoresCriteria'>>,
  ): Self

  /** `WHERE`: all conditions hold. */
  where(...conditions: Given<RowCondition, E>[]): Self {
    const { table, where } = this[queryNode]
    const root = () => (table.element ? attributesOf(table.element) : undefined)
    return this.with({ where: [...where, ...conditionNodes(conditions, 'where()', root)] })
  }

  /** Says that every row is meant; of an entity with a criterion, every row that it does not hide. */
  everyRow(): Self {
    return this.with({ isEveryRow: true })
  }

  /** Reaches also the rows that the entities' own criteria hide, such as deleted ones. */
  withoutCriteria(): Self {
    return this.with({ ignoresCriteria: true })
  }
}
