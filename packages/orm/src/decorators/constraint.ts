// @Index, @Unique, @Check, @Exclude: what a table has besides its columns. Their callbacks are called when the registry is configured.
import type { Attributes, RowCondition } from '@oriel/sql'
import type { ConstraintOptions, ExclusionOptions, IndexOptions } from '../draft/options.ts'
import type { EntityDecorator } from './property-check.ts'
import { classDecorator, type Decorate } from './record.ts'

interface Keyed {
  readonly '~kind': 'scalar'
}
type Given<E, T> = (entity: Attributes<E>) => T

/** Options of `@Index` for an entity E. */
export type IndexOptionsOf<E> = Omit<IndexOptions, 'where'> & { readonly where?: RowCondition | Given<E, RowCondition> }

/**
 * An index over columns or expressions, in any order of sorting.
 * @example `@Index<Order>((o) => [o.customerId, o.createdAt.desc()])`
 */
export function Index<E>(columns: Given<E, readonly Keyed[]>, options?: IndexOptionsOf<E>): EntityDecorator<E>
export function Index(content: unknown, options: IndexOptions = {}): Decorate {
  return classDecorator('@Index', options, (draft) => draft.indexes.push({ decorator: '@Index', content, options }))
}

/**
 * Columns whose values together occur once. Over an expression it becomes a unique index.
 * @example `@Unique<Flight>((f) => [f.flownAt, f.origin])`
 */
export function Unique<E>(columns: Given<E, readonly Keyed[]>, options?: ConstraintOptions): EntityDecorator<E>
export function Unique(content: unknown, options: ConstraintOptions = {}): Decorate {
  return classDecorator('@Unique', options, (draft) => draft.uniques.push({ decorator: '@Unique', content, options }))
}

/**
 * A condition that every row meets.
 * @example `@Check<Order>((o) => o.amount.gt('0'))`
 */
export function Check<E>(
  condition: RowCondition | Given<E, RowCondition>,
  options?: ConstraintOptions,
): EntityDecorator<E>
export function Check(content: unknown, options: ConstraintOptions = {}): Decorate {
  return classDecorator('@Check', options, (draft) => draft.checks.push({ decorator: '@Check', content, options }))
}

/**
 * No two rows may compare true by all of these operators at once.
 * @example `@Exclude<Booking>((b) => [[b.room, '='], [b.during, '&&']])`
 */
export function Exclude<E>(
  elements: Given<E, readonly (readonly [Keyed, string])[]>,
  options?: ExclusionOptions,
): EntityDecorator<E>
export function Exclude(content: unknown, options: ExclusionOptions = {}): Decorate {
  return classDecorator('@Exclude', options, (draft) =>
    draft.exclusions.push({ decorator: '@Exclude', content, options }),
  )
}
