// What may be written to an entity's columns, by insert, update and `create`.
import type { Operand } from '../expression/operand.ts'
import type { Input, RelationKey, Storable, Stored, WriteMode } from '../type/value.ts'

/** What may be written to a property: a value, or an expression of its type. */
type Value<V> = Input<Stored<V>> | (V & null) | Operand<Storable<Stored<V>>, 'scalar', unknown>
/** The columns that an insert must give. */
export type RequiredColumns<E> = { [K in keyof E as WriteMode<E[K]> extends 'required' ? K : never]: Value<E[K]> }
/** The columns that an insert may leave out: nullable, with a default, generated. */
export type OptionalColumns<E> = { [K in keyof E as WriteMode<E[K]> extends 'optional' ? K : never]?: Value<E[K]> }
/** A row as insert takes it. */
export type Insertable<E> = RequiredColumns<E> & OptionalColumns<E>
/** What update sets. */
export type Updatable<E> = { [K in keyof E as WriteMode<E[K]> extends 'never' ? never : K]?: Value<E[K]> }
/** The keys that a given relationship can fill: `customer` fills `customerId`, or what One<T, Key> names. A type cannot see decorators. */
type KeyOfRelation<E> = Extract<
  keyof E,
  {
    [K in RelationKey<E>]: NonNullable<E[K]> extends { readonly '~key'?: infer Key }
      ? [Exclude<Key, undefined>] extends [never]
        ? `${K}Id`
        : Key
      : never
  }[RelationKey<E>]
>
type Plain<V> = Input<Stored<V>> | (V & null)
/** What `create` takes: values only, relationships too; a key is optional where its relationship can stand in (checked at run time). */
export type Creatable<E> = {
  [K in keyof E as WriteMode<E[K]> extends 'required' ? (K extends KeyOfRelation<E> ? never : K) : never]: Plain<E[K]>
} & {
  [K in keyof E as WriteMode<E[K]> extends 'optional'
    ? K
    : K extends KeyOfRelation<E> | RelationKey<E>
      ? K
      : never]?: K extends RelationKey<E> ? E[K] : Plain<E[K]>
}
/** Refuses keys that are not columns: an object from a callback is not checked for them otherwise. */
export type NoOther<U, E> = { readonly [K in Exclude<keyof U, keyof Updatable<E>>]: 'not a column of the entity' }
/** Open to any key, so that NoOther sees (and names) the wrong ones instead of the weak-type rule. */
export type Assignments<E> = Updatable<E> & { readonly [name: string]: unknown }
