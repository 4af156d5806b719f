// Reads of one object by its key: `get` and `refresh`. The identity map answers where it can; the statements are key-query.ts's.
import type { Connection } from '@oriel/engine'
import { type EntityReader, executeWith } from '@oriel/engine/internal'
import { ArgumentError, type ClauseElement, type Column, InvalidRequestError, suggest } from '@oriel/sql'
import { ObjectDeletedError } from '../error.ts'
import type { MembersToLoad } from '../loading/loading.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { identityOfKey } from '../state/identity-key.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'
import { sessionReader } from './entity-rows.ts'
import { expireObject, expireRelationship } from './expire.ts'
import { columnsToRead, isWhole, KeyQuery } from './key-query.ts'
import { describeObject, type SessionState } from './session-state.ts'

/** What reads by key need of the session around them. */
export interface KeyReadContext {
  readonly state: SessionState
  readonly reader: EntityReader
  refuseUnusable(verb: string): void
  /** Writes what waits to be inserted or deleted of these classes. */
  flushFor(mappers: Iterable<Mapper>): Promise<void>
  onConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  loadMembers(work: MembersToLoad): Promise<void>
}

/** Throws ArgumentError for a property that the class does not have. */
export function refuseUnknownProperties({ mapper }: InstanceState, properties: readonly string[] | undefined): void {
  for (const name of properties ?? [])
    if (!mapper.properties.has(name) && !mapper.relationships.has(name))
      throw new ArgumentError(`${mapper.name} has no property '${name}'.`, {
        hint: suggest(name, [...mapper.properties.keys(), ...mapper.relationships.keys()], 'Properties'),
      })
}

/** The properties that a refresh does not read. */
function namesBeside(
  { mapper }: InstanceState,
  { columns, relationships }: { columns: readonly Column[]; relationships: readonly RelationshipProperty[] },
  { places }: RowFormat,
): string[] {
  const unread = places.filter(({ column }) => !columns.includes(column))
  const unloaded = [...mapper.relationships.values()].filter((each) => !relationships.includes(each))
  return [...unread, ...unloaded].map(({ name }) => name)
}

export class KeyReads {
  readonly #context: KeyReadContext
  /** Takes what the row says, whatever the object holds. */
  readonly #resetting: EntityReader

  /** Objects whose rows were not found: they hold what they held, and get() looks again. */
  readonly #missing = new WeakSet<InstanceState>()

  constructor(context: KeyReadContext) {
    this.#context = context
    this.#resetting = sessionReader(context.state, { isReset: true })
  }

  /** The object with this key, or null. Only pending and deleted objects of the class are flushed. */
  async get(mapper: Mapper, key: unknown): Promise<object | null> {
    const { state, reader, refuseUnusable, flushFor } = this.#context
    refuseUnusable('get()')
    const format = state.format(mapper)
    const identity = identityOfKey(key, format)
    await flushFor([mapper])
    const known = state.identityMap.get(mapper, identity)
    if (known && !state.deleted.has(known) && isWhole(known, format) && !this.#missing.has(known)) return known.object
    const [row] = await this.#query(mapper, identity, { element: mapper.element, reader })
    if (row && known) this.#missing.delete(known)
    return row ?? null
  }

  /** Reads all of an object again, or these properties. Rejects with ObjectDeletedError where its row is gone. */
  async refresh(object: object, properties: readonly string[] | undefined): Promise<void> {
    const { state: session, refuseUnusable, loadMembers } = this.#context
    refuseUnusable('refresh()')
    const state = session.ownState(object, 'refresh()')
    refuseUnknownProperties(state, properties)
    if (state.status !== 'persistent' || state.identity === null)
      throw new InvalidRequestError(`refresh(): the object is ${state.status}; there is no row to read.`)
    const { mapper } = state
    const relationships = [...mapper.relationships.values()].filter(
      ({ name }) => properties?.includes(name) ?? state.members?.has(name),
    )
    const format = session.format(mapper)
    const columns = columnsToRead(state, format, properties)
    if (columns.length > 0) {
      const [row] = await this.#query(mapper, state.identity, {
        element: mapper.elementWith(columns),
        reader: this.#resetting,
      })
      if (!row) {
        this.#missing.add(state)
        throw new ObjectDeletedError(`${describeObject(state)} is gone: its row was deleted by somebody else.`)
      }
    }
    session.journal?.keep(state)
    // What was assigned unseen goes, too.
    if (!properties) expireObject(state, format, namesBeside(state, { columns, relationships }, format))
    for (const relationship of relationships) {
      const restore = expireRelationship(state, format, relationship.name)
      try {
        await loadMembers({ relationship, states: [state] })
      } catch (error) {
        restore()
        throw error
      }
    }
  }

  async #query(
    mapper: Mapper,
    identity: string,
    { element, reader }: { element: ClauseElement; reader: EntityReader },
  ): Promise<object[]> {
    const { state, onConnection } = this.#context
    const columns = state.format(mapper).keys.map(({ column }) => column)
    const query = new KeyQuery(element, columns, columns.length === 1 ? [identity] : identity.split('\u0000'))
    const rows = await onConnection(async (connection) => await connection[executeWith](query, reader))
    return rows.all().map(([object]) => object)
  }
}
