// `merge`: takes the values of objects from elsewhere over into this session's objects for the same rows. What is found is read before
// anything is changed, so that a merge that fails has changed nothing.
import { InvalidRequestError } from '@oriel/sql'
import type { MembersToLoad } from '../loading/loading.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { isObject, isWhole, own } from '../unit-of-work/members.ts'
import { type MergeKey, mergeKey } from './merge-key.ts'
import { type MergeReads, readByKeys } from './merge-reads.ts'
import type { SessionState } from './session-state.ts'

/** What a merge needs of the session around it. */
export interface MergeTarget extends MergeReads {
  readonly unitOfWork: { addAll(objects: Iterable<object>): void }
  loadMembers(work: MembersToLoad): Promise<void>
}

/** What a relationship of an object from elsewhere holds. */
interface Given {
  readonly relationship: RelationshipProperty
  readonly members: readonly object[]
}

/** An object from elsewhere, and what is to become of it. */
interface Visit {
  readonly object: object
  readonly mapper: Mapper
  readonly key: MergeKey | null
  readonly given: readonly Given[]
}

/** The objects that a merge reaches, and this session's objects for them. */
class Merge {
  readonly #target: MergeTarget
  readonly #visits: Visit[] = []
  readonly #merged = new Map<object, object>()
  /** Objects that have rows: what their relationships hold is to be compared. */
  readonly #found = new Set<object>()
  readonly #made: object[] = []

  constructor(target: MergeTarget) {
    this.#target = target
  }

  async run(object: object): Promise<object> {
    this.#collect(object)
    await this.#find()
    await this.#load()
    for (const visit of this.#visits) this.#takeOver(visit)
    this.#target.unitOfWork.addAll(this.#made)
    return this.#mergedOf(object)
  }

  /** All that hangs on the object along `merge` cascades: a list that grows while it is walked, since graphs may be deep. */
  #collect(object: object): void {
    const { state } = this.#target
    const seen = new Set([object])
    for (const each of seen) {
      // What is here already is not merged into itself.
      if (stateOf(each)?.session === state) {
        this.#merged.set(each, each)
        continue
      }
      const mapper = state.mapperOfObject(each, 'merge()')
      const given = membersOf(each, mapper)
      this.#visits.push({ object: each, mapper, key: mergeKey(each, state.format(mapper)), given })
      for (const { members } of given) for (const member of members) seen.add(member)
    }
  }

  /** Finds this session's object for each that has a key, and makes new ones for the others. */
  async #find(): Promise<void> {
    // Two objects for one row are one here.
    const keys = new Map<string, MergeKey>()
    for (const { key } of this.#visits) if (key && !keys.has(key.name)) keys.set(key.name, key)
    const byKey = await readByKeys(keys.values(), this.#target)
    for (const object of byKey.values()) this.#found.add(object)
    for (const { object, mapper, key } of this.#visits) {
      const first = key && keys.get(key.name)
      let merged = first && byKey.get(first)
      if (!merged) {
        merged = madeOf(mapper)
        this.#made.push(merged)
        if (first) byKey.set(first, merged)
      }
      this.#merged.set(object, merged)
    }
  }

  /** Loads what is to be compared: each relationship for all objects that hold it. */
  async #load(): Promise<void> {
    const owners = new Map<RelationshipProperty, Set<InstanceState>>()
    for (const { object, given } of this.#visits) {
      const merged = this.#mergedOf(object)
      if (!this.#found.has(merged)) continue
      const state = this.#target.state.ownState(merged, 'merge()')
      if (state.status !== 'persistent') continue
      for (const { relationship } of given) {
        const states = owners.get(relationship) ?? new Set()
        owners.set(relationship, states.add(state))
      }
    }
    for (const [relationship, states] of owners) {
      // What was loaded just now may have told.
      const unread = [...states].filter((state) => !isWhole(state, relationship.name))
      if (unread.length > 0) await this.#target.loadMembers({ relationship, states: unread })
    }
  }

  #takeOver({ object, mapper, key, given }: Visit): void {
    const merged = this.#mergedOf(object)
    for (const [name, value] of key?.values() ?? []) if (own(merged, name) === undefined) setLoaded(merged, name, value)
    for (const { name, isComputed, isKey } of mapper.properties.values()) {
      const value = own(object, name)
      if (value !== undefined && !isComputed && !(isKey && key)) setLoaded(merged, name, value)
    }
    for (const { relationship, members } of given) {
      const mine = members.map((member) => this.#mergedOf(member))
      setLoaded(merged, relationship.name, relationship.isMany ? [...new Set(mine)] : (mine[0] ?? null))
    }
  }

  #mergedOf(object: object): object {
    return this.#merged.get(object) ?? object
  }
}

function madeOf(mapper: Mapper): object {
  const made: object = Reflect.construct(mapper.entityClass, [])
  return made
}

/** What the relationships hold that are to be merged along. */
function membersOf(object: object, mapper: Mapper): Given[] {
  const given: Given[] = []
  for (const relationship of mapper.relationships.values()) {
    const value = own(object, relationship.name)
    if (value === undefined || !relationship.cascades.has('merge')) continue
    if (!relationship.isMany) given.push({ relationship, members: isObject(value) ? [value] : [] })
    else if (Array.isArray(value)) given.push({ relationship, members: value.filter(isObject) })
    else throw new InvalidRequestError(`merge(): ${relationship.name} is a collection and holds ${typeof value}.`)
  }
  return given
}

/** Merges an object and, along `merge` cascades, what hangs on it. Gives back this session's object. */
export async function mergeObject(object: object, target: MergeTarget): Promise<object> {
  return await new Merge(target).run(object)
}

/** The classes of what a merge reaches. */
export function classesMerged(object: object, state: SessionState): ReadonlySet<Mapper> {
  const mappers = new Set<Mapper>()
  const seen = new Set([object])
  for (const each of seen) {
    const mapper = state.mapperOfObject(each, 'merge()')
    mappers.add(mapper)
    if (stateOf(each)?.session !== state)
      for (const { members } of membersOf(each, mapper)) for (const member of members) seen.add(member)
  }
  return mappers
}
