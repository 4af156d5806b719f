// Class fields make a property of every relationship, undefined at first. One whose key is given is going to be a relationship that is
// not loaded, and that is no property at all. It is taken off before the session marks the object: JavaScript engines keep an object in
// its fast form only where its last property is deleted, so what follows is taken off too, and put back.
import type { Mapper } from '../registry/mapper.ts'

function isGiven(object: object, property: string): boolean {
  const value: unknown = Object.hasOwn(object, property) ? Reflect.get(object, property) : undefined
  return value !== undefined && value !== null
}

/** Takes references off a new object that are undefined while their key is given. Leaves alone what does not let itself be changed. */
export function dropUnset(object: object, mapper: Mapper): void {
  for (const { name, holdsKey, keyProperties } of mapper.related)
    if (holdsKey && Object.hasOwn(object, name) && !isGiven(object, name) && isGiven(object, keyProperties[0] ?? ''))
      drop(object, name, mapper)
}

function drop(object: object, property: string, { relationships }: Mapper): void {
  if (Reflect.get(object, property) !== undefined || !Object.isExtensible(object)) return
  const keys = Object.keys(object)
  const behind: PropertyDescriptor[] = []
  for (let i = keys.length - 1; i >= 0 && keys[i] !== property; i--) {
    const descriptor = Reflect.getOwnPropertyDescriptor(object, keys[i] ?? '')
    if (!descriptor?.configurable) return
    behind.push(descriptor)
  }
  const last = keys.length - 1
  for (let i = 0; i < behind.length; i++) Reflect.deleteProperty(object, keys[last - i] ?? '')
  Reflect.deleteProperty(object, property)
  for (let i = behind.length - 1; i >= 0; i--) {
    const key = keys[last - i] ?? ''
    const descriptor = behind[i] ?? {}
    // An unset relationship says as much where it is no property.
    const isUnset = 'value' in descriptor && descriptor.value === undefined && relationships.has(key)
    if (!isUnset) Object.defineProperty(object, key, descriptor)
  }
}
