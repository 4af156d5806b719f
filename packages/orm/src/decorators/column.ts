// @Column and @PrimaryKey: a property and the column that holds it. What they write down is resolved in registry/.
import { SqlType } from '@oriel/sql'
import type { ColumnOptions, PrimaryKeyOptions } from '../draft/options.ts'
import type { BareColumnDecorator, ColumnDecorator } from './property-check.ts'
import { type Decorate, fieldDecorator } from './record.ts'
import { typeHabit } from './type-habit.ts'

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
  return columnDecorator('@Column', first, options)
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
  return columnDecorator('@PrimaryKey', first, options)
}

function columnDecorator(
  decorator: '@Column' | '@PrimaryKey',
  first: SqlType<unknown> | PrimaryKeyOptions,
  options: PrimaryKeyOptions,
): Decorate {
  const isKey = decorator === '@PrimaryKey'
  if (first instanceof SqlType) return fieldDecorator(decorator, { kind: 'column', type: first, isKey, options })
  const habit = typeHabit(decorator, first)
  // The type stands in, so that nothing else is reported of the same mistake.
  if (habit) return fieldDecorator(decorator, { kind: 'column', type: habit.type, isKey, options: {} }, habit.misuse)
  return fieldDecorator(decorator, { kind: 'column', type: null, isKey, options: first })
}
