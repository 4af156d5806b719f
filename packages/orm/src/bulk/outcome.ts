// What the server says of the rows of a statement, as counts.
import { ArgumentError } from '@oriel/sql'
import type { Outcome } from './bulk-report.ts'

/** Of `count` rows so many were written, of them so many inserted; null where that is not known. */
export function countsOf(count: number, written: number, inserted: number | null): Outcome {
  return { inserted, updated: inserted === null ? null : written - inserted, unchanged: count - written }
}

/** The row of a counting statement: how many were inserted, where the server told it of every row, and how many written at all. */
export function countsIn(row: unknown): { readonly inserted: number | null; readonly written: number } {
  const [inserted, written, told]: unknown[] = Array.isArray(row) ? row : []
  if (typeof inserted === 'number' && typeof written === 'number')
    return { inserted: told === written ? inserted : null, written }
  throw new ArgumentError('The server did not say how many rows it wrote.')
}

/** What became of the rows of several statements. */
export function sumOf(total: Outcome, more: Outcome): Outcome {
  return {
    inserted: added(total.inserted, more.inserted),
    updated: added(total.updated, more.updated),
    unchanged: added(total.unchanged, more.unchanged),
  }
}

/** A sum, unless a part of it is not known. */
export function added(total: number | null, more: number | null): number | null {
  return total === null || more === null ? null : total + more
}
