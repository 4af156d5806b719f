// Relationships that a statement asked to raise: what reading them says is read from here by unloaded.ts.

const raised = new WeakMap<object, Map<string, string>>()

/** Takes note that a statement asked for an error at this property, and by which option. */
export function markRaised(object: object, property: string, option: string): void {
  let known = raised.get(object)
  if (!known) {
    known = new Map()
    raised.set(object, known)
  }
  known.set(property, option)
}

/** The option that asked for the error, or null. */
export function raisedBy(object: object, property: string): string | null {
  return raised.get(object)?.get(property) ?? null
}
