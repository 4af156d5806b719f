// Replies that are sent bit by bit: which ones are, and how one is left that nobody is sent.
import { finished, Readable } from 'node:stream'

/** What Fastify sends bit by bit: a Node stream, a Web stream, a Response. */
export function isStream(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false
  return 'pipe' in payload || 'getReader' in payload || Object.prototype.toString.call(payload) === '[object Response]'
}

/** Ends a stream of Node or of the web, and waits until what it was reading has ended. False for anything else. */
export async function leave(payload: unknown): Promise<boolean> {
  if (payload instanceof ReadableStream) {
    // What reads it already ends it too; and how its end went is told to nobody.
    await payload.cancel().catch(() => {})
    return true
  }
  if (!(payload instanceof Readable)) return false
  await new Promise<void>((resolve) => {
    // That it ends before its time is what was asked for.
    finished(payload, () => resolve())
    payload.destroy()
  })
  return true
}
