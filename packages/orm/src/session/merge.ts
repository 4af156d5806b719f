// `merge`: takes the values of objects from elsewhere over into this session's objects for the same rows. What is found is read before
// anything is changed, so that a merge that fails has changed nothing.
import { InvalidRequestError } from '@oriel/sql'
import type { MembersToLoad } from '../loading/loading.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { keyText } from '../state/identity-key.ts'
import { stateOf } from '../state/instance-state.ts'
import { keyOf } from '../state/key-form.ts'
import type { Place } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { isObject, isWhole, own } from '../unit-of-work/members.ts'
import type { KeyReads } from './key-reads.ts'
import type { SessionState } from './session-state.ts'

/** What a merge needs of the session around it. */
export interface MergeTarget {
  readonly state: SessionState
  readonly byKey: KeyReads
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
  readonly key: readonly Part[] | null
  readonly given: readonly Given[]
}

/** A part of a key, as a value that the session would have read. */
interface Part {
  readonly place: Place
  readonly text: string
}

/** The objects that a merge reaches, and this session's objects for them. */
class Merge {
  readonly #target: MergeTarget
  readonly #visits: Visit[] = []
  readonly #merged = new Map<object, object>()
  readonly #made: object[] = []

  constructor(target: MergeTarget) {
    this.#target = target
  }

  async run(object: object): Promise<object> {
    this.#collect(object)
    const byKey = new Map<string, object>()
    const found = new Set<object>()
    for (const visit of this.#visits) await this.#find(visit, { byKey, found })
    for (const visit of this.#visits) {
      const known = this.#merged.get(visit.object)
      const relationships = visit.given.map(({ relationship }) => relationship)
      if (known && found.has(known)) await this.#load(known, relationships)
    }
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
      this.#visits.push({ object: each, mapper, key: this.#keyOf(each, mapper), given })
      for (const { members } of given) for (const member of members) seen.add(member)
    }
  }

  #keyOf(object: object, mapper: Mapper): readonly Part[] | null {
    const parts: Part[] = []
    for (const place of this.#target.state.format(mapper).keys) {
      const value = own(object, place.name)
      if (value === undefined || value === null) return null
      parts.push({ place, text: keyText(value, place) })
    }
    return parts
  }

  async #find(
    { object, mapper, key }: Visit,
    { byKey, found }: { byKey: Map<string, object>; found: Set<object> },
  ): Promise<void> {
    const name = key && nameOf(mapper, key)
    // Two objects for one row are one here.
    let merged = name === null ? null : (byKey.get(name) ?? null)
    if (!merged && key) {
      merged = await this.#target.byKey.get(
        mapper,
        Object.fromEntries(key.map((part) => [part.place.name, decoded(part)])),
        () => null,
      )
      if (merged) found.add(merged)
    }
    if (!merged) {
      merged = madeOf(mapper)
      this.#made.push(merged)
    }
    if (name !== null) byKey.set(name, merged)
    this.#merged.set(object, merged)
  }

  /** Loads what is to be compared. */
  async #load(object: object, relationships: readonly RelationshipProperty[]): Promise<void> {
    const state = this.#target.state.ownState(object, 'merge()')
    for (const relationship of relationships)
      if (state.status === 'persistent' && !isWhole(state, relationship.name))
        await this.#target.loadMembers({ relationship, states: [state] })
  }

  #takeOver({ object, mapper, key, given }: Visit): void {
    const merged = this.#mergedOf(object)
    for (const part of key ?? [])
      if (own(merged, part.place.name) === undefined) setLoaded(merged, part.place.name, decoded(part))
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

/** One text for each row, whatever form its key was given in. */
function nameOf(mapper: Mapper, key: readonly Part[]): string {
  const texts = key.map(({ text }) => text)
  const forms = key.map(({ place }) => place.form)
  return `${mapper.table.qualifiedName} ${keyOf(texts, forms)}`
}

function decoded({ place: { codec }, text }: Part): unknown {
  return codec.decode(text)
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
