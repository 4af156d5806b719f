// A key as messages show it: `7`, `{ orderId: 7, line: 2 }`.
export function shownKey(key: unknown): string {
  return typeof key === 'object' && key !== null && !(key instanceof Date)
    ? `{ ${Object.entries(key)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join(', ')} }`
    : String(key)
}
