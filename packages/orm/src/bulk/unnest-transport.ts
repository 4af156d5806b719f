// Rows sent as one array per column. One statement per set of columns, however many batches there are.
import type { RowGroup } from './batch.ts'
import type { Target } from './bulk-plan.ts'
import type { ColumnSet } from './column-set.ts'
import { conflictClause } from './conflict.ts'
import { countsIn, countsOf } from './outcome.ts'
import { Returned } from './returning.ts'
import { BulkStatement, counting, insertedCondition, insertFrom, updateFrom } from './statement.ts'
import type { EncodedRows, LoadParts, Send, Transport, WrittenRows } from './transport.ts'

/** A statement, and how its answer is read. */
interface Form {
  readonly statement: BulkStatement
  read(send: Send, arrays: readonly string[], group: RowGroup): Promise<WrittenRows>
}

export class UnnestTransport implements Transport {
  readonly strategy = 'unnest'
  readonly #parts: LoadParts
  readonly #into: Target
  readonly #forms = new Map<ColumnSet, Form | null>()

  constructor(parts: LoadParts) {
    const { element } = parts.format.mapper
    this.#parts = parts
    this.#into = Object.freeze({ kind: 'table', table: element.table, element })
  }

  encode(group: RowGroup): EncodedRows {
    const { set, texts, numbers } = group
    const count = numbers.length
    const form = this.#formOf(set)
    if (!form) return { count, write: async () => ({ ...nothing, unchanged: count }) }
    const arrays = texts.map((column, at) => form.statement.encode(at, column))
    return { count, write: async (send) => await form.read(send, arrays, group) }
  }

  /** Null where the rows would change nothing. */
  #formOf(set: ColumnSet): Form | null {
    const known = this.#forms.get(set)
    if (known !== undefined) return known
    const form = this.#parts.plan.kind === 'update' ? this.#update(set) : this.#insert(set)
    this.#forms.set(set, form)
    return form
  }

  #returned(set: ColumnSet): Returned | null {
    const { plan, dialect } = this.#parts
    return plan.returning && new Returned(plan.returning, this.#parts, { set, into: this.#into, dialect })
  }

  #insert(set: ColumnSet): Form {
    const { plan, format, keys, dialect } = this.#parts
    const keyNames = new Set((keys.places ?? []).map(({ name }) => name))
    const onConflict = conflictClause(plan, format.mapper, { set, keyNames, into: this.#into })
    const columns = set.places.map(({ column }) => column)
    const what = { into: this.#into, columns, onConflict }
    const returned = this.#returned(set)
    const condition = onConflict?.action && !returned ? insertedCondition(dialect) : null
    const statement = new BulkStatement(columns, dialect, {
      withOrdinality: returned !== null,
      write: (source) => {
        const insert = insertFrom(source, what, returned?.selection ?? null)
        return condition ? counting(insert, condition) : insert
      },
    })
    const updates = Boolean(onConflict?.action)
    return {
      statement,
      read: async (send, arrays, group) => {
        const count = group.numbers.length
        const result = await send(statement.bind(arrays))
        if (returned) {
          const { rows, inserted } = returned.read(result.all(), group)
          return { ...countsOf(count, rows.length, updates ? inserted : rows.length), returned: rows }
        }
        if (!condition) return { ...countsOf(count, result.rowCount, updates ? null : result.rowCount), returned: [] }
        const [inserted, written] = countsIn(result.one())
        return { ...countsOf(count, written, inserted), returned: [] }
      },
    }
  }

  #update(set: ColumnSet): Form | null {
    const { dialect, format } = this.#parts
    const keys = format.keys.map(({ column }) => column)
    const values = set.places.filter((place) => !format.keys.includes(place)).map(({ column }) => column)
    if (values.length === 0) return null
    const returned = this.#returned(set)
    const columns = set.places.map(({ column }) => column)
    const statement = new BulkStatement(columns, dialect, {
      withOrdinality: false,
      write: (source) => updateFrom(source, { table: this.#into, keys, values }, returned?.selection ?? null),
    })
    return {
      statement,
      read: async (send, arrays, group) => {
        const result = await send(statement.bind(arrays))
        const rows = returned?.read(result.all(), group).rows ?? []
        const updated = returned ? rows.length : result.rowCount
        return { inserted: 0, updated, unchanged: group.numbers.length - updated, returned: rows }
      },
    }
  }
}

const nothing: WrittenRows = { inserted: 0, updated: 0, unchanged: 0, returned: [] }
