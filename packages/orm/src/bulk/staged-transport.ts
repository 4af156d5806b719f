// Rows that wait in a temporary table until all are there: of those with one key the server then chooses one. For sources that are read once.
import {
  Column,
  type Dialect,
  type Executable,
  Expression,
  type ExpressionNode,
  func,
  type NodeOf,
  type StatementNode,
  Table,
  types,
  unknownType,
} from '@oriel/sql'
import { StatementOf } from '../session/key-query.ts'
import {
  columnIn,
  equal,
  freeColumnName,
  freeName,
  fromRows,
  parameter,
  selectOf,
} from '../unit-of-work/row-statement.ts'
import type { RowGroup } from './batch.ts'
import type { Target } from './bulk-plan.ts'
import type { Outcome } from './bulk-report.ts'
import { type ColumnSet, KnownSets } from './column-set.ts'
import { conflictClause } from './conflict.ts'
import { isSelfReferential } from './grouping.ts'
import { added, countsIn, countsOf, sumOf } from './outcome.ts'
import { refuseDuplicate } from './rejection.ts'
import {
  BulkStatement,
  type Counted,
  counting,
  insertedCondition,
  insertFrom,
  insertSelected,
  updateFrom,
} from './statement.ts'
import type { EncodedRows, Finished, LoadParts, Send, Transport } from './transport.ts'

const integer = types.integer()
const bigint = types.bigint()
const boolean = types.boolean()
const trueNode: ExpressionNode = Object.freeze({ kind: 'keyword', word: 'true', type: boolean })
const unknownBoolean: ExpressionNode = Object.freeze({
  kind: 'cast',
  operand: Object.freeze({ kind: 'keyword', word: 'null', type: boolean }),
  type: boolean,
})

let staged = 0

interface StagedSet {
  readonly id: number
  readonly set: ColumnSet
  readonly statement: BulkStatement
}

export class StagedTransport implements Transport {
  readonly strategy = 'unnest'
  readonly #parts: LoadParts
  readonly #into: Target
  readonly #stage: Target
  /** Columns of ours, beside those of the table. */
  readonly #setColumn: Column
  readonly #numberColumn: Column
  readonly #sets = new Map<ColumnSet, StagedSet>()
  readonly #known = new KnownSets()
  #isCreated = false
  #rows = 0

  constructor(parts: LoadParts) {
    const { element, properties } = parts.format.mapper
    this.#parts = parts
    this.#into = Object.freeze({ kind: 'table', table: element.table, element })
    const columns = [...properties.values()].filter(({ isComputed }) => !isComputed).map(({ column }) => column)
    this.#setColumn = new Column({ name: freeColumnName('oriel_set', element.table), type: integer })
    this.#numberColumn = new Column({ name: freeColumnName('oriel_row', element.table), type: bigint })
    const table = new Table({
      name: freeName(`oriel_bulk_${++staged}`, [element.table.name]),
      columns: [this.#setColumn, this.#numberColumn, ...columns],
    })
    this.#stage = Object.freeze({ kind: 'table', table, element: null })
  }

  encode(group: RowGroup): EncodedRows {
    // A part of the key that is left out is compared too, where it is known what it will be.
    const leftOut = this.#parts.keys.leftOut(group.set)
    const set =
      leftOut.length === 0 ? group.set : this.#known.of([...group.set.places, ...leftOut.map(({ place }) => place)])
    const { id, statement } = this.#setOf(set)
    const { numbers, texts } = group
    const columns = [
      numbers.map(() => String(id)),
      numbers.map(String),
      ...texts,
      ...leftOut.map(({ text }) => numbers.map(() => text)),
    ]
    const arrays = columns.map((column, at) => statement.encode(at, column))
    return {
      count: numbers.length,
      write: async (send) => {
        if (!this.#isCreated) await send(statementOf(definition(this.#stage, this.#parts.dialect)))
        this.#isCreated = true
        await send(statement.bind(arrays))
        this.#rows += numbers.length
        return null
      },
    }
  }

  async finish(send: Send): Promise<Finished> {
    if (!this.#isCreated) return { ...countsOf(0, 0, 0), written: 0, duplicates: 0 }
    const counts = await this.#winnersPerSet(send)
    const winners = [...counts.values()].reduce((sum, count) => sum + count, 0)
    if (winners < this.#rows && this.#parts.plan.duplicates.keep === 'error') await this.#refuse(send)
    const outcome = await this.#writeAll(counts, send)
    await send(statementOf(fragment(`drop table ${this.#parts.dialect.quote(this.#stage.table.name)}`)))
    return { ...outcome, written: winners, duplicates: this.#rows - winners }
  }

  async #writeAll(counts: ReadonlyMap<number, number>, send: Send): Promise<Outcome> {
    const { kind } = this.#parts.plan
    const sets = [...this.#sets.values()].filter(({ id }) => counts.has(id))
    if (kind !== 'update' && sets.length > 1 && isSelfReferential(this.#into.table))
      return await this.#writeTogether(sets, counts, send)
    let outcome = countsOf(0, 0, 0)
    for (const each of sets) outcome = sumOf(outcome, await this.#write(each, counts.get(each.id) ?? 0, send))
    return outcome
  }

  /** References are checked at the end of a statement: rows that may refer to each other are written by one. */
  async #writeTogether(sets: readonly StagedSet[], counts: ReadonlyMap<number, number>, send: Send): Promise<Outcome> {
    const [first, ...more] = sets.map((each) => {
      const { insert, isNew } = this.#insertOf(each)
      // Where nothing is updated, what comes back was inserted.
      return { insert, isNew: isNew ?? (insert.onConflict?.action ? unknownBoolean : trueNode) }
    })
    if (!first) return countsOf(0, 0, 0)
    const rows = (await send(statementOf(counting(first, ...more)))).all().map(countsIn)
    const count = [...counts.values()].reduce((sum, each) => sum + each, 0)
    const written = rows.reduce((sum, row) => sum + row.written, 0)
    const inserted = rows.reduce<number | null>((sum, row) => added(sum, row.inserted), 0)
    return countsOf(count, written, inserted)
  }

  #setOf(set: ColumnSet): StagedSet {
    const known = this.#sets.get(set)
    if (known) return known
    const columns = [this.#setColumn, this.#numberColumn, ...set.places.map(({ column }) => column)]
    const statement = new BulkStatement(columns, this.#parts.dialect, {
      table: this.#into.table,
      withOrdinality: false,
      write: (source) => insertFrom(source, { into: this.#stage, columns, onConflict: null }, null),
    })
    const made = { id: this.#sets.size + 1, set, statement }
    this.#sets.set(set, made)
    return made
  }

  /** What makes rows equal: the columns of the key; a key with a NULL is like no other, and so is one that the server will make. */
  #keyNodes(): ExpressionNode[] {
    const { places } = this.#parts.keys
    const keys = (places ?? []).map(({ column }) => columnIn(this.#stage, column))
    const nullable = (places ?? []).filter(({ column, property }) => column.isNullable || property.isFilled)
    if (nullable.length === 0) return keys
    const operands = nullable.map(
      ({ column }): ExpressionNode =>
        Object.freeze({ kind: 'nullTest', operand: columnIn(this.#stage, column), isNegated: false, type: boolean }),
    )
    const hasNull: ExpressionNode = Object.freeze({ kind: 'logical', operator: 'or', operands, type: boolean })
    const branches = [{ when: hasNull, result: columnIn(this.#stage, this.#numberColumn) }]
    return [...keys, Object.freeze({ kind: 'case', subject: null, branches, otherwise: null, type: bigint })]
  }

  /** `SELECT DISTINCT ON (key) … ORDER BY key, row`: the first or the last row of each key. */
  #winners(): NodeOf<'derived'> {
    const { columns } = this.#stage.table
    const keys = this.#keyNodes()
    const direction = this.#parts.plan.duplicates.keep === 'last' ? 'desc' : 'asc'
    const operand = columnIn(this.#stage, this.#numberColumn)
    const order: ExpressionNode = Object.freeze({ kind: 'ordering', operand, direction, nulls: null, type: bigint })
    const items = columns.map((column) => columnIn(this.#stage, column))
    const query = Object.freeze({ ...selectOf(items, [this.#stage], [...keys, order]), distinct: keys })
    const named = columns.map(({ property, name, type }) => ({ key: property, name, type }))
    return Object.freeze({
      kind: 'derived',
      query,
      name: freeName('rows', [this.#into.table.name]),
      columns: named,
      isLateral: false,
    })
  }

  async #winnersPerSet(send: Send): Promise<ReadonlyMap<number, number>> {
    const winners = this.#winners()
    const set = columnIn(winners, this.#setColumn)
    const node = Object.freeze({ ...selectOf([set, func.count().node], [winners], []), groupBy: [set] })
    const result = await send(statementOf(node))
    return new Map(result.all().map((row) => pairIn(row)))
  }

  /** Names two rows that have one key. */
  async #refuse(send: Send): Promise<never> {
    const number = new Expression<bigint>(columnIn(this.#stage, this.#numberColumn))
    const [first, last] = [func.min(number).node, func.max(number).node]
    const several: ExpressionNode = Object.freeze({
      kind: 'binary',
      operator: '>',
      left: func.count().node,
      right: parameter(1, integer, 'one row'),
      type: boolean,
    })
    const node = Object.freeze({
      ...selectOf([first, last], [this.#stage], [first]),
      groupBy: this.#keyNodes(),
      having: [several],
      limit: parameter(1, integer, 'limit'),
    })
    const [pair] = (await send(statementOf(node))).all()
    const [earlier, later]: unknown[] = Array.isArray(pair) ? pair : []
    refuseDuplicate(Number(later), Number(earlier), this.#parts.keys.label)
  }

  async #write({ id, set }: StagedSet, count: number, send: Send): Promise<Outcome> {
    const { plan, format } = this.#parts
    const source = this.#winners()
    const isOfSet = equal(columnIn(source, this.#setColumn), parameter(id, integer, 'set of columns'))
    if (plan.kind === 'update') {
      const values = set.places.filter((place) => !format.keys.includes(place)).map(({ column }) => column)
      if (values.length === 0) return countsOf(count, 0, 0)
      const node = updateFrom(
        source,
        { table: this.#into, keys: format.keys.map(({ column }) => column), values },
        null,
      )
      const { rowCount } = await send(statementOf(Object.freeze({ ...node, where: [...node.where, isOfSet] })))
      return countsOf(count, rowCount, 0)
    }
    const { insert, isNew } = this.#insertOf({ id, set })
    const result = await send(statementOf(isNew ? counting({ insert, isNew }) : insert))
    if (isNew) {
      const { inserted, written } = countsIn(result.one())
      return countsOf(count, written, inserted)
    }
    return countsOf(count, result.rowCount, insert.onConflict?.action ? null : result.rowCount)
  }

  #insertOf({ id, set }: Pick<StagedSet, 'id' | 'set'>): Counted<ExpressionNode | null> {
    const { plan, format, keys, dialect } = this.#parts
    const source = this.#winners()
    const columns = set.places.map(({ column }) => column)
    const items = columns.map((column) => fromRows(source, column))
    const rows = Object.freeze({
      ...selectOf(items, [source], [columnIn(source, this.#numberColumn)]),
      where: [equal(columnIn(source, this.#setColumn), parameter(id, integer, 'set of columns'))],
    })
    const keyNames = new Set((keys.places ?? []).map(({ name }) => name))
    const onConflict = conflictClause(plan, format.mapper, { set, keyNames, into: this.#into })
    const insert = insertSelected(rows, { into: this.#into, columns, onConflict }, null)
    return { insert, isNew: onConflict?.action ? insertedCondition(dialect, this.#into.table) : null }
  }
}

/** Two numbers of one row. */
function pairIn(row: unknown): [number, number] {
  const [first, second]: unknown[] = Array.isArray(row) ? row : []
  return [Number(first), Number(second)]
}

function statementOf(node: StatementNode): Executable<unknown> {
  return new StatementOf(node, ['limit-without-order'])
}

function fragment(text: string): NodeOf<'raw'> {
  return Object.freeze({
    kind: 'raw',
    fragment: Object.freeze({ kind: 'fragment', strings: [text], parts: [], stands: 'scalar', type: unknownType }),
    columns: null,
    allowed: [],
    options: [],
  })
}

/** A temporary table without constraints, which goes with the transaction at the latest. */
function definition({ table }: Target, dialect: Dialect): NodeOf<'raw'> {
  const columns = table.columns.map(({ name, type }) => `${dialect.quote(name)} ${dialect.typeName(type)}`)
  return fragment(`create temporary table ${dialect.quote(table.name)} (${columns.join(', ')}) on commit drop`)
}
