// The rows that bulk loads take, in types: plain values, names checked. What happens at run time is column-set.ts's.
import type { Input, Stored, WriteMode } from '@oriel/sql'

type BulkValue<V> = Input<Stored<V>> | (V & null)
/** The columns that a bulk insert must give. */
export type RequiredProperties<E> = {
  [K in keyof E as WriteMode<E[K]> extends 'required' ? K : never]: BulkValue<E[K]>
}
/** A row as a bulk insert takes it: values by property, what the database fills in may be left out. */
export type BulkRow<E> = RequiredProperties<E> & {
  [K in keyof E as WriteMode<E[K]> extends 'optional' ? K : never]?: BulkValue<E[K]>
}
/** A row as a bulk update takes it: the key, and what changes. A type cannot see which properties are the key. */
export type BulkChange<E> = { [K in keyof E as WriteMode<E[K]> extends 'never' ? never : K]?: BulkValue<E[K]> }

/** What gives rows: an array, anything that can be iterated, a Readable of Node, a ReadableStream of the web. */
type RowSource<R> = Iterable<R> | AsyncIterable<R> | ReadableRows<R>
/** The same, or a function that opens it, which is called by each run of the load. */
export type Rows<R> = RowSource<R> | (() => RowSource<R> | PromiseLike<RowSource<R>>)
/** A ReadableStream of the web, as far as it is read here. */
export interface ReadableRows<out R> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: R | undefined }>
    cancel(reason?: unknown): Promise<void>
    releaseLock(): void
  }
}

/** The row of a source that is `any`, such as what JSON.parse gives: it is checked when it comes. */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` stands for rows that have to pass a schema
export type Untyped = any

/** What the compiler prints: the properties that the rows lack. */
export interface RowsLack<Missing> {
  readonly missing: Missing
}
/** What the compiler prints: the properties of the rows that the entity does not have, or that are not written. */
export interface RowsHaveMore<Unknown> {
  readonly unknown: Unknown
}
/** What the compiler prints: the properties whose values are of another type than the column's. */
export interface RowsHaveOtherTypes<Property> {
  readonly property: Property
}

/** None where the names are not known: `any`, an index signature. */
type UnknownNames<R, Row> = R extends unknown ? (string extends keyof R ? never : Exclude<keyof R, keyof Row>) : never
type MissingNames<R, Required> = R extends unknown ? Exclude<keyof Required, keyof R> : never
type WrongNames<R, Row> = R extends unknown
  ? { [K in keyof R & keyof Row]-?: R[K] extends Row[K] ? never : K }[keyof R & keyof Row]
  : never
type Ready<R, Row, Required> = [UnknownNames<R, Row>] extends [never]
  ? [R] extends [Row]
    ? true
    : [MissingNames<R, Required>] extends [never]
      ? RowsHaveOtherTypes<WrongNames<R, Row>>
      : RowsLack<MissingNames<R, Required>>
  : RowsHaveMore<UnknownNames<R, Row>>

/** `true` where the rows can be inserted. `any` fits; `unknown` has to pass a schema first. */
export type InsertReady<E, R> = Ready<R, BulkRow<E>, RequiredProperties<E>>
/** `true` where the rows can be changes. */
export type UpdateReady<E, R> = Ready<R, BulkChange<E>, object>
