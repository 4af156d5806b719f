// What a bulk load is to do, as data. Builders make it (bulk-insert.ts and its siblings), run-bulk.ts carries it out.
import type { EntityClass, NodeOf, Operand, RowCondition, Selection } from '@oriel/sql'
import type { BulkReport, BulkStrategy, RowIssue } from './bulk-report.ts'

/** Takes a row that does not fit, as the source gave it, and the reasons. A promise is waited for. */
export type OnReject = (row: unknown, issues: readonly RowIssue[]) => unknown

/** Of two rows with one key: which is written, or that it is an error. */
export type DuplicatePolicy = 'last' | 'first' | 'error'

/** The two rows that meet in a conflict, as attributes. */
export interface MeetingRows {
  readonly excluded: object
  readonly current: object
}

/** What is done where a row is there already. */
export type ConflictAction =
  | { readonly kind: 'nothing' }
  /** Every property that the row gives and that is not of the key. */
  | { readonly kind: 'given' }
  | { readonly kind: 'columns'; readonly properties: readonly string[] }
  | { readonly kind: 'set'; set(rows: MeetingRows): object }

/** The key by which rows are known to be there: columns or expressions, a constraint, or null for the primary key. */
export type ConflictKey = readonly Operand<unknown, 'scalar', unknown>[] | { readonly constraint: string } | null

/** Functions of the user's are methods here: their parameters are what the builders' types say. */
export interface BulkPlan {
  readonly kind: 'insert' | 'upsert' | 'update'
  readonly entityClass: EntityClass<object>
  readonly source: unknown
  readonly conflictKey: ConflictKey
  readonly action: ConflictAction
  readonly updateWhere: { condition(rows: MeetingRows): RowCondition } | null
  readonly schema: object | null
  readonly onReject: OnReject | null
  readonly duplicates: { readonly keep: DuplicatePolicy; readonly within: 'input' | 'batch' }
  readonly batchSize: number
  readonly strategy: BulkStrategy
  readonly onProgress: ((progress: BulkReport) => unknown) | null
  readonly identityMap: 'expire' | 'ignore'
  readonly returning: Selection | null
  /** Takes the returned rows of each batch; null: the report holds them all. */
  readonly onRows: { take(rows: readonly unknown[]): unknown } | null
}

/** The key under which a load gives its plan. */
export const bulkPlan: unique symbol = Symbol('bulkPlan')

/** What `session.bulk` takes; X is what it resolves with. */
export interface BulkLoad<out X = BulkReport> {
  readonly '~ready': true
  readonly '~report': X
  readonly [bulkPlan]: BulkPlan
}

/** The table that a load writes to. */
export type Target = NodeOf<'table'>

export const defaultBatchSize = 10_000
