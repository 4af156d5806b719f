// How a value gets onto an object of a session.

/** Puts a value onto an object as a plain own property, past the accessor that stands for «not loaded». */
export function setLoaded(object: object, name: string, value: unknown): void {
  if (Object.hasOwn(object, name)) Reflect.set(object, name, value)
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}
