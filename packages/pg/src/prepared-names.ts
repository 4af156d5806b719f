// Which statements are prepared, and under which names: those that come a second time, up to a limit.
// pg never lets go of a name; when the server has forgotten or refuses what stands behind it, the text gets another one.

const maxPrepared = 256
const maxSeen = 1024

/** Decides for one connection. */
export class PreparedNames {
  readonly #names = new Map<string, string>()
  readonly #seen = new Set<string>()
  #count = 0

  /** The name under which this text is prepared, or is to be; undefined where it is not worth it. */
  nameFor(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    if (this.#names.size >= maxPrepared) return undefined
    if (this.#seen.delete(text)) return this.#give(text)
    if (this.#seen.size >= maxSeen) this.#seen.clear()
    this.#seen.add(text)
    return undefined
  }

  /** Another name for a text whose plan the server refuses now. */
  rename(text: string): string {
    return this.#give(text)
  }

  /** The server has dropped all prepared statements (DISCARD ALL, DEALLOCATE ALL). */
  forgotten(): void {
    this.#names.clear()
  }

  #give(text: string): string {
    const name = `oriel_${++this.#count}`
    this.#names.set(text, name)
    return name
  }
}
