// @Entity: makes a class a mapped one. It names the class to its registry and lets the language ask the class for its ClauseElement.
import type { EntityOptions } from '../draft/options.ts'
import { markMapped } from '../registry/mapped-class.ts'
import type { EntityDecorator } from './property-check.ts'
import { classDecorator, type Decorate } from './record.ts'

/**
 * Maps a class to a table. Name the class where a criterion is given: `@Entity<Post>({ criterion: (post) => post.deletedAt.isNull() })`.
 * @example `@Entity({ table: 'customers' }) class Customer { … }`
 */
// biome-ignore lint/suspicious/noExplicitAny: only a criterion needs to know the entity
export function Entity<E = any>(options?: EntityOptions<E>): EntityDecorator<E>
export function Entity(options: EntityOptions = {}): Decorate {
  return classDecorator('@Entity', options, (draft, entityClass) => {
    draft.entity = options
    markMapped(entityClass, options)
  })
}
