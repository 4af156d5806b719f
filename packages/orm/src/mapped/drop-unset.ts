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
  const behind: [string, PropertyDescriptor][] = []
  let at = keys.length - 1
  for (; at >= 0 && keys[at] !== property; at--) {
    const key = keys[at] ?? ''
    // An unset relationship says as much where it is no property, and is not put back.
    const isUnset = relationships.has(key) && Reflect.get(object, key) === undefined
    const descriptor = isUnset ? null : Reflect.getOwnPropertyDescriptor(object, key)
    if (!Reflect.deleteProperty(object, key)) break
    if (descriptor) behind.push([key, descriptor])
  }
  if (keys[at] === property) Reflect.deleteProperty(object, property)
  for (let i = behind.length - 1; i >= 0; i--) {
    const [key, descriptor] = behind[i] ?? ['', {}]
    Object.defineProperty(object, key, descriptor)
  }
}
