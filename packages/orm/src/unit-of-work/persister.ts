// Carries out a plan: one statement per table and set of columns, in batches where there are many new rows, keys paired with their objects, objects told what the database made of them.
import type { WireRow } from '@oriel/engine'
import type { Column, Table } from '@oriel/sql'
import { FlushError, StaleDataError } from '../error.ts'
import type { Association, Mapper } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import { describeObject } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { identityOfRow } from '../state/identity-key.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import { keyOf } from '../state/key-form.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { linkRows, objectsOfRows, ownerTexts, pairTexts } from './association-rows.ts'
import type { ChangeSets } from './change-set.ts'
import type { FlushAction, FlushPlan, LateReference } from './flush-plan.ts'
import { followKeys } from './follow-key.ts'
import { inTurn, rowsPerStatement } from './in-turn.ts'
import { insertTexts, type LateKeys, referencesOf } from './insert-texts.ts'
import type { Journal } from './journal.ts'
import { eachKeyText, type KeySource } from './key-link.ts'
import type { Links } from './links.ts'
import { own } from './members.ts'
import { areReadable, canBePaired, isCanonical, pairRows } from './pairing.ts'
import { refersToItself } from './plan.ts'
import {
  columnTexts,
  groupBy,
  inBatches,
  nameOwnKeys,
  placesIn,
  type Row,
  shapeOf,
  sortedByKey,
  stored,
} from './row-group.ts'
import { type ColumnTexts, deleteRows, insertRows, type RowStatement, selectKeys, updateRows } from './row-statement.ts'

/** What the server says to a statement of the flush. */
interface Answer {
  readonly rows: readonly WireRow[]
  readonly rowCount: number
}

/** Makes a statement of the flush ready; the function sends it. */
export type Prepare = (statement: RowStatement) => () => Promise<Answer>

/** How rows of one shape were written. */
interface Written {
  readonly changed: readonly Place[]
  readonly linked: readonly Place[]
  readonly format: RowFormat
  /** What the objects said when the flush was planned. */
  readonly updates: ChangeSets['updates']
}

export class Persister {
  readonly #session: SessionState
  readonly #journal: Journal
  readonly #prepare: Prepare
  #hasDeleted = false

  constructor(session: SessionState, journal: Journal, prepare: Prepare) {
    this.#session = session
    this.#journal = journal
    this.#prepare = prepare
  }

  /** Are there objects whose rows are gone? */
  get hasDeleted(): boolean {
    return this.#hasDeleted
  }

  async execute(plan: FlushPlan, { links, changes }: { links: Links; changes: ChangeSets }): Promise<void> {
    const late: LateKeys = new Map()
    for (const action of plan.actions)
      if (action.kind === 'late reference')
        for (const { child, relationship } of action.references)
          late.set(child, (late.get(child) ?? new Set()).add(relationship))
    for (const action of plan.actions) await this.#act(action, { links, changes, late })
  }

  async #send(statement: RowStatement): Promise<Answer> {
    return await this.#prepare(statement)()
  }

  async #act(action: FlushAction, work: { links: Links; changes: ChangeSets; late: LateKeys }): Promise<void> {
    switch (action.kind) {
      case 'insert':
        return await this.#insert(action, work)
      case 'update':
        return await this.#update(
          action.mapper,
          stored(action.states).map((state) => ({ state, texts: this.#changedTexts(state, work) })),
          work.changes,
        )
      case 'late reference':
        return await this.#update(
          action.mapper,
          action.references.map((reference) => ({ state: reference.child, texts: this.#referenceTexts(reference) })),
          work.changes,
        )
      case 'link':
        await this.#send(linkRows(action.table, action.pairs, this.#session))
        return
      case 'unlink':
        return await this.#unlink(
          action.pairs[0]?.relationship.association ?? null,
          pairTexts(action.pairs, this.#session),
        )
      case 'unlink all': {
        const { association } = action.relationship
        if (!association) return
        return await this.#unlink(association, ownerTexts(association.toOwner, action.states, this.#session))
      }
      case 'delete':
        return await this.#delete(action.mapper, stored(action.states))
    }
  }

  // ------------------------------------------------------------------ insert

  async #insert(
    { mapper, states, isTogether }: Extract<FlushAction, { kind: 'insert' }>,
    work: { links: Links; changes: ChangeSets; late: LateKeys },
  ): Promise<void> {
    const format = this.#session.format(mapper)
    const references = referencesOf(format, this.#session)
    const rows = states.map((state): Row => ({ state, texts: insertTexts(state, references, work) }))
    if (isTogether) nameOwnKeys(mapper, rows, format)
    for (const group of groupBy(rows, shapeOf).values()) {
      const given = placesIn(group[0]?.texts, format)
      const isGiven = new Set(given)
      const isPairable = canBePaired(format, isGiven, this.#session.dialect) && areReadable(group, format)
      const returning = this.#returningOf(format, isGiven, isPairable && group.length > 1)
      // A row of defaults alone names no column by which several could be told.
      const isOneByOne = !isPairable || given.length === 0
      // Rows that may refer to each other need one statement.
      const size = refersToItself(mapper) ? group.length : rowsPerStatement
      const batches = inBatches(group, isOneByOne ? 1 : size)
      // What was sent as it is on the object need not be looked at again, unless it came from a relationship.
      const unsent = format.places.filter((place) => !isGiven.has(place) && !returning.includes(place))
      const isMade = (place: Place) => isOthers(place, mapper) && !returning.includes(place)
      const made = given.filter(isMade)
      await inTurn(batches, {
        prepare: (batch) =>
          this.#prepare(
            insertRows(
              mapper.table,
              given.map((place) => columnTexts(place, batch)),
              returning.map((place) => place.column),
            ),
          ),
        take: (batch, { rows: found }) => {
          if (returning.length > 0 && found.length !== batch.length) throw lostRows(mapper, batch.length, found.length)
          const answers = pairRows(batch, found, { format, given: isGiven, returning })
          batch.forEach((row, i) => {
            this.#inserted(row, { format, made, unsent, returning, answer: answers[i] ?? [] })
          })
        },
      })
    }
  }

  /** What only the database knows: generated keys, defaults of what was left out, computed columns. With keys, where rows are paired by them. */
  #returningOf(format: RowFormat, given: ReadonlySet<Place>, isPaired: boolean): Place[] {
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
    { state, texts }: Row,
    more: {
      format: RowFormat
      made: readonly Place[]
      unsent: readonly Place[]
      returning: readonly Place[]
      answer: WireRow
    },
  ): void {
    const { format, made, unsent, returning, answer } = more
    const { object } = state
    // What was sent is what the row holds. Others take its key from here.
    const row = texts
    for (let i = 0; i < row.length; i++) if (row[i] === undefined) row[i] = null
    for (let i = 0; i < returning.length; i++) {
      const place = returning[i]
      if (place) row[place.index] = answer[i] ?? null
    }
    if (this.#session.hasLost(state)) return
    this.#journal.keep(state)
    for (let i = 0; i < returning.length; i++) {
      const place = returning[i]
      if (place) this.#fill(state, place, row[place.index] ?? null)
    }
    for (const place of made) {
      const text = row[place.index] ?? null
      const value = own(object, place.name)
      if (value === undefined || (value === null && text !== null)) this.#fill(state, place, text)
    }
    for (const place of unsent) {
      const value = own(object, place.name)
      if (value === undefined || value === null) this.#fill(state, place, null)
    }
    state.row = row
    this.#session.wroteRow(state, identityOfRow(row, format))
  }

  /** Puts what the database holds onto the object. */
  #fill(state: InstanceState, place: Place, text: string | null): void {
    this.#journal.keepProperty(state, place.name)
    setLoaded(state.object, place.name, text === null ? null : place.codec.decode(text))
  }

  // ------------------------------------------------------------------ update

  #changedTexts(state: InstanceState, { links, changes }: { links: Links; changes: ChangeSets }): RawRow {
    const texts: RawRow = changes.updates.get(state) ?? []
    const targets = links.targets.size > 0 ? links.targets.get(state) : undefined
    if (!targets) return texts
    const all: RawRow = this.#session.format(state.mapper).places.map(({ index }) => texts[index])
    targets.forEach((target, relationship) => {
      eachKeyText({ child: state, relationship }, this.#rowOf(target), (place, text) => {
        if (state.row[place.index] !== text) all[place.index] = text
      })
    })
    return all
  }

  #referenceTexts(reference: LateReference): RawRow {
    const texts: RawRow = this.#session.format(reference.child.mapper).places.map(() => undefined)
    eachKeyText(reference, this.#rowOf(reference.target), (place, text) => {
      texts[place.index] = text
    })
    return texts
  }

  #rowOf(target: InstanceState | null): KeySource {
    return { target, session: this.#session, row: target?.row ?? [] }
  }

  async #update(mapper: Mapper, rows: readonly Row[], { updates }: ChangeSets): Promise<void> {
    const format = this.#session.format(mapper)
    const computed = format.places.filter(({ property }) => property.isComputed)
    for (const group of groupBy(rows, shapeOf).values()) {
      const changed = placesIn(group[0]?.texts, format)
      if (changed.length === 0) continue
      // Sorted by key, so that two flushes never lock the same rows in opposite order.
      const batch = sortedByKey(group, ({ state }) => state)
      const keys = this.#keysOf(
        format,
        batch.map(({ state }) => state),
      )
      const values = changed.map((place) => columnTexts(place, batch))
      const returning = computed.length > 0 ? [...format.keys, ...computed] : []
      const result = await this.#send(
        updateRows(
          mapper.table,
          { keys, values },
          returning.map((place) => place.column),
        ),
      )
      if (result.rowCount !== batch.length) throw await this.#staleUpdate(format, batch)
      const isFollowed = changed.some(({ column }) => isReferred(column, mapper.table))
      const before = isFollowed ? batch.map(({ state }) => ({ state, before: state.row })) : []
      const linked = changed.filter((place) => isOthers(place, mapper))
      const written: Written = { changed, linked, format, updates }
      for (const row of batch) this.#updated(row, written)
      if (isFollowed) followKeys(mapper, before, { session: this.#session, journal: this.#journal })
      this.#takeComputed(batch, result.rows, { format, returning })
    }
  }

  #updated({ state, texts }: Row, { changed, linked, format, updates }: Written): void {
    if (this.#session.hasLost(state)) return
    this.#journal.keep(state)
    const before = state.row
    const row = before.slice()
    state.row = row
    let isKeyChanged = false
    for (const place of changed) {
      const text = texts[place.index] ?? null
      row[place.index] = text
      if (place.property.isKey) isKeyChanged = true
    }
    // Keys that came from a relationship are not yet on the object. What else differs by now was said while the flush was under way.
    for (const place of linked) {
      const text = row[place.index] ?? null
      const value = own(state.object, place.name)
      const isNew = value !== undefined && differs(value, before[place.index], place)
      // What was planned to be written, and was overruled since (its target is deleted), was not said meanwhile.
      const isSaid = isNew && differs(value, updates.get(state)?.[place.index], place)
      if (!isSaid && (value === undefined || (value === null) !== (text === null) || isOther(value, text, place)))
        this.#fill(state, place, text)
    }
    if (!isKeyChanged) return
    const { readIn } = state
    this.#session.wroteRow(state, identityOfRow(row, format))
    // The rest of the row was not read.
    state.readIn = readIn
  }

  #takeComputed(
    batch: readonly { state: InstanceState }[],
    rows: readonly WireRow[],
    { format, returning }: { format: RowFormat; returning: readonly Place[] },
  ): void {
    if (returning.length === 0) return
    const width = format.keys.length
    const byKey = new Map(rows.map((row) => [identityInAnswer(row, format), row]))
    for (const { state } of batch) {
      if (this.#session.hasLost(state)) continue
      const answer = byKey.get(state.identity ?? '')
      const row = state.row.slice()
      returning.slice(width).forEach((place, i) => {
        const text = answer?.[width + i] ?? null
        row[place.index] = text
        this.#fill(state, place, text)
      })
      state.row = row
    }
  }

  /** Asks which of the rows are there: an UPDATE only says how many. */
  async #staleUpdate(format: RowFormat, batch: readonly Row[]): Promise<StaleDataError> {
    const states = batch.map(({ state }) => state)
    if (states.length === 1) return staleError('updated', states, [])
    const { table } = format.mapper
    const { rows } = await this.#send(selectKeys(table, this.#keysOf(format, states)))
    return staleError(
      'updated',
      states,
      rows.map((row) => identityInAnswer(row, format)),
    )
  }

  /** The keys that the rows have in the database now. */
  #keysOf(format: RowFormat, states: readonly InstanceState[]): ColumnTexts[] {
    return format.keys.map((place) => ({
      column: place.column,
      texts: states.map(({ row }) => row[place.index] ?? null),
    }))
  }

  // ------------------------------------------------------------------ delete

  /** Rows of an association table go, and with them the objects that an association entity has for them. */
  async #unlink(association: Association | null, rows: readonly ColumnTexts[]): Promise<void> {
    if (!association) return
    await this.#send(deleteRows(association.table, rows))
    if (association.mapper)
      for (const state of objectsOfRows(association.mapper(), rows, this.#session)) this.#deleted(state)
  }

  #deleted(state: InstanceState): void {
    if (this.#session.hasLost(state)) return
    this.#journal.keep(state)
    this.#session.becomeDeleted(state)
    this.#hasDeleted = true
  }

  async #delete(mapper: Mapper, states: readonly InstanceState[]): Promise<void> {
    if (states.length === 0) return
    const format = this.#session.format(mapper)
    const sorted = sortedByKey(states, (state) => state)
    const returning = sorted.length > 1 ? format.keys.map(({ column }) => column) : []
    const { rows, rowCount } = await this.#send(deleteRows(mapper.table, this.#keysOf(format, sorted), returning))
    if (rowCount !== sorted.length)
      throw staleError(
        'deleted',
        sorted,
        rows.map((row) => identityInAnswer(row, format)),
      )
    for (const state of sorted) this.#deleted(state)
  }
}

function lostRows({ name }: Mapper, sent: number, stored: number): FlushError {
  return new FlushError(`${name}: ${sent} new rows were sent, and the database says that it stored ${stored}.`, {
    hint: 'A trigger or a rule of the table leaves rows out. Roll back; write such rows by insert().',
  })
}

/** Keys may come from a relationship, or be made for the row: then they are not yet on the object. */
function isOthers({ name, property }: Place, { related }: Mapper): boolean {
  return property.isKey || related.some(({ keyProperties }) => keyProperties.includes(name))
}

function isOther(value: unknown, text: string | null, place: Place): boolean {
  if (value === text || value === null || text === null) return false
  return place.codec.encode(value, place.column.label) !== text
}

/** Can others refer to the column? Keys and unique columns only. */
function isReferred(column: Column, { primaryKey, uniques }: Table): boolean {
  return [primaryKey, ...uniques].some((key) => key?.columns.includes(column))
}

/** The identity in a row that begins with the key. */
function identityInAnswer(row: WireRow, { keys }: RowFormat): string {
  return keyOf(
    keys.map((_, i) => row[i] ?? ''),
    keys.map(({ form }) => form),
  )
}

/** Names the objects whose rows are missing among those that were found, by key. */
function staleError(verb: string, states: readonly InstanceState[], found: readonly string[]): StaleDataError {
  const keys = new Set(found)
  const missing = states.filter(({ identity }) => !keys.has(identity ?? ''))
  const named = missing.slice(0, 3).map(describeObject).join(', ')
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : ''
  return new StaleDataError(`${named}${more} could not be ${verb}: the row is not there any more.`, {
    hint: 'Somebody else deleted it, or changed its key. Roll back and read again.',
  })
}
