// How rows get to the server. The one place where that is chosen.
import type { Result } from '@oriel/engine'
import type { Dialect, Executable } from '@oriel/sql'
import type { RowFormat } from '../state/row-format.ts'
import type { RowGroup } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import type { Outcome } from './bulk-report.ts'
import type { ReturnedRow } from './returning.ts'
import type { RowKeys } from './row-key.ts'
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
  write(send: Send): Promise<WrittenRows>
}

export interface Transport {
  readonly strategy: 'unnest'
  /** Makes of rows what is sent. Done while the server still works on the rows before. */
  encode(group: RowGroup): EncodedRows
}

/** What a load consists of. */
export interface LoadParts {
  readonly plan: BulkPlan
  readonly format: RowFormat
  readonly keys: RowKeys
  readonly dialect: Dialect
}

/** COPY would be chosen here, for large inputs and drivers that have it. */
export function chooseTransport(parts: LoadParts): Transport {
  return new UnnestTransport(parts)
}
