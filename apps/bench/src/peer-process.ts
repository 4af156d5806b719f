// A peer in a process of its own: what one has optimised, or left for the collector, is nothing to the other.
import { type ChildProcess, fork } from 'node:child_process'
import type { Time } from './measure.ts'

/** What a repetition says: how long it took, and what it found. */
export interface Repetition {
  readonly time: Time
  readonly sum: string
}

export class PeerProcess {
  readonly name: string
  readonly #child: ChildProcess

  /** Starts a peer for one workload. */
  constructor(name: string, workload: string, url: string) {
    this.name = name
    const program = new URL('./peer.js', import.meta.url)
    this.#child = fork(program, [name, workload, url], { execArgv: ['--expose-gc'] })
  }

  /** Runs the workload once. */
  async run(): Promise<Repetition> {
    return await new Promise<Repetition>((resolve, reject) => {
      const ended = (code: number | null): void => reject(new RangeError(`${this.name} ended with ${code}`))
      this.#child.once('exit', ended)
      this.#child.once('message', (repetition: Repetition) => {
        this.#child.off('exit', ended)
        resolve(repetition)
      })
      this.#child.send('run')
    })
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.disconnect()
    await ended
  }
}
