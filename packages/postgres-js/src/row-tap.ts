// Reads the rows out of what the server says, so that postgres.js is left with the rest of the protocol. It would cut every row out of
// the stream as a buffer of its own and look at each cell's type; half of the time of reading many rows went into that.
import type { WireRow } from '@oriel/engine'

const dataRow = 'D'.charCodeAt(0)
/** The type of a message, and its length, which does not count the type. */
const headLength = 5

/** Takes the rows of one connection; what is none is handed on as it came, in its order. */
export class RowTap {
  readonly #handOn: (messages: Buffer) => void
  /** The beginning of a message whose end has not come yet. */
  #begun: Buffer[] = []
  #begunLength = 0
  /** So many bytes there have to be before it is worth looking again. */
  #needed = headLength
  #rows: WireRow[] = []

  constructor(handOn: (messages: Buffer) => void) {
    this.#handOn = handOn
  }

  /** The rows since they were taken last. */
  take(): readonly WireRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  heard(chunk: Buffer): void {
    this.#begun.push(chunk)
    this.#begunLength += chunk.length
    if (this.#begunLength < this.#needed) return
    const all = this.#begun.length === 1 ? chunk : Buffer.concat(this.#begun, this.#begunLength)
    this.#begun = []
    this.#begunLength = 0
    this.#needed = headLength
    this.#read(all)
  }

  #read(chunk: Buffer): void {
    let at = 0
    /** Where what is to be handed on begins. */
    let other = 0
    /** The length of the messages before the first row: they are moved behind the rows, so that all of a short answer is handed on at once. */
    let before = 0
    let end = endOf(chunk, at)
    for (; end <= chunk.length; end = endOf(chunk, at)) {
      if (chunk[at] === dataRow) {
        if (other === 0) before = at
        else if (other < at) this.#handOn(chunk.subarray(other, at))
        this.#rows.push(rowIn(chunk, at + headLength))
        other = end
      } else if (before > 0 && at === other) {
        other -= before
        chunk.copyWithin(other, 0, before)
        before = 0
      }
      at = end
    }
    if (before > 0) this.#handOn(chunk.subarray(0, before))
    if (other < at) this.#handOn(other === 0 && at === chunk.length ? chunk : chunk.subarray(other, at))
    if (at === chunk.length) return
    this.#begun = [chunk.subarray(at)]
    this.#begunLength = chunk.length - at
    this.#needed = end - at
  }
}

/** Where the message ends that begins here; where its head ends, while that is not there. */
function endOf(chunk: Buffer, at: number): number {
  return at + headLength <= chunk.length ? at + 1 + int32(chunk, at + 1) : at + headLength
}

function rowIn(chunk: Buffer, at: number): WireRow {
  const count = (byte(chunk, at) << 8) | byte(chunk, at + 1)
  const row: (string | null)[] = new Array(count)
  let start = at + 2
  for (let i = 0; i < count; i++) {
    const length = int32(chunk, start)
    start += 4
    // NULL has a length of -1.
    row[i] = length < 0 ? null : textIn(chunk, start, start + length)
    start += Math.max(0, length)
  }
  return row
}

/** A Buffer has `utf8Slice`, which is missing from its types: `toString` looks at its arguments first, and takes a sixth longer. */
interface Texts {
  utf8Slice?(start: number, end: number): string
  toString(encoding: 'utf8', start: number, end: number): string
}

function textIn(chunk: Texts, start: number, end: number): string {
  return chunk.utf8Slice?.(start, end) ?? chunk.toString('utf8', start, end)
}

/** By hand, as `readInt32BE` takes a third longer for all rows. */
function int32(chunk: Buffer, at: number): number {
  return (byte(chunk, at) << 24) | (byte(chunk, at + 1) << 16) | (byte(chunk, at + 2) << 8) | byte(chunk, at + 3)
}

function byte(chunk: Buffer, at: number): number {
  return chunk[at] ?? 0
}
