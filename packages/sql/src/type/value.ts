// The marks that a property's type carries, and what they mean for reading and writing.
// Marks are phantom members: their names start with `~`, they never exist at run time.

/** A column the database can fill: optional in an insert. */
export type Generated<T> =
  | (T & { readonly '~value'?: T; readonly '~write'?: 'optional' })
  | Extract<T, null | undefined>
/** A column nobody writes: computed by the database, or a hybrid. */
export type Computed<T> = (T & { readonly '~value'?: T; readonly '~write'?: 'never' }) | Extract<T, null | undefined>
/** An exact decimal: a string at run time that takes numbers and bigints as input and knows arithmetic. */
export type Numeric = string & { readonly '~numeric'?: true }
/** A reference to one entity. Key names the property (or the union of properties) that holds its key, where that is not `<name>Id`. */
export type One<T, Key extends string = never> =
  | (T & { readonly '~target'?: T; readonly '~key'?: Key })
  | Extract<T, null | undefined>
/** A collection of entities: a plain array. */
export type Many<T> = T[] & { readonly '~target'?: T; readonly '~many'?: true }

/** A span of time, part by part, as PostgreSQL keeps it: months and days are not fixed numbers of seconds. */
export interface Interval {
  readonly years?: number
  readonly months?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
}

/** The values that TypeScript calls primitive. */
export type Primitive = string | number | boolean | bigint | symbol | null | undefined
/** A method of an entity: not a column. */
export type Method = (...args: never[]) => unknown
/** What a column's property holds once the marks are gone: `Generated<number>` is `number`, `undefined` is dropped. */
export type Stored<V> = V extends { readonly '~value'?: infer U }
  ? IsOpen<V> extends true
    ? V
    : U
  : V extends undefined
    ? never
    : V
/** Does it have any key at all, such as a json document? Then it seems to have every mark, and has none. */
export type IsOpen<V> = string extends keyof V ? true : false
/** How a property takes part in an insert: not at all for methods, relationships and computed columns. */
export type WriteMode<V> = unknown extends V
  ? 'optional'
  : [NonNullable<V>] extends [Method | { readonly '~target'?: unknown }]
    ? IsOpen<NonNullable<V>> extends true
      ? null extends V
        ? 'optional'
        : 'required'
      : 'never'
    : [NonNullable<V>] extends [{ readonly '~write'?: infer W }]
      ? W
      : null extends V
        ? 'optional'
        : undefined extends V
          ? 'optional'
          : 'required'
type IsColumn<V> = unknown extends V
  ? true
  : [NonNullable<V>] extends [Method | { readonly '~target'?: unknown }]
    ? IsOpen<NonNullable<V>>
    : true
/** The names of the columns of an entity. */
export type ColumnKey<E> = { [K in keyof E]-?: IsColumn<E[K]> extends true ? K : never }[keyof E] & string
/** The names of the relationships of an entity. */
export type RelationKey<E> = {
  [K in keyof E]-?: [NonNullable<E[K]>] extends [{ readonly '~target'?: unknown }]
    ? IsOpen<NonNullable<E[K]>> extends true
      ? never
      : K
    : never
}[keyof E] &
  string
/** The columns of an entity as plain data. */
export type Data<E> = { [K in keyof E as IsColumn<E[K]> extends true ? K : never]: Stored<E[K]> }

/**
 * The mark of an exact decimal. Nothing of it is required, and text has nothing in common with it: so a `Numeric` is one
 * to the compiler, and a plain string is not.
 */
export interface Exact {
  readonly '~numeric'?: true
}
/** Every kind of number: SQL compares and computes them with each other. */
export type NumberLike = number | bigint | Exact

/** What a value of T may be given as. Exact numbers are generous, everything else is itself. */
export type Input<T> = T extends null | undefined
  ? never
  : T extends bigint
    ? bigint | number | string
    : T extends string
      ? T extends Exact
        ? string | number | bigint
        : T
      : T
/** What T may be compared with: literal unions widen, so two text columns always compare; so do numbers of any kind. */
export type Comparable<T> = T extends string
  ? T extends Exact
    ? NumberLike
    : string
  : T extends number | bigint
    ? NumberLike
    : T
/** The expressions that may be written to a column of T. An exact number is not rounded into an integer. */
export type Storable<T> = T extends string
  ? T extends Exact
    ? NumberLike
    : string
  : T extends number | bigint
    ? number | bigint
    : T
/** What is compared as text. */
export type Text<T> = T extends string
  ? T extends Exact
    ? 'a numeric is no text: write .cast(t.text())'
    : T
  : T extends null
    ? T
    : string | null

type NoArithmetic = 'arithmetic needs a number, bigint, Numeric, date or interval'
/** What may be added to a value of T: a span of time where T is held as text, since it may be a date. */
export type Addend<T> = T extends null
  ? never
  : T extends string
    ? T extends Exact
      ? number | bigint | string
      : Interval | NoArithmetic
    : T extends bigint
      ? number | bigint | string
      : T extends number
        ? number | bigint
        : T extends Date | Interval
          ? Interval
          : NoArithmetic
/** The type of an expression that may be added to T. */
export type AddendOperand<T> = T extends null
  ? never
  : T extends string
    ? T extends Exact
      ? NumberLike
      : Interval
    : T extends number | bigint
      ? NumberLike
      : T extends Date | Interval
        ? Interval
        : NoArithmetic
/** What a value of T may be multiplied with and divided by. */
export type Factor<T> = T extends null
  ? never
  : T extends string
    ? T extends Exact
      ? number | bigint | string
      : NoArithmetic
    : T extends bigint
      ? number | bigint | string
      : T extends number
        ? number | bigint
        : T extends Interval
          ? number
          : NoArithmetic
/** The type of an expression that T may be multiplied with. */
export type FactorOperand<T> = T extends null
  ? never
  : T extends string
    ? T extends Exact
      ? NumberLike
      : NoArithmetic
    : T extends number | bigint | Interval
      ? NumberLike
      : NoArithmetic
/** An instant, where T is one: the difference of two is a span of time. */
export type Instant<T> = T extends Date ? Date : never

type ExactOf<U, T> = [Extract<U, Exact>] extends [never] ? T : Extract<U, Exact>
/** The type of T and U put together by an operator: exact where either is, null where either is. */
export type Result<T, U> = (T extends number | bigint ? ExactOf<U, T> : T) | (U & null)
/** The type of `a % b`: of numbers what a division leaves, of texts whether they are similar. */
export type Remainder<T, U> = [Extract<T, NumberLike>] extends [never]
  ? boolean | (T & null) | (U & null)
  : Result<T, U>
/** The type of `a - b`, where b is a value or an expression O, of type U. */
export type Difference<T, U, O> = [Extract<T, Date>] extends [never]
  ? Result<T, U>
  : [Extract<U | O, Date>] extends [never]
    ? Result<T, U>
    : Interval | (T & null) | (U & null)
/** The type of one of several values: numbers become one kind, the first one's unless another is exact. */
export type Common<T, U> = [Extract<T, NumberLike>] extends [never]
  ? T | U
  : (T extends number | bigint ? ExactOf<U, T> : T) | Exclude<U, number | bigint | string>
