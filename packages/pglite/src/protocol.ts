// PGlite's own writer of protocol messages, loaded with the database and not before.
import type { protocol } from '@electric-sql/pglite'

export interface Protocol {
  readonly serialize: typeof protocol.serialize
  /** Messages one behind the other: the database answers a batch in one go. */
  join(messages: readonly Uint8Array[]): Uint8Array
}

/** The writer of protocol messages. */
export async function protocolOf(): Promise<Protocol> {
  const { protocol } = await import('@electric-sql/pglite')
  return { serialize: protocol.serialize, join }
}

function join(messages: readonly Uint8Array[]): Uint8Array {
  const length = messages.reduce((sum, message) => sum + message.byteLength, 0)
  const joined = new Uint8Array(length)
  let at = 0
  for (const message of messages) {
    joined.set(message, at)
    at += message.byteLength
  }
  return joined
}
