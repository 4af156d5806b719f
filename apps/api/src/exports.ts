// Exports hold a connection for as long as their clients read. So only some of them go on at once, and none waits for a client for ever.
import { Readable } from 'node:stream'

export interface ExportLimits {
  /** How many may go on at once. */
  readonly most: number
  /** How long one waits for a client that reads nothing, in milliseconds. */
  readonly stallMs: number
}

export class Exports {
  readonly #limits: ExportLimits
  #running = 0

  constructor(limits: ExportLimits) {
    this.#limits = limits
  }

  /** Is there room for one more? */
  get hasRoom(): boolean {
    return this.#running < this.#limits.most
  }

  /** A stream of the lines, which counts until it is closed. It fails where its client reads nothing for too long. */
  start(lines: AsyncIterable<string>): Readable {
    const stall = (): void => {
      stream.destroy(new Error(`The client of an export has read nothing for ${this.#limits.stallMs} ms.`))
    }
    const stream = Readable.from(this.#watched(lines, stall), { objectMode: false, highWaterMark: 65_536 })
    this.#running++
    stream.once('close', () => this.#running--)
    return stream
  }

  /** What is yielded is read on once the client has room for more. */
  async *#watched(lines: AsyncIterable<string>, stall: () => void): AsyncGenerator<string> {
    for await (const line of lines) {
      const timer = setTimeout(stall, this.#limits.stallMs)
      try {
        yield line
      } finally {
        clearTimeout(timer)
      }
    }
  }
}
