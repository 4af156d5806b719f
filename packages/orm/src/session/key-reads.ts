// Reads of one object by its key: `get` and `refresh`. The identity map answers where it can; the statements are key-query.ts's.
import type { Connection } from '@oriel/engine'
import { type EntityReader, executeWith } from '@oriel/engine/internal'
import { ArgumentError, InvalidRequestError, suggest } from '@oriel/sql'
import { ObjectDeletedError } from '../error.ts'
import type { MembersToLoad } from '../loading/loading.ts'
import type { Mapper } from '../registry/mapper.ts'
import { identityOfKey } from '../state/identity-key.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { expireObject } from './expire.ts'
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

export class KeyReads {
  readonly #context: KeyReadContext

  constructor(context: KeyReadContext) {
    this.#context = context
  }

  /** The object with this key, or null. Only pending and deleted objects of the class are flushed. */
  async get(mapper: Mapper, key: unknown): Promise<object | null> {
    const { state, refuseUnusable, flushFor } = this.#context
    refuseUnusable('get()')
    const format = state.format(mapper)
    const identity = identityOfKey(key, format)
    await flushFor([mapper])
    const known = state.identityMap.get(mapper, identity)
    if (known && !state.deleted.has(known) && isWhole(known, format)) return known.object
    const [row] = await this.#query(mapper, identity)
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
    const columns = columnsToRead(state, session.format(mapper), properties)
    expireObject(state, session.format(mapper), properties)
    if (columns.length > 0) {
      const [row] = await this.#query(mapper, state.identity, mapper.elementWith(columns))
      if (!row) throw new ObjectDeletedError(`${describeObject(state)} is gone: its row was deleted by somebody else.`)
    }
    for (const relationship of relationships) await loadMembers({ relationship, states: [state] })
  }

  async #query(mapper: Mapper, identity: string, element = mapper.element): Promise<object[]> {
    const { state, reader, onConnection } = this.#context
    const columns = state.format(mapper).keys.map(({ column }) => column)
    const query = new KeyQuery(element, columns, columns.length === 1 ? [identity] : identity.split('\u0000'))
    const rows = await onConnection(async (connection) => await connection[executeWith](query, reader))
    return rows.all().map(([object]) => object)
  }
}
