// Statements of one connection, one after the other, first come, first served.

export class Turns {
  isTaken = false
  readonly #waiting: (() => void)[] = []

  /** Null when it is the caller's turn at once, else the promise of it. */
  take(): Promise<void> | null {
    if (this.isTaken) return new Promise((resolve) => this.#waiting.push(resolve))
    this.isTaken = true
    return null
  }

  /** Hands the turn on. */
  pass(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.isTaken = false
  }
}
