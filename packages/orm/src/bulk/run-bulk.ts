// Carries out a load: rows in, checked, gathered into batches; the next batch is made while the server works on the one before.
import type { ExecuteOptions } from '@oriel/engine'
import { ArgumentError } from '@oriel/sql'
import { Batch } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { keepReport, Tally } from './bulk-report.ts'
import { BatchKeys } from './duplicate.ts'
import { reject } from './rejection.ts'
import type { ReturnedRow } from './returning.ts'
import { type FittingRow, RowCheck } from './row-check.ts'
import { RowKeys } from './row-key.ts'
import { refuseAborted, slicesOf } from './row-source.ts'
import { chooseTransport, type EncodedRows, type LoadParts, type Send, type Transport } from './transport.ts'
import { type Winners, winnersAmong } from './winner.ts'

/** A batch that is with the server. */
interface Flight {
  readonly landing: Promise<void>
  hasFailed: boolean
}

export class BulkRun {
  readonly #plan: BulkPlan
  readonly #parts: LoadParts
  readonly #send: Send
  readonly #signal: AbortSignal | undefined
  readonly #check: RowCheck
  readonly #keys: RowKeys
  readonly #transport: Transport
  readonly #tally = new Tally()
  readonly #rows: unknown[] = []
  readonly #batchKeys: BatchKeys | null
  /** Has anything been sent? */
  hasWritten = false
  #winners: Winners | null = null
  #batch = new Batch()
  #flight: Flight | null = null

  constructor(parts: Omit<LoadParts, 'keys'>, send: Send, options: ExecuteOptions) {
    const { plan, format } = parts
    this.#plan = plan
    this.#keys = new RowKeys(plan, format)
    this.#parts = { ...parts, keys: this.#keys }
    this.#send = send
    this.#signal = options.signal
    this.#check = new RowCheck(plan, format)
    const isStaged = isStagedLoad(plan, this.#keys)
    this.#transport = chooseTransport(this.#parts, isStaged)
    this.#batchKeys = this.#keys.areComparable && !isStaged ? new BatchKeys(plan.duplicates.keep, this.#keys) : null
  }

  async run(): Promise<unknown> {
    try {
      await this.#survey()
      await this.#load()
    } catch (error) {
      // What is with the server still counts.
      await this.#land().catch(() => {})
      keepReport(error, this.#tally.report())
      throw error
    }
    const report = this.#tally.report()
    return this.#plan.returning ? Object.freeze({ ...report, rows: this.#rows }) : report
  }

  /** Where one key may be given once in the whole input, an array is looked through beforehand. */
  async #survey(): Promise<void> {
    const { duplicates, source } = this.#plan
    if (duplicates.within === 'input' && this.#keys.areComparable && Array.isArray(source))
      this.#winners = await winnersAmong(source, duplicates.keep, { check: this.#check, keys: this.#keys })
  }

  async #load(): Promise<void> {
    let number = 0
    for await (const slice of slicesOf(this.#plan.source, this.#signal)) {
      this.#tally.received += slice.length
      for (const row of slice) {
        const answer = this.#check.check(row)
        const checked = answer instanceof Promise ? await answer : answer
        number++
        if ('reasons' in checked)
          await reject({ number, value: row, reasons: checked.reasons }, this.#plan, this.#tally)
        else this.#add(checked, number)
        if (this.#batch.isFull(this.#plan.batchSize)) await this.#dispatch()
      }
      if (this.#flight) await turn()
      if (this.#flight?.hasFailed) await this.#land()
    }
    await this.#dispatch()
    await this.#land()
    const finished = await this.#transport.finish?.(this.#send)
    if (!finished) return
    this.#tally.duplicates += finished.duplicates
    this.#tally.written(finished.written, finished)
  }

  #add(row: FittingRow, number: number): void {
    if (this.#winners) {
      const key = this.#keys.of(row.set, row.texts)
      if (key !== null && !this.#winners.isWinner(key, number)) {
        this.#tally.duplicates++
        return
      }
    }
    if (!this.#batchKeys) this.#batch.add(row.set, row.texts, number)
    else if (this.#batchKeys.add(this.#batch, row, number)) this.#tally.duplicates++
  }

  /** Sends what has been gathered, once the batch before has been answered. */
  async #dispatch(): Promise<void> {
    if (this.#batch.rows === 0) return
    const groups = this.#batch.groups().map((group) => this.#transport.encode(group))
    this.#batch = new Batch()
    this.#batchKeys?.clear()
    await this.#land()
    refuseAborted(this.#signal)
    const flight: Flight = { landing: this.#fly(groups), hasFailed: false }
    flight.landing.catch(() => {
      flight.hasFailed = true
    })
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

  async #fly(groups: readonly EncodedRows[]): Promise<void> {
    const { returning, onRows, onProgress } = this.#plan
    const returned: ReturnedRow[] = []
    this.hasWritten = true
    for (const group of groups) {
      const written = await group.write(this.#send)
      if (!written) continue
      this.#tally.written(group.count, written)
      for (const row of written.returned) returned.push(row)
    }
    this.#tally.batches++
    if (returning) {
      const rows = returned.sort((a, b) => a.number - b.number).map(({ row }) => row)
      if (onRows) await onRows.take(rows)
      else for (const row of rows) this.#rows.push(row)
    }
    await onProgress?.(this.#tally.report())
  }
}

/**
 * Which of two rows wins is said for the whole input: an array is looked through beforehand, other sources are staged on the server.
 * Throws ArgumentError where it can be told neither here nor there.
 */
function isStagedLoad({ kind, duplicates, source, returning }: BulkPlan, keys: RowKeys): boolean {
  const { keep, within } = duplicates
  if (kind === 'insert' || (within === 'batch' && (keep === 'error' || keys.areComparable))) return false
  const call = `duplicates('${keep}')`
  if (!keys.places)
    throw new ArgumentError(
      `${call}: the key of these rows is not made of columns, so that equal ones cannot be told.`,
      {
        hint: 'Name the columns in conflictOn().',
      },
    )
  if (within === 'batch')
    throw new ArgumentError(`${call}: only the server can compare the values of ${keys.label}.`, {
      hint: "Leave out { within: 'batch' }: the rows are then staged on the server.",
    })
  const isStaged = !Array.isArray(source) || !keys.areComparable
  if (isStaged && returning)
    throw new ArgumentError(`${call} with returning() needs the rows as an array.`, {
      hint: "Gather them first, or say { within: 'batch' }.",
    })
  return isStaged
}

/** Lets sockets and timers have their turn. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
