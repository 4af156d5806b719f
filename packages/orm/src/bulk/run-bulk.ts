// Carries out a load: rows in, checked, gathered into batches; the next batch is made while the server works on the one before.
import { DatabaseError } from '@oriel/sql'
import { Batch, type RowGroup } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { type BulkReport, keepReport, Tally } from './bulk-report.ts'
import { Duplicates } from './duplicates.ts'
import { Grouping } from './grouping.ts'
import { reject } from './rejection.ts'
import type { ReturnedRow } from './returning.ts'
import { type FittingRow, RowCheck } from './row-check.ts'
import { rowKeys } from './row-key.ts'
import { RowReader } from './row-reader.ts'
import { chooseTransport, type EncodedRows, type LoadParts, type Send, type Transport } from './transport.ts'

/** A batch that is with the server. */
interface Flight {
  readonly landing: Promise<void>
}

/** What is sent together, and where it stood in the source. */
interface Sending {
  readonly groups: readonly EncodedRows[]
  readonly rows: NonNullable<BulkReport['failedRows']>
}

/** After so many rows the connection gets its turn. */
const turnAfter = 1_000

export class BulkRun {
  readonly #plan: BulkPlan
  readonly #parts: LoadParts
  readonly #send: Send
  readonly #check: RowCheck
  readonly #transport: Transport
  readonly #tally = new Tally()
  readonly #rows: unknown[] = []
  readonly #duplicates: Duplicates
  readonly #grouping: Grouping
  /** Has anything been sent? */
  hasWritten = false
  #batch = new Batch()
  #flight: Flight | null = null
  #reader: RowReader | null = null
  #stopped: { readonly error: unknown } | null = null
  #refused: { readonly error: unknown; readonly rows: Sending['rows'] } | null = null

  constructor(parts: Omit<LoadParts, 'keys'>, send: Send) {
    const { plan, format } = parts
    this.#plan = plan
    const keys = rowKeys(plan, format)
    this.#parts = { ...parts, keys }
    this.#send = send
    this.#check = new RowCheck(plan, format)
    this.#duplicates = new Duplicates(this.#parts, send)
    this.#grouping = new Grouping(plan, format, keys)
    this.#transport = chooseTransport(this.#parts, this.#duplicates.isStaged)
  }

  async run(): Promise<unknown> {
    try {
      await this.#duplicates.survey(this.#check)
      await this.#load()
    } catch (thrown) {
      // What is with the server still counts.
      await this.#land().catch(() => {})
      this.#locate(thrown)
      throw keepReport(thrown, this.#tally.report())
    }
    const report = this.#tally.report()
    return this.#plan.returning ? Object.freeze({ ...report, rows: this.#rows }) : report
  }

  /** Ends the load from outside, also while it waits for its source. */
  stop(error: unknown): void {
    this.#stopped ??= { error }
    this.#reader?.stop(error)
  }

  async #load(): Promise<void> {
    if (this.#stopped) throw this.#stopped.error
    const reader = new RowReader(this.#plan.source)
    this.#reader = reader
    try {
      await this.#read(reader)
    } finally {
      await reader.close()
    }
    await this.#dispatch()
    await this.#land()
    const finished = await this.#transport.finish?.(this.#send)
    if (!finished) return
    this.#tally.duplicates += finished.duplicates
    this.#tally.written(finished.written, finished)
  }

  /** A source may give the same object again with other values: each row is written down before the next one is asked for. */
  async #read(reader: RowReader): Promise<void> {
    const { batchSize } = this.#plan
    for (let number = 1; ; number++) {
      const next = reader.next()
      const { done, value: row } = next instanceof Promise ? await next : next
      if (done) return
      this.#tally.received++
      const answer = this.#check.check(row)
      const checked = answer instanceof Promise ? await answer : answer
      if ('reasons' in checked) await reject({ number, value: row, reasons: checked.reasons }, this.#plan, this.#tally)
      else this.#add(checked, number)
      if (this.#batch.isFull(batchSize)) await this.#dispatch()
      else if (number % turnAfter === 0) await turn()
    }
  }

  #add(row: FittingRow, number: number): void {
    if (this.#duplicates.add(this.#batch, row, number)) this.#tally.duplicates++
  }

  /** Sends what has been gathered, once the batch before has been answered. */
  async #dispatch(): Promise<void> {
    if (this.#batch.rows === 0) return
    if (this.#duplicates.isOpen) {
      await this.#land()
      this.#tally.duplicates += await this.#duplicates.settle(this.#batch)
    }
    const groups = this.#batch.groups(this.#grouping)
    const sending = { groups: groups.map((group) => this.#transport.encode(group)), rows: rowsOf(groups) }
    this.#batch = new Batch()
    this.#duplicates.clear()
    await this.#land()
    this.#reader?.refuseStopped()
    const flight: Flight = { landing: this.#fly(sending) }
    flight.landing.catch((error: unknown) => this.#reader?.stop(error))
    this.#flight = flight
    // The socket gets the statement before the next rows take the processor.
    await turn()
  }

  /** Waits for the batch that is with the server. */
  async #land(): Promise<void> {
    const flight = this.#flight
    this.#flight = null
    await flight?.landing
  }

  async #fly({ groups, rows }: Sending): Promise<void> {
    const { returning, onRows, onProgress } = this.#plan
    const returned: ReturnedRow[] = []
    this.hasWritten = true
    for (const group of groups) {
      const written = await group.write(this.#send).catch((error: unknown) => {
        this.#refused = { error, rows }
        throw error
      })
      if (!written) continue
      this.#tally.written(group.count, written)
      for (const row of written.returned) returned.push(row)
    }
    this.#tally.batches++
    if (returning) {
      const inOrder = returned.sort((a, b) => a.number - b.number).map(({ row }) => row)
      if (onRows) await onRows.take(inOrder)
      else for (const row of inOrder) this.#rows.push(row)
    }
    await onProgress?.(this.#tally.report())
  }

  /** The server names no row: at least the batch is known. */
  #locate(error: unknown): void {
    if (!this.#refused || this.#refused.error !== error || !(error instanceof DatabaseError)) return
    const { first, last } = this.#refused.rows
    this.#tally.failedRows = this.#refused.rows
    error.message += `\n  It was met ${first === last ? `in row ${first}` : `in the batch of rows ${first} to ${last}`} of the load.`
  }
}

/** The numbers of the first and the last row of a batch. */
function rowsOf(groups: readonly RowGroup[]): Sending['rows'] {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const { numbers } of groups) {
    first = Math.min(first, numbers[0] ?? first)
    last = Math.max(last, numbers.at(-1) ?? last)
  }
  return Object.freeze({ first, last })
}

/** Lets sockets and timers have their turn. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
