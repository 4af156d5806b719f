// The select of one entity by its key: for `get` and `refresh`. The keys are texts, as a snapshot holds them.
import {
  type ClauseElement,
  type Column,
  type Compiled,
  compile,
  type Dialect,
  type Executable,
  type NodeOf,
  type StatementNode,
  tableSource,
  type WarningCode,
} from '@oriel/sql'
import { columnIn, equal, textOf } from '../unit-of-work/row-statement.ts'

/** A statement whose rows are one entity each. */
export class EntityQuery implements Executable<[object]> {
  declare readonly '~row': [object]
  readonly allowed: readonly WarningCode[] = []
  readonly node: StatementNode

  constructor(node: StatementNode) {
    this.node = node
  }

  compile(dialect: Dialect): Compiled {
    return compile(this.node, dialect)
  }
}

/** A statement of ours in place of the user's. */
export class StatementOf implements Executable<unknown> {
  declare readonly '~row': unknown
  readonly allowed: readonly WarningCode[]
  readonly node: StatementNode

  constructor(node: StatementNode, allowed: readonly WarningCode[]) {
    this.node = node
    this.allowed = allowed
  }

  compile(dialect: Dialect): Compiled {
    return compile(this.node, dialect, this.allowed)
  }
}

/** `SELECT … FROM table WHERE key = $1`. */
export function queryByKey(
  element: ClauseElement,
  keys: readonly { readonly column: Column; readonly text: string }[],
): EntityQuery {
  const source = tableSource(element)
  const node: NodeOf<'select'> = {
    kind: 'select',
    selection: { form: 'tuple', items: [{ kind: 'entity', source, element, label: null, names: null }] },
    from: [],
    joins: [],
    where: keys.map(({ column, text }) => equal(columnIn(source, column), textOf(text, column))),
    groupBy: [],
    having: [],
    qualify: [],
    windows: [],
    orderBy: [],
    distinct: 'none',
    limit: null,
    offset: null,
    lock: null,
    ignoresCriteria: false,
    allowed: [],
    options: [],
  }
  return new EntityQuery(Object.freeze(node))
}
