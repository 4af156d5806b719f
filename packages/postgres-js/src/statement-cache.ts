// Which statements are worth a prepared statement: those that come a second time, up to a limit, as postgres.js never lets go of one.

const maxPrepared = 256
const maxSeen = 1024

/** Decides for one connection. */
export class StatementCache {
  readonly #prepared = new Set<string>()
  readonly #seen = new Set<string>()

  /** Should this text be prepared now, or is it so already? */
  isPrepared(text: string): boolean {
    if (this.#prepared.has(text)) return true
    if (this.#prepared.size >= maxPrepared) return false
    if (this.#seen.delete(text)) {
      this.#prepared.add(text)
      return true
    }
    if (this.#seen.size >= maxSeen) this.#seen.clear()
    this.#seen.add(text)
    return false
  }
}
