// UPDATE and DELETE of an entity through a session: the objects that the session holds are told what became of their rows.

import type { Connection } from '@oriel/engine'
import { Result } from '@oriel/engine'
import { type EntityReader, executeWith } from '@oriel/engine/internal'
import { type Query, type QueryNode, queryNode, type Selection } from '@oriel/sql'
import { markExpired } from '../mapped/expired.ts'
import type { Mapper } from '../registry/mapper.ts'
import { identityOfRow } from '../state/identity-key.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'
import { columnsAsTheyCome } from '../unit-of-work/row-statement.ts'
import { followMoves } from './collection-moves.ts'
import { sessionReader } from './entity-rows.ts'
import { type Change, Evaluation } from './evaluate.ts'
import { expireObject } from './expire.ts'
import { StatementOf } from './key-query.ts'
import { forgetHolders } from './moved-reference.ts'
import { removeRows } from './remove-rows.ts'
import type { SessionExecuteOptions } from './session-options.ts'
import type { SessionState } from './session-state.ts'

/** The UPDATE or DELETE of a mapped table that a statement is; null for others. */
export function changeOf(statement: Query<unknown>, session: SessionState): { node: Change; mapper: Mapper } | null {
  const node = statement[queryNode]
  if (node.kind !== 'update' && node.kind !== 'delete') return null
  const mapper = session.mapperOfTable(node.table.table)
  return mapper && { node, mapper }
}

/** Does the statement change data, whatever else it does? */
export function isDataChange(node: QueryNode): boolean {
  return node.kind === 'update' || node.kind === 'delete' || node.kind === 'insert'
}

/** A statement of the user's, and the change of an entity that it is. */
export interface SynchronizedChange {
  readonly statement: Query<unknown>
  readonly change: { readonly node: Change; readonly mapper: Mapper }
}

const label = '~synchronized'

/** The select list with one more item behind the user's own. */
function withItem(returning: Selection | null, added: Selection): Selection {
  const [item] = added.items
  if (!returning || !item) return added
  return {
    form: returning.form,
    items: [...returning.items, { ...item, label: returning.form === 'object' ? label : null }],
  }
}

export class Synchronization {
  readonly #session: SessionState
  readonly #change: SynchronizedChange['change']
  readonly #statement: Query<unknown>
  readonly #how: 'fetch' | 'evaluate' | false

  constructor(
    session: SessionState,
    { statement, change }: SynchronizedChange,
    how: SessionExecuteOptions['synchronizeSession'],
  ) {
    this.#session = session
    this.#change = change
    this.#statement = statement
    this.#how = how ?? 'fetch'
  }

  /** Sends the statement and brings the objects up to date. */
  async run<R>(connection: Connection, options: SessionExecuteOptions | undefined): Promise<Result<R>> {
    const { node, mapper } = this.#change
    const isKnown = this.#session.identityMap.of(mapper).size > 0
    const reader = sessionReader(this.#session, { isRefresh: this.#how !== false })
    const isFetch = this.#how === 'fetch' && isKnown
    // Worked out before: afterwards the objects no longer say what the rows were.
    const evaluation = this.#how === 'evaluate' && isKnown ? new Evaluation(this.#session, this.#change) : null
    const statement = isFetch ? new StatementOf(this.#fetching(node), this.#statement.allowed) : this.#statement
    const keys: string[] = []
    let result: Result<unknown>
    try {
      result = await connection[executeWith](statement, isFetch ? this.#collecting(reader, keys) : reader, options)
    } finally {
      followMoves(this.#session)
    }
    if (isFetch) this.#take(keys)
    else if (evaluation) evaluation.apply()
    // The rows are what the statement's own type says; only the item of ours is taken off again.
    return Result.of<R>(
      isFetch ? strip(result.all(), node.returning) : result.all(),
      formOf(node.returning),
      result.rowCount,
    )
  }

  #fetching(node: Change): Change {
    const { mapper } = this.#change
    const columns =
      node.kind === 'delete' ? mapper.keyProperties.map(({ column }) => column) : mapper.element.loadedColumns
    return Object.freeze({ ...node, returning: withItem(node.returning, columnsAsTheyCome(mapper.table, columns)) })
  }

  /** Our item, the last of the row, refreshes what is known and makes nothing new. */
  #collecting(reader: EntityReader, keys: string[]): EntityReader {
    const { node, mapper } = this.#change
    const format = this.#session.format(mapper)
    return (item, codecs) => {
      const { loadedColumns } = item.element
      if (item.element === mapper.element || mapper.element.table !== item.element.table) return reader(item, codecs)
      const places = loadedColumns.map((column) => format.byColumn.get(column))
      const refresh = node.kind === 'update' ? reader(item, codecs) : null
      return (row) => {
        const texts: (string | null | undefined)[] = new Array(format.places.length).fill(undefined)
        places.forEach((place, i) => {
          if (place) texts[place.index] = row[item.start + i] ?? null
        })
        const identity = identityOfRow(texts, format)
        const known = identity === null ? undefined : this.#session.identityMap.get(mapper, identity)
        if (!known || identity === null) return row
        keys.push(identity)
        return refresh ? refresh(row) : known.object
      }
    }
  }

  #take(keys: readonly string[]): void {
    const { node, mapper } = this.#change
    const format = this.#session.format(mapper)
    const states = keys.flatMap((key) => this.#session.identityMap.get(mapper, key) ?? [])
    if (node.kind === 'delete') removeRows(states, this.#session)
    else for (const state of states) expireUnread(state, { format, node, session: this.#session })
    followMoves(this.#session)
  }
}

/** Columns that were set and that are not among what was read back, and references whose key was set: no longer known. */
function expireUnread(
  state: InstanceState,
  { format, node, session }: { format: RowFormat; node: Change; session: SessionState },
): void {
  if (node.kind !== 'update') return
  const set = new Set(node.assignments.map(({ column }) => column))
  const { loadedColumns } = state.mapper.element
  const unread = format.places.filter(({ column, property }) => {
    return set.has(column.name) && !property.isKey && !loadedColumns.includes(column)
  })
  const moved = [...state.mapper.relationships.values()].filter(
    ({ holdsKey, pairs }) => holdsKey && pairs.some(([mine]) => set.has(mine.name)),
  )
  const names = [...unread, ...moved].map(({ name }) => name)
  if (names.length === 0) return
  session.journal?.keep(state)
  for (const place of unread)
    for (const reference of place.references) forgetHolders(state, { reference, before: state.lastRow }, session)
  expireObject(state, format, names)
  markExpired(state.object, 'an UPDATE', names)
}

function strip(rows: readonly unknown[], returning: Selection | null): unknown[] {
  if (!returning) return []
  return rows.map((row) => {
    if (Array.isArray(row)) return row.slice(0, -1)
    if (typeof row !== 'object' || row === null) return row
    const { [label]: _, ...own } = Object.fromEntries(Object.entries(row))
    return own
  })
}

function formOf(returning: Selection | null): ConstructorParameters<typeof Result>[1] {
  if (!returning) return { kind: 'none' }
  if (returning.form === 'tuple') return { kind: 'tuple', width: returning.items.length }
  return { kind: 'object', names: returning.items.map(({ label: name }) => name ?? '') }
}
