// How rows get to the server. The one place where that is chosen.
import type { Result } from '@oriel/engine'
import type { Dialect, Executable } from '@oriel/sql'
import type { RowFormat } from '../state/row-format.ts'
import type { RowGroup } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import type { Outcome } from './bulk-report.ts'
import type { ReturnedRow } from './returning.ts'
import type { RowKeys } from './row-key.ts'
import { StagedTransport } from './staged-transport.ts'
import { UnnestTransport } from './unnest-transport.ts'

/** Sends a statement of the load, in its turn. */
export type Send = (statement: Executable<unknown>) => Promise<Result<unknown>>

/** What the server made of the rows of a group. */
export interface WrittenRows extends Outcome {
  readonly returned: readonly ReturnedRow[]
}

/** Rows that are ready to be sent. */
export interface EncodedRows {
  readonly count: number
  /** Null: what becomes of them is known in the end. */
  write(send: Send): Promise<WrittenRows | null>
}

/** What became of rows that were kept until all were there. */
export interface Finished extends Outcome {
  readonly written: number
  readonly duplicates: number
}

export interface Transport {
  readonly strategy: 'unnest'
  /** Makes of rows what is sent. Done while the server still works on the rows before. */
  encode(group: RowGroup): EncodedRows
  /** Once all rows are sent, where something is left to do. */
  finish?(send: Send): Promise<Finished>
}

/** What a load consists of. */
export interface LoadParts {
  readonly plan: BulkPlan
  readonly format: RowFormat
  readonly keys: RowKeys
  readonly dialect: Dialect
}

/** COPY would be chosen here, for large inputs and drivers that have it. `isStaged`: which rows win is the server's to say, in the end. */
export function chooseTransport(parts: LoadParts, isStaged: boolean): Transport {
  return isStaged ? new StagedTransport(parts) : new UnnestTransport(parts)
}
