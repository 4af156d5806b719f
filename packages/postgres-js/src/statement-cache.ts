// Which statements are worth a prepared statement: those that come a second time, up to a limit.
// postgres.js never lets go of one, and knows it by its text: after DISCARD ALL the same statement has to be another text.

const maxPrepared = 256
const maxSeen = 1024
/** After so many DISCARD ALL nothing is prepared any more, as postgres.js would keep them all. */
const maxGenerations = 16

/** Decides for one connection. */
export class StatementCache {
  readonly #prepared = new Set<string>()
  readonly #seen = new Set<string>()
  #generation = 0

  /** Should this text be prepared now, or is it so already? */
  isPrepared(text: string): boolean {
    if (this.#prepared.has(text)) return true
    if (this.#prepared.size >= maxPrepared || this.#generation >= maxGenerations) return false
    if (this.#seen.delete(text)) {
      this.#prepared.add(text)
      return true
    }
    if (this.#seen.size >= maxSeen) this.#seen.clear()
    this.#seen.add(text)
    return false
  }

  /** The text to hand to postgres.js. */
  textFor(text: string): string {
    return text + ' '.repeat(this.#generation)
  }

  /** The server has dropped all prepared statements (DISCARD ALL, DEALLOCATE ALL). */
  forgotten(): void {
    this.#prepared.clear()
    this.#generation = Math.min(this.#generation + 1, maxGenerations)
  }
}
