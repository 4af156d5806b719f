// bulkUpdate: rows that are there, found by their primary key.
import type { EntityClass, Fields, Row, Selectable, StandardSchema } from '@oriel/sql'
import { Bulk, deduplicating, givingBack, planOf, type ReturnedRows, validating } from './bulk.ts'
import { bulkPlan, type DuplicatePolicy, type OnReject } from './bulk-plan.ts'
import type { BulkReport } from './bulk-report.ts'
import type { Rows, Untyped, UpdateReady } from './row-types.ts'

/** Changes of rows by their key. R is the row as it will be written, which `session.bulk` checks. */
export class BulkUpdate<E, R, X = BulkReport> extends Bulk<X> {
  declare readonly '~ready': UpdateReady<E, R>

  /** Every row has to pass this schema (zod or any other Standard Schema); what comes out of it is written. */
  validate<T>(schema: StandardSchema<T>, options: { readonly onReject?: OnReject } = {}): BulkUpdate<E, T, X> {
    return new BulkUpdate(validating(this[bulkPlan], schema, options.onReject))
  }

  /** What becomes of two changes of one row: the last or the first is written, or it is an error. By default an error within a batch. */
  duplicates(keep: DuplicatePolicy, options: { readonly within?: 'input' | 'batch' } = {}): BulkUpdate<E, R, X> {
    return new BulkUpdate(deduplicating(this[bulkPlan], keep, options.within))
  }

  /** `RETURNING`: the report has the rows as they are stored, in the order in which they were given. */
  returning<F extends readonly Selectable[]>(...columns: F): BulkUpdate<E, R, BulkReport & ReturnedRows<Row<F>>>
  returning<F extends Fields>(fields: F): BulkUpdate<E, R, BulkReport & ReturnedRows<Row<F>>>
  returning(...items: unknown[]): BulkUpdate<E, R, BulkReport & ReturnedRows<unknown>> {
    return new BulkUpdate(givingBack(this[bulkPlan], items))
  }
}

/**
 * Updates rows in bulk, each to values of its own: `await session.bulk(bulkUpdate(Reading, [{ id: 1, amount: 2 }]))`, by
 * `UPDATE … FROM unnest(…)`. A row gives its primary key, and what changes.
 */
export function bulkUpdate<E extends object, const R = Untyped>(
  entityClass: EntityClass<E>,
  source: Rows<R>,
): BulkUpdate<E, R> {
  return new BulkUpdate(planOf('update', entityClass, source))
}
