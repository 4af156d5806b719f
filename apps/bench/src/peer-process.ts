// A peer in a process of its own: what one has optimised, or left for the collector, is nothing to the other.
import { type ChildProcess, fork } from 'node:child_process'
import type { Time } from './measure.ts'

/** What a repetition says: how long it took, and what it found. */
export interface Repetition {
  readonly time: Time
  readonly sum: string
}

/** How long a peer may take to close before its process is ended. */
const closeLimitMs = 5_000

export class PeerProcess {
  readonly name: string
  readonly #child: ChildProcess
  readonly #ended: Promise<string>

  /** Starts a peer for one workload. */
  constructor(name: string, workload: string, url: string) {
    this.name = name
    this.#child = fork(new URL('./peer.js', import.meta.url), [name, workload, url], { execArgv: ['--expose-gc'] })
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(`${name} ended with ${code ?? signal}`))
      this.#child.once('error', (error) => resolve(`${name}: ${error.message}`))
    })
  }

  /** Runs the workload once. Rejects where the process ends instead. */
  async run(): Promise<Repetition> {
    return await new Promise<Repetition>((resolve, reject) => {
      this.#ended.then((how) => reject(new RangeError(how)))
      this.#child.once('message', (repetition: Repetition) => resolve(repetition))
      if (this.#child.connected) this.#child.send('run', (error) => error && reject(error))
    })
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    const late = setTimeout(() => this.#child.kill(), closeLimitMs)
    await this.#ended
    clearTimeout(late)
  }
}
