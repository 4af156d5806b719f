// JavaScript engines let go of an object's shape with the last object that has it, and with the shape goes the code that was optimised
// for it. Connections and results go with their statement, and all objects of a session with the session: a process that is idle between
// two requests would optimise both anew after each collection. So one object of each kind is kept, without contents.

export class KeptShapes {
  readonly #examples = new Map<unknown, object>()

  /** Keeps this in place of the one of its class that was kept before. It holds nothing of the user's. */
  keep(example: object): void {
    this.#examples.set(example.constructor, example)
  }

  /** Lets all go: what they belong to is closed. */
  clear(): void {
    this.#examples.clear()
  }
}
