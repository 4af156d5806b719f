// Schemas of an entity: which of its columns are asked for, and which may be missing. The schema of one column is column-schema.ts.
import { type ColumnProperty, mapperOf } from '@oriel/orm'
import {
  ArgumentError,
  type Data,
  type EntityClass,
  type Input,
  type Stored,
  suggest,
  type WriteMode,
} from '@oriel/sql'
import { z } from 'zod'
import { givenValue, storedValue } from './column-schema.ts'

/** What a value of T may be given as, by a program or in JSON. */
type Given<T> = T extends null ? null : T extends Date ? Date | string : Input<T>
/** The names of the columns that an insert must give, may give, or cannot. */
type KeysOf<E, Mode> = { [K in keyof Data<E>]: WriteMode<E[K & keyof E]> extends Mode ? K : never }[keyof Data<E>]

/** The schemas of a new row, by property. */
export type InsertShape<E> = {
  [K in KeysOf<E, 'required'> & keyof E]: z.ZodType<Stored<E[K]>, Given<Stored<E[K]>>>
} & {
  [K in KeysOf<E, 'optional'> & keyof E]: z.ZodOptional<z.ZodType<Stored<E[K]>, Given<Stored<E[K]>>>>
}

/** The schemas of a change, by property. A type cannot see which ones are the key: they are in it, and undefined unless `keys` asks for them. */
export type UpdateShape<E> = {
  [K in KeysOf<E, 'required' | 'optional'> & keyof E]: z.ZodOptional<z.ZodType<Stored<E[K]>, Given<Stored<E[K]>>>>
}

/** The schemas of a row as it is stored, by property. */
export type SelectShape<E> = { [K in keyof Data<E>]: z.ZodType<Data<E>[K], Data<E>[K]> }

/** A shape as one object, as editors show it. */
type Flat<T> = { [K in keyof T]: T[K] }

/**
 * The schema of a new row: what the database can fill is optional, what it computes is unknown. Numbers, dates and the like may come as JSON
 * has them. Configures the registry. `create(Order, insertSchema(Order).parse(body))`
 */
export function insertSchema<E extends object>(
  entityClass: EntityClass<E>,
): z.ZodObject<Flat<InsertShape<E>>, z.core.$strict>
export function insertSchema(entityClass: EntityClass<object>): z.ZodObject {
  return strict(entityClass, (property) => {
    const given = givenValue(property.column)
    return property.isFilled || property.column.isNullable ? given.optional() : given
  })
}

/** Options of `updateSchema`. */
export interface UpdateOptions {
  /** Takes the key too: what is given is another key for the row. By default it is unknown. */
  readonly keys?: boolean
}

/**
 * The schema of a change to a row: everything is optional, and the key is unknown, since a change of it would be another row.
 * `Object.assign(order, updateSchema(Order).parse(body))`
 */
export function updateSchema<E extends object>(
  entityClass: EntityClass<E>,
  options?: UpdateOptions,
): z.ZodObject<Flat<UpdateShape<E>>, z.core.$strict>
export function updateSchema(entityClass: EntityClass<object>, options: UpdateOptions = {}): z.ZodObject {
  for (const name of Object.keys(options))
    if (name !== 'keys')
      throw new ArgumentError(`updateSchema has no option '${name}'.`, { hint: suggest(name, ['keys'], 'Options') })
  return strict(entityClass, ({ column, isKey }) => {
    return isKey && !options.keys ? null : givenValue(column).optional()
  })
}

/** The schema of a row as it is stored, and as a session gives it: relationships and what is not mapped are left out. */
export function selectSchema<E extends object>(entityClass: EntityClass<E>): z.ZodObject<Flat<SelectShape<E>>>
export function selectSchema(entityClass: EntityClass<object>): z.ZodObject {
  const shape: Record<string, z.ZodType> = {}
  for (const [name, { column }] of mapperOf(entityClass).properties) shape[name] = storedValue(column)
  return z.object(shape)
}

/** What is written. A property that is not there is an error, which names the nearest ones. */
function strict(
  entityClass: EntityClass<object>,
  schemaOf: (property: ColumnProperty) => z.ZodType | null,
): z.ZodObject {
  const mapper = mapperOf(entityClass)
  const shape: Record<string, z.ZodType> = {}
  for (const [name, property] of mapper.properties) {
    const schema = property.isComputed ? null : schemaOf(property)
    if (schema) shape[name] = schema
  }
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      // The object may have been picked from or extended since.
      const names = Object.keys(issue.inst instanceof z.ZodObject ? issue.inst.shape : shape)
      return issue.keys.map((key) => `${mapper.name} takes no ${key}. ${suggest(key, names, 'Properties')}`).join(' ')
    },
  })
}
