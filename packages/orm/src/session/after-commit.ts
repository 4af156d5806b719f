// What is to happen once a transaction is committed: mail and the like. A rollback forgets it.

export class AfterCommit {
  #callbacks: (() => unknown)[] = []

  get size(): number {
    return this.#callbacks.length
  }

  add(callback: () => unknown): void {
    this.#callbacks.push(callback)
  }

  /** Forgets what was added since there were so many. */
  forget(since: number): void {
    this.#callbacks.length = Math.min(since, this.#callbacks.length)
  }

  /** Calls all of them, in order. One that throws does not keep the others from being called; the first error goes on. */
  async call(): Promise<void> {
    const callbacks = this.#callbacks
    this.#callbacks = []
    const errors: unknown[] = []
    for (const callback of callbacks) {
      try {
        await callback()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
