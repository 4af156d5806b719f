// `create`: a new object with its names and required properties checked. `new Order()` and assignments do the same without the check.
import { ArgumentError, type Creatable, type EntityClass, suggest } from '@oriel/sql'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { mapperOf } from '../registry/registry.ts'

function isGiven(values: object, property: string): boolean {
  return Reflect.get(values, property) !== undefined
}

function checkNames(mapper: Mapper, values: object): void {
  const known = [...mapper.properties.keys(), ...mapper.relationships.keys()]
  for (const name of Object.keys(values)) {
    if (!known.includes(name))
      throw new ArgumentError(`${mapper.name} has no property '${name}'.`, { hint: suggest(name, known, 'Properties') })
    if (mapper.properties.get(name)?.isComputed && isGiven(values, name))
      throw new ArgumentError(`${mapper.name}.${name} is computed by the database.`, { hint: 'Leave it out.' })
  }
}

/** What is not there yet gives undefined, such as the key of an object that no flush has written: stored as NULL, nobody would notice. */
function checkDefined(mapper: Mapper, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) continue
    const [relationship] = relationshipsOver(mapper, name)
    throw new ArgumentError(`create(${mapper.name}): ${name} is undefined.`, {
      hint: relationship
        ? `Where it is the key of a new object, flush first, or give the object itself: { ${relationship.name}: … }. Otherwise leave it out, or give null.`
        : 'Give a value or null, or leave it out.',
    })
  }
}

/** The relationships that hold their key in this property. */
function relationshipsOver({ related }: Mapper, property: string): readonly RelationshipProperty[] {
  return related.filter(({ keyProperties }) => keyProperties.includes(property))
}

/** Will the key come from this relationship? From the other side too: `create(Order, { lines: [create(OrderLine, …)] })`. The flush asks again. */
function mayGiveKey(values: object, { name, inverse }: RelationshipProperty): boolean {
  const value: unknown = Reflect.get(values, name)
  return value === undefined ? inverse() !== null : value !== null
}

/** `product (or productSku)`, `line (or orderId, line)`: the properties of one key together. */
function shownMissing(missing: ReadonlyMap<string, readonly string[]>): string {
  return Array.from(missing, ([name, keys]) => (keys.length === 0 ? name : `${name} (or ${keys.join(', ')})`)).join(
    ', ',
  )
}

function checkRequired(mapper: Mapper, values: object): void {
  const missing = new Map<string, readonly string[]>()
  for (const { name, column, isComputed, isFilled } of mapper.properties.values()) {
    if (isComputed || isFilled || column.isNullable || isGiven(values, name)) continue
    const relationships = relationshipsOver(mapper, name)
    if (relationships.some((relationship) => mayGiveKey(values, relationship))) continue
    const [relationship] = relationships
    if (relationship) missing.set(relationship.name, [...(missing.get(relationship.name) ?? []), name])
    else missing.set(name, [])
  }
  if (missing.size > 0)
    throw new ArgumentError(`create(${mapper.name}) lacks ${shownMissing(missing)}.`, {
      hint: 'These have no default and cannot be null.',
    })
}

/**
 * A new object: `create(Order, { amount: '12.50', customer })`. Its constructor runs, then the values are assigned.
 * Throws ArgumentError for a name that the entity does not have, for a value that is undefined, and for required properties that are
 * missing. A reference may be left out where the other side has a property for it, which can still give it: the flush asks again.
 */
export function create<E extends object>(entityClass: EntityClass<E>, values: Creatable<E>): E {
  const mapper = mapperOf(entityClass)
  checkNames(mapper, values)
  checkDefined(mapper, values)
  checkRequired(mapper, values)
  const made: E = Reflect.construct(entityClass, [])
  for (const [name, value] of Object.entries(values)) Reflect.set(made, name, value)
  return made
}
