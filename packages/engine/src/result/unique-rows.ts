// Which rows are the same: entities by identity, values by value, tuples and objects part by part.

/** The rows without those that came before. Where they are `bare`, each is one value, whatever it looks like. */
export function uniqueRows<R>(rows: readonly R[], { isBare }: { isBare: boolean }): R[] {
  const seen = new Level()
  return rows.filter((row) => seen.adds(isBare ? [key(row)] : parts(row)))
}

/** A tree with one level per part of a row, so that no part has to be turned into text together with another. */
class Level {
  readonly #children = new Map<unknown, Level>()

  adds(path: readonly unknown[]): boolean {
    let level: Level = this
    let isNew = false
    for (const key of path) {
      let next = level.#children.get(key)
      if (!next) {
        isNew = true
        next = new Level()
        level.#children.set(key, next)
      }
      level = next
    }
    return isNew
  }
}

function parts(row: unknown): unknown[] {
  if (Array.isArray(row)) return row.map(key)
  if (isPlain(row)) return Object.values(row).map(key)
  return [key(row)]
}

/** Something that is equal for equal values, by the rules of a Map. */
function key(value: unknown): unknown {
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('base64')}`
  if (Array.isArray(value) || isPlain(value)) return `json ${JSON.stringify(value, marked)}`
  return typeof value === 'string' ? `text ${value}` : value
}

function marked(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: `${value}` } : value
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
