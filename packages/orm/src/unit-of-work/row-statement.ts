// The statements of a flush: one per table and set of columns, whatever the number of rows. Built as trees, so that a dialect writes them.

import type { WireRow } from '@oriel/engine'
import {
  type Assignment,
  type ClauseElement,
  type Codec,
  Column,
  type Compiled,
  compile,
  type Dialect,
  type Executable,
  type ExpressionNode,
  type NodeOf,
  type Selection,
  type SourceNode,
  SqlType,
  type StatementNode,
  type Table,
  types,
  type WarningCode,
} from '@oriel/sql'

/** A statement of the unit of work, which gives back rows as the server sent them. */
export class RowStatement implements Executable<[WireRow]> {
  declare readonly '~row': [WireRow]
  readonly allowed: readonly WarningCode[] = ['limit-without-order']
  readonly node: StatementNode

  constructor(node: StatementNode) {
    this.node = node
  }

  compile(dialect: Dialect): Compiled {
    return compile(this.node, dialect, this.allowed)
  }
}

/** A column and the values of all rows for it, encoded. */
export interface ColumnTexts {
  readonly column: Column
  readonly texts: readonly (string | null)[]
}

const bigint = types.bigint()
const booleanType = types.boolean()

export function tableOf(table: Table): NodeOf<'table'> {
  return Object.freeze({ kind: 'table', table, element: null })
}

export function columnIn(source: SourceNode, column: Column): ExpressionNode {
  return Object.freeze({ kind: 'column', source, name: column.name, column, type: column.type, subject: column.label })
}

/** The name, or one like it that is not among these. */
export function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted
  for (let n = 2; taken.includes(name); n++) name = `${wanted}_${n}`
  return name
}

/** A name for a column of ours beside those of the table. */
export function freeColumnName(wanted: string, { columns }: Table): string {
  return freeName(
    wanted,
    columns.map(({ name }) => name),
  )
}

export const equal = (left: ExpressionNode, right: ExpressionNode): ExpressionNode =>
  Object.freeze({ kind: 'binary', operator: '=', left, right, type: booleanType })

const asItIs: Codec = { decode: (encoded) => encoded, encode: (encoded) => String(encoded) }
const encodedTypes = new WeakMap<SqlType<unknown>, SqlType<unknown>>()

/** The same type for texts that are encoded already. */
export function encodedType(type: SqlType<unknown>): SqlType<unknown> {
  let encoded = encodedTypes.get(type)
  if (!encoded) {
    encoded = new SqlType({ ...type.spec, codec: asItIs })
    encodedTypes.set(type, encoded)
  }
  return encoded
}

export const parameter = (value: unknown, type: SqlType<unknown>, subject: string): ExpressionNode =>
  Object.freeze({ kind: 'parameter', value, type, subject })

/** One text for a column. */
export const textOf = (value: string | null | undefined, column: Column): ExpressionNode =>
  parameter(value ?? null, encodedType(column.type), column.label)

/** The select list that gives these columns as they come. */
export function columnsAsTheyCome(table: Table, columns: readonly Column[]): Selection {
  const element: ClauseElement = {
    name: table.name,
    table,
    columns: new Map(columns.map((column) => [column.property, column])),
    relationships: new Map(),
    loadedColumns: columns,
    instantiate: (values) => [...values],
  }
  return { form: 'tuple', items: [{ kind: 'entity', source: tableOf(table), element, label: null, names: null }] }
}

function isArray(column: Column): boolean {
  return column.type.spec.name === 'array'
}

const text = types.text()

const ordinality = 'ordinality'

/** The parameter that holds the values of a column, of the type that its array travels as. */
export type ArrayArgument = (column: Column, type: SqlType<unknown>) => ExpressionNode

const blankPadded = types.custom('bpchar')

/**
 * The type without a length: a cast to varchar(3) cuts what is longer, and says nothing. The column that it is written to refuses it.
 * `char` alone would mean char(1).
 */
function uncut(type: SqlType<unknown>): SqlType<unknown> {
  let made = uncutTypes.get(type)
  if (!made) {
    made = withoutLength(type)
    uncutTypes.set(type, made)
  }
  return made
}

const uncutTypes = new WeakMap<SqlType<unknown>, SqlType<unknown>>()

function withoutLength(type: SqlType<unknown>): SqlType<unknown> {
  const { length, element, ...spec } = type.spec
  if (spec.name === 'char') return blankPadded
  if (spec.name === 'array' && element) {
    const inner = uncut(element)
    return inner === element ? type : new SqlType({ ...spec, element: inner })
  }
  return length === undefined ? type : new SqlType(spec)
}

/** The table that rows are for, whose names they must not take, and whether they are numbered. */
export interface RowsFor {
  readonly table: Table
  readonly withOrdinality: boolean
}

/** unnest of one array per column: arrays of arrays would be flattened, so array columns travel as their text. */
export function unnestOf(
  columns: readonly Column[],
  argument: ArrayArgument,
  { table, withOrdinality }: RowsFor,
): NodeOf<'functionSource'> {
  const args = columns.map((column): ExpressionNode => {
    const type = encodedType(isArray(column) ? text : uncut(column.type)).array()
    return Object.freeze({ kind: 'cast', operand: argument(column, type), type })
  })
  const names = columns.map((column) => ({ key: column.property, name: column.name, type: column.type }))
  const ordinal = withOrdinality ? freeColumnName(ordinality, table) : null
  return Object.freeze({
    kind: 'functionSource',
    call: Object.freeze({ kind: 'call', name: 'unnest', args, type: text }),
    name: freeName('rows', [table.name]),
    columns: ordinal === null ? names : [...names, { key: ordinal, name: ordinal, type: bigint }],
    withOrdinality,
  })
}

function unnest(columns: readonly ColumnTexts[], rows: RowsFor): NodeOf<'functionSource'> {
  const texts = new Map(columns.map((each) => [each.column, each.texts]))
  return unnestOf([...texts.keys()], (column, type) => parameter(texts.get(column), type, column.label), rows)
}

/** A column of those rows. */
export function fromRows(source: SourceNode, column: Column): ExpressionNode {
  const node = columnIn(source, column)
  return isArray(column) ? Object.freeze({ kind: 'cast', operand: node, type: uncut(column.type) }) : node
}

/** A plain query of these expressions. */
export function selectOf(
  items: readonly ExpressionNode[],
  from: readonly SourceNode[],
  orderBy: readonly ExpressionNode[],
): NodeOf<'select'> {
  const node: NodeOf<'select'> = {
    kind: 'select',
    selection: {
      form: 'tuple',
      items: items.map((expression) => ({ kind: 'value', expression, label: null }) as const),
    },
    from,
    joins: [],
    where: [],
    groupBy: [],
    having: [],
    qualify: [],
    windows: [],
    orderBy,
    distinct: 'none',
    limit: null,
    offset: null,
    lock: null,
    ignoresCriteria: true,
    allowed: [],
    options: [],
  }
  return Object.freeze(node)
}

/** `INSERT … VALUES` for one row, `INSERT … SELECT … FROM unnest(…) ORDER BY ordinality` for several: keys are given out in that order. */
export function insertRows(table: Table, columns: readonly ColumnTexts[], returning: readonly Column[]): RowStatement {
  const count = columns[0]?.texts.length ?? 1
  const targets = columns.map(({ column }) => column)
  let rows: NodeOf<'insert'>['rows']
  if (count === 1) rows = [columns.map(({ column, texts }) => textOf(texts[0], column))]
  else {
    const source = unnest(columns, { table, withOrdinality: true })
    rows = selectOf(
      targets.map((column) => fromRows(source, column)),
      [source],
      [positionIn(source)],
    )
  }
  return new RowStatement(
    Object.freeze({
      kind: 'insert',
      into: tableOf(table),
      columns: targets,
      rows,
      onConflict: null,
      returning: returning.length > 0 ? columnsAsTheyCome(table, returning) : null,
      allowed: [],
      options: [],
    }),
  )
}

const doNothing: NodeOf<'onConflict'> = Object.freeze({ kind: 'onConflict', target: null, action: null })

/** The same, where rows may be there already. */
export function insertMissing(table: Table, columns: readonly ColumnTexts[]): RowStatement {
  const { node } = insertRows(table, columns, [])
  return new RowStatement(node.kind === 'insert' ? Object.freeze({ ...node, onConflict: doNothing }) : node)
}

/** `UPDATE … WHERE key = $1` for one row, `UPDATE … FROM unnest(…)` for several. `keys` are the keys that the rows have in the database. */
export function updateRows(
  table: Table,
  { keys, values }: { keys: readonly ColumnTexts[]; values: readonly ColumnTexts[] },
  returning: readonly Column[],
): RowStatement {
  const target = tableOf(table)
  const count = keys[0]?.texts.length ?? 0
  const base = {
    kind: 'update',
    table: target,
    isEveryRow: false,
    ignoresCriteria: true,
    allowed: [],
    options: [],
  } as const
  const back = returning.length > 0 ? columnsAsTheyCome(table, returning) : null
  if (count === 1) {
    const assignments = values.map(
      ({ column, texts: [value] }): Assignment => ({ column: column.name, value: textOf(value, column) }),
    )
    const where = keys.map(({ column, texts: [value] }) => equal(columnIn(target, column), textOf(value, column)))
    return new RowStatement(Object.freeze({ ...base, assignments, from: [], where, returning: back }))
  }
  // A key that changes stands twice among the rows: as it was, and as it will be.
  const old = keys.map(({ column, texts: list }) => ({ column: renamed(column, table), texts: list }))
  const source = unnest([...old, ...values], { table, withOrdinality: false })
  const assignments = values.map(({ column }): Assignment => ({ column: column.name, value: fromRows(source, column) }))
  const where = keys.map(({ column }, i) => equal(columnIn(target, column), fromRows(source, old[i]?.column ?? column)))
  return new RowStatement(Object.freeze({ ...base, assignments, from: [source], where, returning: back }))
}

/** The number that WITH ORDINALITY gives a row. */
export function positionIn(source: NodeOf<'functionSource'>): ExpressionNode {
  const name = source.columns.at(-1)?.name ?? ordinality
  return Object.freeze({ kind: 'column', source, name, column: null, type: bigint, subject: name })
}

/** The same column under the name that the key as it was goes by. */
function renamed({ name, type, property, label }: Column, table: Table): Column {
  return new Column({ name: freeColumnName(`old_${name}`, table), type, property, label })
}

/** `DELETE … WHERE key = ANY ($1)`; for keys of several columns, `DELETE … USING unnest(…)`. */
export function deleteRows(
  table: Table,
  keys: readonly ColumnTexts[],
  returning: readonly Column[] = [],
): RowStatement {
  const target = tableOf(table)
  const back = returning.length > 0 ? columnsAsTheyCome(table, returning) : null
  const base = {
    kind: 'delete',
    table: target,
    isEveryRow: false,
    ignoresCriteria: true,
    returning: back,
    allowed: [],
    options: [],
  } as const
  const [only, ...more] = keys
  if (only && only.texts.length === 1) {
    const where = keys.map(({ column, texts: [value] }) => equal(columnIn(target, column), textOf(value, column)))
    return new RowStatement(Object.freeze({ ...base, using: [], where }))
  }
  if (only && more.length === 0 && !isArray(only.column))
    return new RowStatement(
      Object.freeze({
        ...base,
        using: [],
        where: [
          Object.freeze({
            kind: 'membership',
            operand: columnIn(target, only.column),
            values: parameter(only.texts, encodedType(only.column.type).array(), only.column.label),
            isNegated: false,
            type: booleanType,
          } as const),
        ],
      }),
    )
  const source = unnest(keys, { table, withOrdinality: false })
  const where = keys.map(({ column }) => equal(columnIn(target, column), fromRows(source, column)))
  return new RowStatement(Object.freeze({ ...base, using: [source], where }))
}

/** The keys of those rows that are there. */
export function selectKeys(table: Table, keys: readonly ColumnTexts[]): RowStatement {
  const target = tableOf(table)
  const source = unnest(keys, { table, withOrdinality: false })
  const join = keys.map(({ column }) => equal(columnIn(target, column), fromRows(source, column)))
  const query = selectOf([], [target, source], [])
  const selection = columnsAsTheyCome(
    table,
    keys.map(({ column }) => column),
  )
  return new RowStatement(Object.freeze({ ...query, selection, where: join }))
}
