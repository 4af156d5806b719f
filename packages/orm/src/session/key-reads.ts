// Reads of one object by its key: `get` and `refresh`. The identity map answers where it can; the statements are key-query.ts's.
import type { Connection, Result } from '@oriel/engine'
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
  /** Writes what waits to be inserted or deleted of these classes; null where nothing does. */
  flushFor(mappers: Iterable<Mapper>): Promise<void> | null
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

  /**
   * The object with this key, or what `missing` makes of it that there is none. Only pending and deleted objects of the class are
   * flushed. Without a promise where the session knows it.
   */
  get<M>(mapper: Mapper, key: unknown, missing: () => M): object | M | Promise<object | M> {
    const { state, refuseUnusable, flushFor } = this.#context
    refuseUnusable('get()')
    const identity = identityOfKey(key, state.format(mapper))
    const flushing = flushFor([mapper])
    if (flushing) return this.#read({ mapper, identity, flushing }, missing)
    return this.#known(mapper, identity) ?? this.#read({ mapper, identity, flushing: null }, missing)
  }

  async #read<M>(
    { mapper, identity, flushing }: { mapper: Mapper; identity: string; flushing: Promise<void> | null },
    missing: () => M,
  ): Promise<object | M> {
    if (flushing) {
      await flushing
      const known = this.#known(mapper, identity)
      if (known) return known
    }
    const found = await this.#query({ mapper, identity }, mapper.element, this.#context.reader)
    const object = found.scalars().first()
    if (!object) return missing()
    const known = this.#context.state.identityMap.get(mapper, identity)
    if (known) this.#missing.delete(known)
    return object
  }

  #known(mapper: Mapper, identity: string): object | null {
    const { state } = this.#context
    const known = state.identityMap.get(mapper, identity)
    if (!known || state.deleted.has(known) || this.#missing.has(known)) return null
    return isWhole(known, state.format(mapper)) ? known.object : null
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
      const element = mapper.elementWith(columns)
      const found = await this.#query({ mapper, identity: state.identity }, element, this.#resetting)
      if (!found.first()) {
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

  #query(
    { mapper, identity }: { mapper: Mapper; identity: string },
    element: ClauseElement,
    reader: EntityReader,
  ): Promise<Result<[object]>> {
    const { state, onConnection } = this.#context
    const columns = state.format(mapper).keys.map(({ column }) => column)
    const query = new KeyQuery(element, columns, columns.length === 1 ? [identity] : identity.split('\u0000'))
    return onConnection((connection) => connection[executeWith](query, reader))
  }
}
