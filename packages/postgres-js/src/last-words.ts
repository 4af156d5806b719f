// What the server said last before it hung up. postgres.js drops that message when a statement is running, and it tells why.
import type { ServerErrorFields } from '@oriel/sql'
import { serverErrorFields } from './driver-error.ts'

const errorResponse = 'E'.charCodeAt(0)

/** Keeps the end of what a socket received. */
export class LastWords {
  #previous: Buffer = Buffer.alloc(0)
  #last: Buffer = Buffer.alloc(0)

  /** Called with each piece that arrives; nothing is copied or parsed. */
  heard(chunk: Buffer): void {
    this.#previous = this.#last
    this.#last = chunk
  }

  /** The fatal error that ended the connection, if it was the last thing said. */
  fatal(): ServerErrorFields | undefined {
    const tail = Buffer.concat([this.#previous.subarray(-8192), this.#last])
    for (
      let at = tail.indexOf(errorResponse);
      at >= 0 && at + 5 <= tail.length;
      at = tail.indexOf(errorResponse, at + 1)
    ) {
      if (at + 1 + tail.readUInt32BE(at + 1) !== tail.length) continue
      const fields = fieldsOf(tail.toString('utf8', at + 5))
      if (fields.V === 'FATAL' || fields.V === 'PANIC') return toServerFields(fields)
    }
    return undefined
  }
}

function fieldsOf(body: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    body
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field.charAt(0), field.slice(1)]),
  )
}

function toServerFields(fields: Partial<Record<string, string>>): ServerErrorFields {
  return serverErrorFields({ message: fields.M, code: fields.C, severity: fields.V, detail: fields.D, hint: fields.H })
}
