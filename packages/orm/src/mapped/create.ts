// `create`: a new object with its names and required properties checked. `new Order()` and assignments do the same without the check.
import { ArgumentError, type Creatable, type EntityClass, suggest } from '@oriel/sql'
import type { ColumnProperty, Mapper } from '../registry/mapper.ts'
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

/** The relationship that holds its key in this property, if any. */
function relationshipOver(mapper: Mapper, { name }: ColumnProperty): string | null {
  for (const relationship of mapper.relationships.values())
    if (relationship.keyProperties.includes(name)) return relationship.name
  return null
}

function checkRequired(mapper: Mapper, values: object): void {
  const missing: string[] = []
  for (const property of mapper.properties.values()) {
    const { name, column, isComputed, isFilled } = property
    if (isComputed || isFilled || column.isNullable || isGiven(values, name)) continue
    const relationship = relationshipOver(mapper, property)
    if (relationship === null) missing.push(name)
    else if (!isGiven(values, relationship) || Reflect.get(values, relationship) === null)
      missing.push(`${relationship} (or ${name})`)
  }
  if (missing.length > 0)
    throw new ArgumentError(`create(${mapper.name}) lacks ${missing.join(', ')}.`, {
      hint: 'These have no default and cannot be null.',
    })
}

/**
 * A new object: `create(Order, { amount: '12.50', customer })`. Its constructor runs, then the values are assigned.
 * Throws ArgumentError for a name that the entity does not have, and for required properties that are missing.
 */
export function create<E extends object>(entityClass: EntityClass<E>, values: Creatable<E>): E {
  const mapper = mapperOf(entityClass)
  checkNames(mapper, values)
  checkRequired(mapper, values)
  const made: E = Reflect.construct(entityClass, [])
  for (const [name, value] of Object.entries(values)) if (value !== undefined) Reflect.set(made, name, value)
  return made
}
