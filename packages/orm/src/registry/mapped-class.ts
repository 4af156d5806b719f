// What makes a class a mapped one: its place in a registry, and the answer to the language's question for its ClauseElement.
import { type ClauseElement, clauseElement } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'
import type { EntityOptions } from '../draft/options.ts'
import { MappingError } from '../error.ts'
import { defineToJson } from '../mapped/to-json.ts'
import { announce, registryOf } from './registry.ts'

/** Called by @Entity: names the class to its registry. The registry is configured when the class is first asked for. */
export function markMapped(entityClass: AnyClass, options: EntityOptions): void {
  if (options.registry) options.registry.add(entityClass)
  else announce(entityClass)
  defineToJson(entityClass)
  Object.defineProperty(entityClass, clauseElement, {
    configurable: true,
    get(this: unknown): ClauseElement {
      if (this !== entityClass) throw notMapped(this, entityClass)
      return registryOf(entityClass).mapperOf(entityClass).element
    },
  })
}

function notMapped(subclass: unknown, base: AnyClass): MappingError {
  const entity = typeof subclass === 'function' ? subclass.name : String(subclass)
  const message = `${entity} extends ${base.name}, but has no @Entity of its own`
  return new MappingError([{ entity, property: null, message, remedy: `Use ${base.name} in its place` }])
}
