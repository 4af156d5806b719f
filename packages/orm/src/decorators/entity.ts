// @Entity: makes a class a mapped one. It names the class to its registry and lets the language ask the class for its ClauseElement.
import type { EntityOptions } from '../draft/options.ts'
import { markMapped } from '../registry/mapped-class.ts'
import type { EntityDecorator } from './property-check.ts'
import { classDecorator, type Decorate } from './record.ts'

/**
 * Maps a class to a table.
 * @example `@Entity({ table: 'customers' }) class Customer { … }`
 */
export function Entity(options?: EntityOptions): EntityDecorator
export function Entity(options: EntityOptions = {}): Decorate {
  return classDecorator('@Entity', options, (draft, entityClass) => {
    draft.entity = options
    markMapped(entityClass, options)
  })
}
