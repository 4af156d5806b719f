// Columns that were forgotten, and by what: what reading them says is read from here by unloaded.ts.

/** By what, for all columns of an object or for some of them by name. */
const expired = new WeakMap<object, string | Map<string, string>>()

/** Takes note of what made columns of an object unloaded again: these, or all of them. */
export function markExpired(object: object, by: string, properties?: readonly string[]): void {
  const known = expired.get(object)
  if (!properties) expired.set(object, by)
  else if (typeof known !== 'string') {
    const some = known ?? new Map<string, string>()
    for (const property of properties) some.set(property, by)
    expired.set(object, some)
  }
}

/** What made the column unloaded, or null. Asked for columns that are not loaded now. */
export function expiredBy(object: object, property: string): string | null {
  const known = expired.get(object)
  return (typeof known === 'string' ? known : known?.get(property)) ?? null
}
