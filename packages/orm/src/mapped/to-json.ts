// What JSON.stringify shows of an entity: what is loaded, without going in circles, bigint as string.
import { clauseElement } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'

function isEntity(value: object): boolean {
  return typeof value.constructor === 'function' && clauseElement in value.constructor
}

function plain(value: unknown, path: readonly object[]): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) {
    // A reference back to an object on the current path is left out, so the list has no hole in its place.
    const items: readonly unknown[] = value
    return items.filter((item) => !isOnPath(item, path)).map((item) => plain(item, path))
  }
  return typeof value === 'object' && value !== null && isEntity(value) ? plainEntity(value, path) : value
}

function isOnPath(value: unknown, path: readonly object[]): boolean {
  return typeof value === 'object' && value !== null && path.includes(value)
}

function plainEntity(entity: object, path: readonly object[]): object {
  const inner = [...path, entity]
  const shown = Object.entries(entity).filter(([, value]) => !isOnPath(value, inner))
  return Object.fromEntries(shown.map(([name, value]) => [name, plain(value, inner)]))
}

/** Gives a class a `toJSON` that no loop over its keys meets; one of its own, or of a base class, stays. */
export function defineToJson(entityClass: AnyClass): void {
  const prototype: object = entityClass.prototype
  if ('toJSON' in prototype) return
  Object.defineProperty(prototype, 'toJSON', {
    configurable: true,
    writable: true,
    enumerable: false,
    value(this: object) {
      return plainEntity(this, [])
    },
  })
}
