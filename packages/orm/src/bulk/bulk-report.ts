// What a bulk load says about itself: while it runs, when it is done, and when it was stopped.
import { InvalidRequestError } from '@oriel/sql'
import { added } from './outcome.ts'

/** Why a row, or one property of it, was not written. */
export interface RowIssue {
  /** The row's number in the source, from 1. */
  readonly row: number
  /** The property; null where it is about the row as a whole. */
  readonly property: string | null
  /** The reason. */
  readonly message: string
}

/** How rows are sent. */
export type BulkStrategy = 'auto' | 'unnest'

/**
 * What became of the rows: `received` is the sum of `inserted`, `updated`, `unchanged`, `rejected`, `duplicates` and `unwritten`.
 * A count that the server does not tell is null.
 */
export interface BulkReport {
  /** Rows that the source gave. */
  readonly received: number
  readonly inserted: number | null
  readonly updated: number | null
  /** Rows that changed nothing: those in conflict that were left as they are, changes of rows that are not there. */
  readonly unchanged: number | null
  /** Rows that did not fit, each given to `onReject` with its reasons. */
  readonly rejected: number
  /** Rows that gave way to another one with the same key. */
  readonly duplicates: number
  /** Rows that were read and not written: on their way, or left behind by a load that was stopped. 0 in the end. */
  readonly unwritten: number
  /** Batches that the server has answered. */
  readonly batches: number
  readonly strategy: 'unnest'
  readonly elapsedMs: number
  /** The first hundred reasons for rejecting rows. */
  readonly issues: readonly RowIssue[]
  /** The batch that the server refused, by the numbers of its first and its last row; null where it refused none. */
  readonly failedRows: { readonly first: number; readonly last: number } | null
}

const mostIssues = 100

/** Counts as the load goes. */
export class Tally {
  received = 0
  rejected = 0
  duplicates = 0
  batches = 0
  failedRows: BulkReport['failedRows'] = null
  readonly #startedAt = performance.now()
  readonly #issues: RowIssue[] = []
  #inserted: number | null = 0
  #updated: number | null = 0
  #unchanged: number | null = 0
  #written = 0

  rejectedRow(issues: readonly RowIssue[]): void {
    this.rejected++
    for (const issue of issues) if (this.#issues.length < mostIssues) this.#issues.push(issue)
  }

  /** Rows that are done with; null for what is not known of them. */
  written(rows: number, { inserted, updated, unchanged }: Outcome): void {
    this.#written += rows
    this.#inserted = added(this.#inserted, inserted)
    this.#updated = added(this.#updated, updated)
    this.#unchanged = added(this.#unchanged, unchanged)
  }

  report(): BulkReport {
    return Object.freeze({
      received: this.received,
      inserted: this.#inserted,
      updated: this.#updated,
      unchanged: this.#unchanged,
      rejected: this.rejected,
      duplicates: this.duplicates,
      unwritten: this.received - this.#written - this.rejected - this.duplicates,
      batches: this.batches,
      strategy: 'unnest',
      elapsedMs: performance.now() - this.#startedAt,
      issues: Object.freeze([...this.#issues]),
      failedRows: this.failedRows,
    })
  }
}

/** What the server did with the rows of a statement. */
export interface Outcome {
  readonly inserted: number | null
  readonly updated: number | null
  readonly unchanged: number | null
}

const reports = new WeakMap<object, BulkReport>()

/** Keeps what had been done when this was thrown. Gives what is to be thrown on. */
export function keepReport(thrown: unknown, report: BulkReport): object {
  const error = asError(thrown)
  reports.set(error, report)
  return error
}

/** What was thrown; a value that no report can hang on becomes the cause of an error. */
function asError(thrown: unknown): object {
  if ((typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function') return thrown
  return new InvalidRequestError(`A bulk load was stopped by ${shown(thrown)}, which is no error.`, {
    hint: 'Let the source, and the functions of the load, throw Errors.',
    cause: thrown,
  })
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : String(value)
}

/**
 * What a bulk load had done when it was stopped by this error, whoever made the error: the server, the source, a signal. Null where no load was.
 * The rows it counts as written belong to the session's transaction: a rollback takes them back.
 */
export function bulkReportOf(error: unknown): BulkReport | null {
  return typeof error === 'object' && error !== null ? (reports.get(error) ?? null) : null
}
