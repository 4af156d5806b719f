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
export type Stored<V> = V extends { readonly '~value'?: infer U } ? U : V extends undefined ? never : V
/** How a property takes part in an insert: not at all for methods, relationships and computed columns. */
export type WriteMode<V> = unknown extends V
  ? 'optional'
  : [NonNullable<V>] extends [Method | { readonly '~target'?: unknown }]
    ? 'never'
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
    ? false
    : true
/** The names of the columns of an entity. */
export type ColumnKey<E> = { [K in keyof E]-?: IsColumn<E[K]> extends true ? K : never }[keyof E] & string
/** The names of the relationships of an entity. */
export type RelationKey<E> = {
  [K in keyof E]-?: [NonNullable<E[K]>] extends [{ readonly '~target'?: unknown }] ? K : never
}[keyof E] &
  string
/** The columns of an entity as plain data. */
export type Data<E> = { [K in keyof E as IsColumn<E[K]> extends true ? K : never]: Stored<E[K]> }

/** What a value of T may be given as. Exact numbers are generous, everything else is itself. */
export type Input<T> = T extends null | undefined
  ? never
  : T extends bigint
    ? bigint | number | string
    : T extends { readonly '~numeric'?: true }
      ? string | number | bigint
      : T
/** What T may be compared with: literal unions widen, so two text columns always compare. */
export type Comparable<T> = T extends string ? string : T extends number | bigint ? number | bigint : T
/** What may be added to a value of T. */
export type Addend<T> = T extends null
  ? never
  : T extends number | bigint | string
    ? number | bigint | string
    : T extends Date | Interval
      ? Interval
      : 'arithmetic needs a number, bigint, numeric or date column'
/** The type of an expression that may be added to T. */
export type AddendOperand<T> = T extends null
  ? never
  : T extends number | bigint
    ? number | bigint
    : T extends string
      ? string
      : T extends Date
        ? Interval
        : T
