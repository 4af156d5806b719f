// The statement of a load for one set of columns: compiled once, its arrays bound anew for each batch.
import {
  type Codec,
  Column,
  type Compiled,
  compile,
  type Dialect,
  type Executable,
  type ExpressionNode,
  func,
  type NodeOf,
  queryNode,
  Returning,
  type Selection,
  type SourceNode,
  SqlType,
  type StatementNode,
  select,
  type Table,
  types,
  unionAll,
  type WarningCode,
} from '@oriel/sql'
import {
  columnIn,
  encodedType,
  equal,
  fromRows,
  parameter,
  positionIn,
  type RowsFor,
  selectOf,
  unnestOf,
} from '../unit-of-work/row-statement.ts'
import type { Target } from './bulk-plan.ts'

/** Stands for the array of a column until there is one. */
class ArrayMark {
  readonly at: number
  constructor(at: number) {
    this.at = at
  }
}

/** The same arrays with their texts written already. */
const writtenArrays = new WeakMap<SqlType<unknown>, SqlType<unknown>>()
const asWritten: Codec = { decode: (text) => text, encode: (text) => String(text) }

function written(type: SqlType<unknown>): SqlType<unknown> {
  let known = writtenArrays.get(type)
  if (!known) {
    known = new SqlType({ ...type.spec, codec: asWritten })
    writtenArrays.set(type, known)
  }
  return known
}

/** A statement over the arrays of one batch. */
class BoundStatement implements Executable<unknown> {
  declare readonly '~row': unknown
  readonly allowed: readonly WarningCode[] = []
  readonly #form: BulkStatement
  readonly #arrays: readonly string[]

  constructor(form: BulkStatement, arrays: readonly string[]) {
    this.#form = form
    this.#arrays = arrays
  }

  compile(dialect: Dialect): Compiled {
    const compiled = this.#form.compiled(dialect)
    const binds = compiled.binds.map((bind) =>
      bind.value instanceof ArrayMark ? { ...bind, value: this.#arrays[bind.value.at] } : bind,
    )
    return { ...compiled, binds }
  }
}

/** What a statement is over the arrays of these columns. `withOrdinality`: the rows are numbered, so that they can be put in order. */
export interface Form extends RowsFor {
  write(source: NodeOf<'functionSource'>): StatementNode
}

export class BulkStatement {
  readonly #node: StatementNode
  readonly #codecs: readonly Codec[]
  readonly #labels: readonly string[]
  #compiled: Compiled | null = null

  constructor(columns: readonly Column[], dialect: Dialect, form: Form) {
    const codecs: Codec[] = []
    const argument = (column: Column, type: SqlType<unknown>): ExpressionNode =>
      parameter(new ArrayMark(codecs.push(dialect.codec(type)) - 1), written(type), column.label)
    this.#node = form.write(unnestOf(columns, argument, form))
    this.#codecs = codecs
    this.#labels = columns.map(({ label }) => label)
  }

  /** The text of the array of a column. */
  encode(at: number, texts: readonly (string | null)[]): string {
    return this.#codecs[at]?.encode(texts, this.#labels[at] ?? '') ?? '{}'
  }

  bind(arrays: readonly string[]): Executable<unknown> {
    return new BoundStatement(this, arrays)
  }

  compiled(dialect: Dialect): Compiled {
    this.#compiled ??= compile(this.#node, dialect, ['limit-without-order'])
    return this.#compiled
  }
}

/** `INSERT INTO … SELECT … FROM unnest(…)`; in the order of the rows where that is asked for. */
export function insertFrom(
  source: NodeOf<'functionSource'>,
  what: InsertedRows,
  returning: Selection | null,
): NodeOf<'insert'> {
  const rows = selectOf(
    what.columns.map((column) => fromRows(source, column)),
    [source],
    source.withOrdinality ? [positionIn(source)] : [],
  )
  return insertSelected(rows, what, returning)
}

/** Where rows go, and what happens where they are there. */
export interface InsertedRows {
  readonly into: Target
  readonly columns: readonly Column[]
  readonly onConflict: NodeOf<'onConflict'> | null
}

/** `INSERT INTO … SELECT`. */
export function insertSelected(
  rows: NodeOf<'select'>,
  { into, columns, onConflict }: InsertedRows,
  returning: Selection | null,
): NodeOf<'insert'> {
  return Object.freeze({
    kind: 'insert',
    into,
    columns,
    rows,
    onConflict,
    returning,
    allowed: [],
    options: [],
  })
}

/** `UPDATE … FROM unnest(…) WHERE key = key`, or from another source of rows. */
export function updateFrom(
  source: SourceNode,
  { table, keys, values }: { table: Target; keys: readonly Column[]; values: readonly Column[] },
  returning: Selection | null,
): NodeOf<'update'> {
  return Object.freeze({
    kind: 'update',
    table,
    assignments: values.map((column) => ({ column: column.name, value: fromRows(source, column) })),
    from: [source],
    where: keys.map((column) => equal(columnIn(table, column), fromRows(source, column))),
    isEveryRow: false,
    ignoresCriteria: true,
    returning,
    allowed: [],
    options: [],
  })
}

/** An insert, and what tells of a row that it gives back whether it was inserted. */
export interface Counted<N = ExpressionNode> {
  readonly insert: NodeOf<'insert'>
  readonly isNew: N
}

/**
 * The inserts as common table expressions, of which only the counts come back, a row for each: inserted, written at all, and of how many it is
 * known.
 */
export function counting(only: Counted, ...more: readonly Counted[]): StatementNode {
  const first = countOf(only, 'written')
  const [second, ...rest] = more.map((each, i) => countOf(each, `written_${i + 2}`))
  return (second ? unionAll(first, second, ...rest) : first)[queryNode]
}

function countOf({ insert, isNew }: Counted, name: string) {
  const returning = { form: 'object', items: [{ kind: 'value', expression: isNew, label: 'isNew' }] } as const
  const written = new Returning<{ isNew: boolean }>({ ...insert, returning }).cte(name)
  return select(func.count().filter(written.c.isNew), func.count(), func.count(written.c.isNew)).from(written)
}

const boolean = types.boolean()

/** Was the row inserted, and not updated? NULL in a row of which the server does not tell it. Null where the dialect cannot. */
export function insertedCondition(dialect: Dialect, { schema, name }: Table): ExpressionNode | null {
  const names = schema === null ? [name] : [schema, name]
  const text = dialect.insertedRow?.(names.map((each) => dialect.quote(each)).join('.'))
  if (text === undefined) return null
  return Object.freeze({ kind: 'fragment', strings: [text], parts: [], stands: 'scalar', type: boolean })
}

/** The text of a column in RETURNING, as it came. */
export function textOfColumn(table: Target, column: Column): ExpressionNode {
  const { name, property, label, type } = column
  return columnIn(table, new Column({ name, property, label, type: encodedType(type) }))
}
