// The mark that tells a loaded object from a new one. It is a private field put onto the object: no key, nothing to copy or print.

class Returned {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto an object that exists already
    return object
  }
}

class LoadedMark extends Returned {
  readonly #isLoaded = true

  static isOn(object: object): boolean {
    return #isLoaded in object && object.#isLoaded
  }
}

/** Marks an object as one that came from the database. */
export function markLoaded(object: object): void {
  if (!LoadedMark.isOn(object)) new LoadedMark(object)
}

/** Was the object marked here? Objects made by generated code carry a mark of their own: ask `Shell.isLoaded`. */
export function isMarkedLoaded(object: object): boolean {
  return LoadedMark.isOn(object)
}
