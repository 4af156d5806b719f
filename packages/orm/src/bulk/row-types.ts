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
export type Rows<R> = Iterable<R> | AsyncIterable<R> | ReadableRows<R>
/** A ReadableStream of the web, as far as it is read here. */
export interface ReadableRows<out R> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: R | undefined }>
    cancel(reason?: unknown): Promise<void>
    releaseLock(): void
  }
}

/** What the compiler prints: the properties that the rows lack (none: a value has the wrong type). */
export interface RowsDoNotFit<Missing> {
  readonly missing: Missing
}
/** What the compiler prints: the properties of the rows that the entity does not have, or that are not written. */
export interface RowsHaveMore<Unknown> {
  readonly unknown: Unknown
}

type UnknownNames<R, Known> = R extends unknown ? Exclude<keyof R, Known> : never
type Fits<R, Known, Missing> = [R] extends [never]
  ? true
  : [UnknownNames<R, Known>] extends [never]
    ? RowsDoNotFit<Missing>
    : RowsHaveMore<UnknownNames<R, Known>>

/** `true` where the rows can be inserted. */
export type InsertReady<E, R> = unknown extends R
  ? [R] extends [BulkRow<E>]
    ? true
    : RowsDoNotFit<keyof RequiredProperties<E>>
  : [R] extends [BulkRow<E>]
    ? [UnknownNames<R, keyof BulkRow<E>>] extends [never]
      ? true
      : RowsHaveMore<UnknownNames<R, keyof BulkRow<E>>>
    : Fits<R, keyof BulkRow<E>, Exclude<keyof RequiredProperties<E>, keyof R>>

/** `true` where the rows can be changes. */
export type UpdateReady<E, R> = unknown extends R
  ? [R] extends [BulkChange<E>]
    ? true
    : RowsDoNotFit<never>
  : [R] extends [BulkChange<E>]
    ? [UnknownNames<R, keyof BulkChange<E>>] extends [never]
      ? true
      : RowsHaveMore<UnknownNames<R, keyof BulkChange<E>>>
    : Fits<R, keyof BulkChange<E>, never>
