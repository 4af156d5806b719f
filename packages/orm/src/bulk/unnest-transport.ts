// Rows sent as one array per column. One statement per set of columns, however many batches there are.
import type { Result } from '@oriel/engine'
import type { RowGroup } from './batch.ts'
import type { Target } from './bulk-plan.ts'
import { type ColumnSet, KnownSets } from './column-set.ts'
import { conflictClause } from './conflict.ts'
import { keysToMake, makeKeys } from './made-key.ts'
import { countsIn, countsOf, sumOf } from './outcome.ts'
import { type Piece, Returned } from './returning.ts'
import { BulkStatement, counting, insertedCondition, insertFrom, updateFrom } from './statement.ts'
import type { EncodedRows, LoadParts, Send, Transport, WrittenRows } from './transport.ts'

/** A statement, and how its answer is read. */
interface Form {
  readonly statement: BulkStatement
  readonly returned: Returned | null
  read(result: Result<unknown>, piece: Piece): WrittenRows
}

export class UnnestTransport implements Transport {
  readonly strategy = 'unnest'
  readonly #parts: LoadParts
  readonly #into: Target
  readonly #forms = new Map<ColumnSet, Form | null>()
  readonly #sets = new KnownSets()

  constructor(parts: LoadParts) {
    const { element } = parts.format.mapper
    this.#parts = parts
    this.#into = Object.freeze({ kind: 'table', table: element.table, element })
  }

  encode(group: RowGroup): EncodedRows {
    const count = group.numbers.length
    const missing = keysToMake(this.#parts, group.set)
    if (missing.length === 0) return { count, write: this.#prepared(group) }
    return {
      count,
      write: async (send) => {
        const texts = await makeKeys(missing, count, send)
        const set = this.#sets.of([...group.set.places, ...missing])
        return await this.#prepared({ ...group, set, texts: [...group.texts, ...texts] })(send)
      },
    }
  }

  #prepared(group: RowGroup): (send: Send) => Promise<WrittenRows> {
    const count = group.numbers.length
    const form = this.#formOf(group.set)
    if (!form) return async () => ({ ...nothing, unchanged: count })
    const { statement, returned } = form
    const pieces = (returned?.pieces(group) ?? [{ group, by: 'row', keys: [] } as const]).map((piece) => ({
      piece,
      arrays: piece.group.texts.map((column, at) => statement.encode(at, column)),
    }))
    return async (send) => {
      let written = nothing
      for (const { piece, arrays } of pieces) {
        const more = form.read(await send(statement.bind(arrays)), piece)
        written = { ...sumOf(written, more), returned: [...written.returned, ...more.returned] }
      }
      return written
    }
  }

  /** Null where the rows would change nothing. */
  #formOf(set: ColumnSet): Form | null {
    const known = this.#forms.get(set)
    if (known !== undefined) return known
    const form = this.#parts.plan.kind === 'update' ? this.#update(set) : this.#insert(set)
    this.#forms.set(set, form)
    return form
  }

  #returned(set: ColumnSet, assigned: ReadonlySet<string>): Returned | null {
    const { returning } = this.#parts.plan
    return returning && new Returned(returning, this.#parts, { set, into: this.#into, assigned })
  }

  #insert(set: ColumnSet): Form {
    const { plan, format, keys, dialect } = this.#parts
    const { table } = this.#into
    const keyNames = new Set((keys.places ?? []).map(({ name }) => name))
    const onConflict = conflictClause(plan, format.mapper, { set, keyNames, into: this.#into })
    const columns = set.places.map(({ column }) => column)
    const what = { into: this.#into, columns, onConflict }
    const returned = this.#returned(set, assignedBy(plan.action.kind, onConflict))
    const condition = onConflict?.action && !returned ? insertedCondition(dialect, table) : null
    const statement = new BulkStatement(columns, dialect, {
      table,
      withOrdinality: returned !== null,
      write: (source) => {
        const insert = insertFrom(source, what, returned?.selection(source) ?? null)
        return condition ? counting({ insert, isNew: condition }) : insert
      },
    })
    const updates = Boolean(onConflict?.action)
    return {
      statement,
      returned,
      read: (result, piece) => {
        const count = piece.group.numbers.length
        if (returned) {
          const { rows, inserted } = returned.read(result.all(), piece)
          return { ...countsOf(count, rows.length, updates ? inserted : rows.length), returned: rows }
        }
        if (!condition) return { ...countsOf(count, result.rowCount, updates ? null : result.rowCount), returned: [] }
        const { inserted, written } = countsIn(result.one())
        return { ...countsOf(count, written, inserted), returned: [] }
      },
    }
  }

  #update(set: ColumnSet): Form | null {
    const { dialect, format } = this.#parts
    const { table } = this.#into
    const keys = format.keys.map(({ column }) => column)
    const values = set.places.filter((place) => !format.keys.includes(place)).map(({ column }) => column)
    if (values.length === 0) return null
    const returned = this.#returned(set, new Set())
    const columns = set.places.map(({ column }) => column)
    const statement = new BulkStatement(columns, dialect, {
      table,
      withOrdinality: returned !== null,
      write: (source) => updateFrom(source, { table: this.#into, keys, values }, returned?.selection(source) ?? null),
    })
    return {
      statement,
      returned,
      read: (result, piece) => {
        const rows = returned?.read(result.all(), piece).rows ?? []
        const updated = returned ? rows.length : result.rowCount
        return { inserted: 0, updated, unchanged: piece.group.numbers.length - updated, returned: rows }
      },
    }
  }
}

/** The columns to which a row that is there may get other values than it was found by. */
function assignedBy(
  kind: LoadParts['plan']['action']['kind'],
  onConflict: ReturnType<typeof conflictClause>,
): ReadonlySet<string> {
  return new Set(kind === 'set' ? onConflict?.action?.assignments.map(({ column }) => column) : [])
}

const nothing: WrittenRows = { inserted: 0, updated: 0, unchanged: 0, returned: [] }
