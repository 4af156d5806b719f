// `merge`: takes the values of an object from elsewhere over into this session's object for the same row.
import { InvalidRequestError } from '@oriel/sql'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { setLoaded } from '../state/set-loaded.ts'

/** Finds or makes this session's object for a key; null for one that is in neither place. */
export interface MergeTarget {
  mapperOf(object: object): Mapper
  /** The object with this key, from the session or the database. */
  find(mapper: Mapper, key: Record<string, unknown>): Promise<object | null>
  /** A new object of the class, added to the session. */
  make(mapper: Mapper): object
  /** Loads relationships of an object that are to be compared. */
  load(object: object, relationships: readonly RelationshipProperty[]): Promise<void>
}

function own(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value
}

/** Merges an object and, along `merge` cascades, what hangs on it. Gives back this session's object. */
export async function mergeObject(
  object: object,
  target: MergeTarget,
  done = new Map<object, object>(),
): Promise<object> {
  const known = done.get(object)
  if (known) return known
  const mapper = target.mapperOf(object)
  const key = Object.fromEntries(mapper.keyProperties.map(({ name }) => [name, own(object, name)]))
  const hasKey = Object.values(key).every((value) => value !== undefined && value !== null)
  const found = hasKey ? await target.find(mapper, key) : null
  const merged = found ?? target.make(mapper)
  if (merged === object) return merged
  done.set(object, merged)
  for (const { name, isComputed } of mapper.properties.values()) {
    const value = own(object, name)
    if (value !== undefined && !isComputed) setLoaded(merged, name, value)
  }
  const relationships = [...mapper.relationships.values()].filter(
    ({ name, cascades }) => own(object, name) !== undefined && cascades.has('merge'),
  )
  if (found && relationships.length > 0) await target.load(found, relationships)
  for (const relationship of relationships) await mergeMembers(relationship, { object, merged, target, done })
  return merged
}

async function mergeMembers(
  { name, isMany }: RelationshipProperty,
  { object, merged, target, done }: { object: object; merged: object; target: MergeTarget; done: Map<object, object> },
): Promise<void> {
  const value = own(object, name)
  if (!isMany) {
    setLoaded(merged, name, isObject(value) ? await mergeObject(value, target, done) : null)
    return
  }
  if (!Array.isArray(value))
    throw new InvalidRequestError(`merge(): ${name} is a collection and holds ${typeof value}.`)
  const members: object[] = []
  for (const member of value) if (isObject(member)) members.push(await mergeObject(member, target, done))
  setLoaded(merged, name, members)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
