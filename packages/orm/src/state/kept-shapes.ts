// JavaScript engines let go of an object's shape with the last object that has it, and with the shape goes the code that was optimised
// for it. All objects of a session go with the session: a process that is idle between two requests would optimise its flushes anew
// after each collection, for three times the processor's time of the flush itself. So one object of each kind is kept, without contents.

export class KeptShapes {
  readonly #examples = new Map<unknown, object>()

  /** Keeps these in place of those of their classes that were kept before. They hold nothing of the user's. */
  keep(examples: Iterable<object>): void {
    for (const example of examples) this.#examples.set(example.constructor, example)
  }
}
