// The socket as postgres.js gets it: what it writes goes out, and what the server says comes through the tap, without the rows.
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { RowTap } from './row-tap.ts'

/** What postgres.js uses of a socket. */
export class TappedSocket extends EventEmitter {
  readonly #socket: Socket
  readonly rows = new RowTap((messages) => this.emit('data', messages))

  /** `listen` is called first with each piece that arrives, rows and all. */
  constructor(socket: Socket, listen: (chunk: Buffer) => void) {
    super()
    this.#socket = socket
    // One listener for both: Node.js copies its list of several for each piece.
    socket.on('data', (chunk) => {
      listen(chunk)
      this.#hear(chunk)
    })
    socket.on('drain', () => this.emit('drain'))
    socket.on('close', (hadError) => this.emit('close', hadError))
    // An error that nobody listens to would be thrown; postgres.js has gone by then.
    socket.on('error', (error) => this.listenerCount('error') > 0 && this.emit('error', error))
  }

  /** What cannot be read, such as a text that is longer than JavaScript allows, ends the connection: where the next message begins is lost. */
  #hear(chunk: Buffer): void {
    try {
      this.rows.heard(chunk)
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : undefined)
    }
  }

  get readyState(): Socket['readyState'] {
    return this.#socket.readyState
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  write(chunk: Uint8Array, done?: (error?: Error | null) => void): boolean {
    return this.#socket.write(chunk, done)
  }

  end(chunk: Uint8Array): void {
    this.#socket.end(chunk)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }
}
