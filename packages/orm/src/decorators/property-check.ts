// The types that compare a property with its column or relationship. A mismatch is the decorator's return type, which must be void:
// that gives the shortest error under both decorator standards.
import type { EntityClass } from '@oriel/sql'

/** The name of a type, for messages. */
type Name<T> = [T] extends [string]
  ? string extends T
    ? 'string'
    : 'a union of strings'
  : [T] extends [number]
    ? 'number'
    : [T] extends [bigint]
      ? 'bigint'
      : [T] extends [boolean]
        ? 'boolean'
        : [T] extends [Date]
          ? 'Date'
          : 'another type'

/** What the compiler prints when a property and its decorator disagree. */
export interface Mismatch<Message> {
  readonly '~mismatch': Message
}

// biome-ignore lint/suspicious/noConfusingVoidType: it is a return type: a decorator must give nothing back
type Agreed = void
type Agrees<V, T> = [V] extends [T] ? ([T] extends [V] ? true : false) : false

type ColumnCheck<V, T> = unknown extends T
  ? Agreed
  : unknown extends V
    ? Agreed
    : undefined extends V
      ? Mismatch<'an optional property is not mapped: write `| null` instead of `?`'>
      : Agrees<V, T> extends true
        ? Agreed
        : Agrees<NonNullable<V>, NonNullable<T>> extends true
          ? null extends T
            ? Mismatch<'the column is nullable: add `| null` to the property, or drop .nullable()'>
            : Mismatch<'the property may be null: add .nullable() to the column, or drop `| null`'>
          : [NonNullable<V>] extends [NonNullable<T>]
            ? Mismatch<'the property is narrower than the column: name the literals in the column too, as in t.text<"a" | "b">()'>
            : Mismatch<`the property is ${Name<NonNullable<V>>}, the column gives ${Name<NonNullable<T>>}`>

/** The property's type: legacy decorators give the prototype and the name, standard ones a context. */
type PropertyOf<O, K> = K extends ClassFieldDecoratorContext<unknown, infer V> ? V : K extends keyof O ? O[K] : unknown
type PlainOf<V> = V extends { readonly '~value'?: infer U } ? U : V
type OwnerOf<O, K> = K extends ClassFieldDecoratorContext<infer C, unknown> ? C : O

/** A decorator of a property that holds T. */
export type ColumnDecorator<T> = <O, K>(target: O, property: K) => ColumnCheck<PlainOf<PropertyOf<O, K>>, T>

type RelationshipCheck<V, T, IsMany> = [NonNullable<V>] extends [{ readonly '~target'?: infer U }]
  ? ([NonNullable<V>] extends [readonly unknown[]] ? true : false) extends IsMany
    ? T extends U
      ? Agreed
      : Mismatch<'the relationship is to another entity'>
    : Mismatch<IsMany extends true ? 'a collection is declared Many<T>' : 'a reference is declared One<T>'>
  : Mismatch<IsMany extends true ? 'a collection is declared Many<T>' : 'a reference is declared One<T>'>

/** A decorator of a collection of T. */
export type ToManyDecorator<T> = <O, K>(target: O, property: K) => RelationshipCheck<PropertyOf<O, K>, T, true>

/** A decorator of a reference to T whose key is in the properties F. */
export type ToOneDecorator<T, F> = <O, K>(
  target: O,
  property: K,
) => F extends keyof OwnerOf<O, K>
  ? RelationshipCheck<PropertyOf<O, K>, T, false>
  : Mismatch<`the entity has no property ${F & string} to hold the key`>

/** A decorator of a reference to T whose key is in the properties F, or on the other side where F names none. */
export type OneToOneDecorator<T, F> = <O, K>(
  target: O,
  property: K,
) => string extends F
  ? RelationshipCheck<PropertyOf<O, K>, T, false>
  : F extends keyof OwnerOf<O, K>
    ? RelationshipCheck<PropertyOf<O, K>, T, false>
    : Mismatch<`the entity has no property ${F & string} to hold the key`>

type BareCheck<V> = unknown extends V
  ? Agreed
  : [V] extends [number]
    ? Mismatch<'a number may be t.integer() or t.double(): say which'>
    : Agrees<V, string> extends true
      ? Agreed
      : Agrees<V, boolean> extends true
        ? Agreed
        : Agrees<V, Date> extends true
          ? Agreed
          : Agrees<V, bigint> extends true
            ? Agreed
            : [V] extends [Uint8Array]
              ? Agreed
              : Mismatch<'unions, null, interfaces and aliases leave no type behind: write the column type, as in @Column(t.text().nullable())'>

/** A decorator that takes the column's type from reflect-metadata: only what that tells for sure, and only where there is any. */
export type BareColumnDecorator = <O, K>(
  target: O,
  property: K,
) => K extends string
  ? BareCheck<PropertyOf<O, K>>
  : Mismatch<'standard decorators carry no types: write the column type, as in @Column(t.text())'>

/** A decorator of an entity class. */
export type EntityDecorator<E = object> = <C extends EntityClass<E>>(
  target: C,
  context?: ClassDecoratorContext<C>,
) => void
