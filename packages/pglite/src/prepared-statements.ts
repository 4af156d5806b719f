// Which statement texts the database has prepared, under which names: the least recently used one makes room for the next.

const limit = 256

export interface PreparedUse {
  readonly name: string
  /** Must be parsed under this name first. */
  readonly isNew: boolean
  /** A name that is to be closed, to make room. */
  readonly evicted?: string
}

/** The prepared statements of one connection. */
export class PreparedStatements {
  readonly #names = new Map<string, string>()
  #count = 0

  /** The name for a text, and what has to be sent before it can be used. */
  use(text: string): PreparedUse {
    const known = this.#names.get(text)
    if (known !== undefined) {
      this.#names.delete(text)
      this.#names.set(text, known)
      return { name: known, isNew: false }
    }
    const name = `oriel_${++this.#count}`
    const oldest = this.#names.size >= limit ? this.#names.entries().next().value : undefined
    this.#names.set(text, name)
    if (oldest === undefined) return { name, isNew: true }
    this.#names.delete(oldest[0])
    return { name, isNew: true, evicted: oldest[1] }
  }

  /** The database does not have it (any more). */
  forget(text: string): void {
    this.#names.delete(text)
  }

  /** The database has dropped them all (DISCARD ALL, DEALLOCATE ALL). */
  forgetAll(): void {
    this.#names.clear()
  }
}
