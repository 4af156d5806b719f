// Carries out a plan: one statement per table and set of columns, keys paired with their objects, objects told what the database made of them.
import type { WireRow } from '@oriel/engine'
import type { Column, Table } from '@oriel/sql'
import { StaleDataError } from '../error.ts'
import type { ColumnPairs, Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { setLoaded } from '../session/entity-rows.ts'
import type { SessionState } from '../session/session-state.ts'
import { describeObject } from '../session/session-state.ts'
import { identityOfRow } from '../state/identity-key.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import type { ChangeSets } from './change-set.ts'
import type { FlushAction, FlushPlan, LateReference } from './flush-plan.ts'
import type { Journal } from './journal.ts'
import { keyTexts } from './key-link.ts'
import type { Links, PairChange } from './links.ts'
import { canBePaired, isCanonical, pairRows } from './pairing.ts'
import { type ColumnTexts, deleteRows, insertRows, type RowStatement, selectKeys, updateRows } from './row-statement.ts'

/** Sends a statement of the flush. */
export type Send = (
  statement: RowStatement,
) => Promise<{ readonly rows: readonly WireRow[]; readonly rowCount: number }>

type Texts = Map<Place, string | null>
type LateKeys = Map<InstanceState, Set<RelationshipProperty>>

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

const shapeOf = (texts: Texts): string => [...texts.keys()].map(({ index }) => index).join(' ')

export class Persister {
  readonly #session: SessionState
  readonly #journal: Journal
  readonly #send: Send

  constructor(session: SessionState, journal: Journal, send: Send) {
    this.#session = session
    this.#journal = journal
    this.#send = send
  }

  async execute(plan: FlushPlan, { links, changes }: { links: Links; changes: ChangeSets }): Promise<void> {
    const late: LateKeys = new Map()
    for (const action of plan.actions)
      if (action.kind === 'late reference')
        for (const { child, relationship } of action.references)
          late.set(child, (late.get(child) ?? new Set()).add(relationship))
    for (const action of plan.actions) await this.#act(action, { links, changes, late })
  }

  async #act(action: FlushAction, work: { links: Links; changes: ChangeSets; late: LateKeys }): Promise<void> {
    switch (action.kind) {
      case 'insert':
        return await this.#insert(action.mapper, action.states, work)
      case 'update':
        return await this.#update(
          action.mapper,
          action.states.map((state) => ({ state, texts: this.#changedTexts(state, work) })),
        )
      case 'late reference':
        return await this.#update(
          action.mapper,
          action.references.map((reference) => ({ state: reference.child, texts: this.#referenceTexts(reference) })),
        )
      case 'link':
        return await this.#link(action.table, action.pairs)
      case 'unlink':
        return await this.#unlink(action.table, action.pairs)
      case 'unlink all': {
        const { association } = action.relationship
        if (association) await this.#unlinkAll(association.table, association.toOwner, action.states)
        return
      }
      case 'delete':
        return await this.#delete(action.mapper, action.states)
    }
  }

  // ------------------------------------------------------------------ insert

  async #insert(
    mapper: Mapper,
    states: readonly InstanceState[],
    work: { links: Links; changes: ChangeSets; late: LateKeys },
  ): Promise<void> {
    const format = this.#session.format(mapper)
    const rows = states.map((state) => ({ state, texts: this.#insertTexts(state, format, work) }))
    for (const group of groupBy(rows, ({ texts }) => shapeOf(texts)).values()) {
      const given = group[0]?.texts ?? new Map<Place, string | null>()
      const isPairable = canBePaired(format, given, this.#session.dialect)
      const returning = this.#returningOf(format, given, isPairable && group.length > 1)
      const batches = isPairable ? [group] : group.map((row) => [row])
      for (const batch of batches) {
        const columns = [...given.keys()].map(
          (place): ColumnTexts => ({ column: place.column, texts: batch.map(({ texts }) => texts.get(place) ?? null) }),
        )
        const result = await this.#send(
          insertRows(
            mapper.table,
            columns,
            returning.map((place) => place.column),
          ),
        )
        const answers = pairRows(batch, result.rows, { format, given, returning })
        batch.forEach(({ state, texts }, i) => {
          this.#inserted(state, texts, { format, returning, answer: answers[i] ?? [] })
        })
      }
    }
  }

  #insertTexts(
    state: InstanceState,
    format: RowFormat,
    work: { links: Links; changes: ChangeSets; late: LateKeys },
  ): Texts {
    const texts: Texts = new Map(work.changes.inserts.get(state))
    for (const [relationship, target] of work.links.targets.get(state) ?? []) {
      const isLate = work.late.get(state)?.has(relationship) === true
      for (const [place, text] of this.#keyTexts(state, relationship, isLate ? null : target)) texts.set(place, text)
    }
    // In the order of the table, so that objects with the same columns make the same statement.
    return new Map(
      format.places.flatMap((place) => (texts.has(place) ? [[place, texts.get(place) ?? null] as const] : [])),
    )
  }

  #keyTexts(
    child: InstanceState,
    relationship: RelationshipProperty,
    target: InstanceState | null,
  ): [Place, string | null][] {
    return keyTexts(child, relationship, { target, session: this.#session })
  }

  /** What only the database knows: generated keys, defaults of what was left out, computed columns. With keys, where rows are paired by them. */
  #returningOf(format: RowFormat, given: Texts, isPaired: boolean): Place[] {
    const returning = format.places.filter((place) => {
      const { property } = place
      if (property.isComputed) return true
      if (given.has(place)) return property.isKey && !isCanonical(place)
      return property.isFilled || property.isKey
    })
    if (!isPaired || returning.length === 0 || format.keys.some((place) => !given.has(place))) return returning
    return [...format.keys, ...returning.filter((place) => !place.property.isKey)]
  }

  #inserted(
    state: InstanceState,
    texts: Texts,
    more: { format: RowFormat; returning: readonly Place[]; answer: WireRow },
  ): void {
    const { format, returning, answer } = more
    const { object } = state
    this.#journal.keep(state)
    const row = format.places.map((place) => texts.get(place) ?? null)
    returning.forEach((place, i) => {
      row[place.index] = answer[i] ?? null
    })
    for (const place of format.places) {
      const value: unknown = Object.getOwnPropertyDescriptor(object, place.name)?.value
      const text = row[place.index] ?? null
      if (value !== undefined && texts.has(place) && !returning.includes(place) && !(value === null && text !== null))
        continue
      if (value !== undefined && value !== null && !returning.includes(place)) continue
      this.#journal.keepProperty(state, place.name)
      setLoaded(object, place.name, text === null ? null : place.codec.decode(text))
    }
    state.row = row
    this.#session.becomePersistent(state, identityOfRow(row, format))
  }

  // ------------------------------------------------------------------ update

  #changedTexts(state: InstanceState, { links, changes }: { links: Links; changes: ChangeSets }): Texts {
    const texts: Texts = new Map(changes.updates.get(state))
    for (const [relationship, target] of links.targets.get(state) ?? [])
      for (const [place, text] of this.#keyTexts(state, relationship, target))
        if (state.row[place.index] !== text) texts.set(place, text)
    const format = this.#session.format(state.mapper)
    return new Map(
      format.places.flatMap((place) => (texts.has(place) ? [[place, texts.get(place) ?? null] as const] : [])),
    )
  }

  #referenceTexts({ child, relationship, target }: LateReference): Texts {
    return new Map(this.#keyTexts(child, relationship, target))
  }

  async #update(mapper: Mapper, rows: readonly { state: InstanceState; texts: Texts }[]): Promise<void> {
    const format = this.#session.format(mapper)
    const computed = format.places.filter(({ property }) => property.isComputed)
    const changed = rows.filter(({ texts }) => texts.size > 0)
    for (const group of groupBy(changed, ({ texts }) => shapeOf(texts)).values()) {
      // Sorted by key, so that two flushes never lock the same rows in opposite order.
      const batch = [...group].sort((a, b) => compareKeys(a.state, b.state))
      const keys = this.#keysOf(
        format,
        batch.map(({ state }) => state),
      )
      const values = [...(batch[0]?.texts.keys() ?? [])].map(
        (place): ColumnTexts => ({ column: place.column, texts: batch.map(({ texts }) => texts.get(place) ?? null) }),
      )
      const returning = computed.length > 0 ? [...format.keys, ...computed] : []
      const result = await this.#send(
        updateRows(
          mapper.table,
          { keys, values },
          returning.map((place) => place.column),
        ),
      )
      if (result.rowCount !== batch.length) throw await this.#staleUpdate(format, batch)
      for (const { state, texts } of batch) this.#updated(state, texts, format)
      this.#takeComputed(batch, result.rows, { format, returning })
    }
  }

  #updated(state: InstanceState, texts: Texts, format: RowFormat): void {
    this.#journal.keep(state)
    state.row = state.row.slice()
    for (const [place, text] of texts) {
      state.row[place.index] = text
      const value: unknown = Object.getOwnPropertyDescriptor(state.object, place.name)?.value
      // Keys that came from a relationship are not yet on the object.
      if (value === undefined || (value === null) !== (text === null) || this.#isOther(value, text, place)) {
        this.#journal.keepProperty(state, place.name)
        setLoaded(state.object, place.name, text === null ? null : place.codec.decode(text))
      }
    }
    this.#session.becomePersistent(state, identityOfRow(state.row, format))
  }

  #isOther(value: unknown, text: string | null, place: Place): boolean {
    return value !== null && text !== null && place.codec.encode(value, place.column.label) !== text
  }

  #takeComputed(
    batch: readonly { state: InstanceState }[],
    rows: readonly WireRow[],
    { format, returning }: { format: RowFormat; returning: readonly Place[] },
  ): void {
    if (returning.length === 0) return
    const width = format.keys.length
    const byKey = new Map(rows.map((row) => [row.slice(0, width).join('\u0000'), row]))
    for (const { state } of batch) {
      const row = byKey.get(state.identity ?? '')
      returning.slice(width).forEach((place, i) => {
        const text = row?.[width + i] ?? null
        state.row[place.index] = text
        this.#journal.keepProperty(state, place.name)
        setLoaded(state.object, place.name, text === null ? null : place.codec.decode(text))
      })
    }
  }

  /** Asks which of the rows are there: an UPDATE only says how many. */
  async #staleUpdate(
    format: RowFormat,
    batch: readonly { state: InstanceState; texts: Texts }[],
  ): Promise<StaleDataError> {
    const states = batch.map(({ state }) => state)
    if (states.length === 1) return staleError('updated', states, [])
    const { table } = format.mapper
    const { rows } = await this.#send(selectKeys(table, this.#keysOf(format, states)))
    return staleError('updated', states, rows)
  }

  /** The keys that the rows have in the database now. */
  #keysOf(format: RowFormat, states: readonly InstanceState[]): ColumnTexts[] {
    return format.keys.map((place) => ({
      column: place.column,
      texts: states.map(({ row }) => row[place.index] ?? null),
    }))
  }

  // ------------------------------------------------------------------ delete

  async #delete(mapper: Mapper, states: readonly InstanceState[]): Promise<void> {
    const format = this.#session.format(mapper)
    const sorted = [...states].sort(compareKeys)
    const returning = sorted.length > 1 ? format.keys.map(({ column }) => column) : []
    const { rows, rowCount } = await this.#send(deleteRows(mapper.table, this.#keysOf(format, sorted), returning))
    if (rowCount !== sorted.length) throw staleError('deleted', sorted, rows)
    for (const state of sorted) {
      this.#journal.keep(state)
      this.#session.becomeDeleted(state)
    }
  }

  // ------------------------------------------------------------------ association tables

  async #link(table: Table, pairs: readonly PairChange[]): Promise<void> {
    await this.#send(insertRows(table, this.#pairTexts(pairs), []))
  }

  async #unlink(table: Table, pairs: readonly PairChange[]): Promise<void> {
    await this.#send(deleteRows(table, this.#pairTexts(pairs)))
  }

  #pairTexts(pairs: readonly PairChange[]): ColumnTexts[] {
    const columns = new Map<Column, (string | null)[]>()
    pairs.forEach(({ relationship, owner, target }, i) => {
      const { association } = relationship
      if (!association) return
      const put = (column: Column, text: string | null) => {
        const texts = columns.get(column) ?? []
        texts[i] = text
        columns.set(column, texts)
      }
      for (const [column, key] of association.toOwner) put(column, this.#textOf(owner, key))
      for (const [column, key] of association.toTarget) put(column, this.#textOf(target, key))
    })
    const order = pairs[0]?.relationship.association?.table.columns ?? []
    return order.flatMap((column) => {
      const texts = columns.get(column)
      return texts ? [{ column, texts }] : []
    })
  }

  async #unlinkAll(table: Table, pairs: ColumnPairs, states: readonly InstanceState[]): Promise<void> {
    await this.#send(
      deleteRows(
        table,
        pairs.map(([column, key]) => ({ column, texts: states.map((state) => this.#textOf(state, key)) })),
      ),
    )
  }

  #textOf(state: InstanceState, column: Column): string | null {
    const place = this.#session.format(state.mapper).byColumn.get(column)
    return place ? (state.row[place.index] ?? null) : null
  }
}

function compareKeys(a: InstanceState, b: InstanceState): number {
  const [left, right] = [a.identity ?? '', b.identity ?? '']
  const isNumber = /^-?\d{1,15}$/.test(left) && /^-?\d{1,15}$/.test(right)
  if (isNumber) return Number(left) - Number(right)
  return left < right ? -1 : left > right ? 1 : 0
}

/** Names the objects whose rows are missing among those that were found, by key. */
function staleError(verb: string, states: readonly InstanceState[], found: readonly WireRow[]): StaleDataError {
  const keys = new Set(found.map((row) => row.join('\u0000')))
  const missing = states.filter(({ identity }) => !keys.has(identity ?? ''))
  const named = missing.slice(0, 3).map(describeObject).join(', ')
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : ''
  return new StaleDataError(`${named}${more} could not be ${verb}: the row is not there any more.`, {
    hint: 'Somebody else deleted it, or changed its key. Roll back and read again.',
  })
}
