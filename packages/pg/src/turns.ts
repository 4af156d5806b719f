// One statement at a time: what waits, waits here and not in pg, where nothing could be said about it any more.

export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Resolves with what ends the turn, when it is the caller's. */
  async take(): Promise<() => void> {
    const before = this.#last
    let done = () => {}
    this.#last = new Promise((resolve) => {
      done = resolve
    })
    await before
    return done
  }
}
