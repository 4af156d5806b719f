// What PostgreSQL cannot hold inside of a value that is otherwise right: characters, and the shape of arrays. column-schema.ts asks here.

/** Is there the character NUL in a text, or anywhere in JSON? */
export function holdsNul(value: unknown): boolean {
  return someText(value, (text) => text.includes('\u0000'))
}

/** Is there half of a character in a text, or anywhere in JSON? */
export function holdsHalf(value: unknown): boolean {
  return someText(value, (text) => !text.isWellFormed())
}

function someText(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((inner) => someText(inner, test))
  return Object.entries(value).some(([name, inner]) => test(name) || someText(inner, test))
}

/** Have all lists inside of a list the same shape, and none of them nothing? The database holds no other. */
export function isGrid(list: readonly unknown[]): boolean {
  return shapeOf(list) !== null
}

/** `2,3` for two lists of three; null where they differ. Values and null are a shape of their own. */
function shapeOf(value: unknown): string | null {
  if (!Array.isArray(value)) return ''
  const shapes = new Set(value.map(shapeOf))
  const [shape] = shapes
  if (shapes.size > 1 || shape === null || shape?.startsWith('0')) return null
  return `${value.length},${shape ?? ''}`
}
