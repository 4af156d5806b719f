// Asks the server, on a socket of its own, to cancel what another connection runs.

import { openSocket } from './socket.ts'
import type { Target } from './target.ts'

const limitMs = 5_000

/** What the server told a connection about its process, when it began. */
export interface BackendKey {
  readonly pid: number
  readonly secret: number
}

/** Resolves when the server has taken the request: it closes the socket then. */
export async function requestCancel(target: Target, { pid, secret }: BackendKey): Promise<void> {
  const message = Buffer.alloc(16)
  message.writeUInt32BE(16, 0)
  message.writeUInt32BE(80_877_102, 4)
  message.writeUInt32BE(pid, 8)
  message.writeUInt32BE(secret, 12)
  const socket = await openSocket(target, AbortSignal.timeout(limitMs))
  const timer = setTimeout(() => socket.destroy(), limitMs)
  try {
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      socket.resume()
      socket.write(message)
    })
  } finally {
    clearTimeout(timer)
  }
}
