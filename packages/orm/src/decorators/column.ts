// @Column and @PrimaryKey: a property and the column that holds it. What they write down is resolved in registry/.
import { SqlType } from '@oriel/sql'
import type { ColumnOptions, PrimaryKeyOptions } from '../draft/options.ts'
import type { BareColumnDecorator, ColumnDecorator } from './property-check.ts'
import { type Decorate, fieldDecorator } from './record.ts'

/**
 * Maps a property to a column of the type that emitted metadata tells: legacy decorators with reflect-metadata only.
 * @example `@Column() email!: string`
 */
export function Column(options?: ColumnOptions): BareColumnDecorator
/**
 * Maps a property to a column. The property's type must be the column's, its nullability too.
 * @example `@Column(t.text(), { unique: true }) email!: string`
 */
export function Column<T>(type: SqlType<T>, options?: ColumnOptions): ColumnDecorator<T>
export function Column(first: SqlType<unknown> | ColumnOptions = {}, options: ColumnOptions = {}): Decorate {
  const [type, given] = first instanceof SqlType ? [first, options] : [null, first]
  return fieldDecorator('@Column', { kind: 'column', type, isKey: false, options: given })
}

/**
 * Maps a property to a column of the primary key. Two or more of them make a composite key, in order of declaration.
 * @example `@PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>`
 */
export function PrimaryKey(options?: PrimaryKeyOptions): BareColumnDecorator
export function PrimaryKey<T>(type: SqlType<T>, options?: PrimaryKeyOptions): ColumnDecorator<T>
export function PrimaryKey(
  first: SqlType<unknown> | PrimaryKeyOptions = {},
  options: PrimaryKeyOptions = {},
): Decorate {
  const [type, given] = first instanceof SqlType ? [first, options] : [null, first]
  return fieldDecorator('@PrimaryKey', { kind: 'column', type, isKey: true, options: given })
}
