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
import type { InstanceState } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'
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

/** Is all there that a read by key would bring? Deferred columns are not. */
export function isWhole(state: InstanceState, format: RowFormat): boolean {
  return state.mapper.element.loadedColumns.every((column) => {
    const place = format.byColumn.get(column)
    return !place || state.row[place.index] !== undefined
  })
}

/** The columns that a refresh reads: those that are asked for, else all that are loaded with the entity or were before. With the key. */
export function columnsToRead(
  state: InstanceState,
  { places }: RowFormat,
  properties: readonly string[] | undefined,
): Column[] {
  const { loadedColumns } = state.mapper.element
  const asked = places.filter(({ name, column, index }) =>
    properties ? properties.includes(name) : loadedColumns.includes(column) || state.row[index] !== undefined,
  )
  if (asked.length === 0) return []
  return places.filter((place) => place.property.isKey || asked.includes(place)).map(({ column }) => column)
}
