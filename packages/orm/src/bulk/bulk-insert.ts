// bulkInsert: rows that are all new.
import type { EntityClass, Fields, Row, Selectable, StandardSchema } from '@oriel/sql'
import { Bulk, givingBack, planOf, type ReturnedRows, validating } from './bulk.ts'
import { bulkPlan, type OnReject } from './bulk-plan.ts'
import type { BulkReport } from './bulk-report.ts'
import type { InsertReady, Rows, Untyped } from './row-types.ts'

/** Rows to be inserted. R is the row as it will be written, which `session.bulk` checks. */
export class BulkInsert<E, R, X = BulkReport> extends Bulk<X> {
  declare readonly '~ready': InsertReady<E, R>

  /** Every row has to pass this schema (zod or any other Standard Schema); what comes out of it is written. */
  validate<T>(schema: StandardSchema<T>, options: { readonly onReject?: OnReject } = {}): BulkInsert<E, T, X> {
    return new BulkInsert(validating(this[bulkPlan], schema, options.onReject))
  }

  /** `RETURNING`: the report has the rows as they are stored, in the order in which they were given. */
  returning<F extends readonly Selectable[]>(...columns: F): BulkInsert<E, R, BulkReport & ReturnedRows<Row<F>>>
  returning<F extends Fields>(fields: F): BulkInsert<E, R, BulkReport & ReturnedRows<Row<F>>>
  returning(...items: unknown[]): BulkInsert<E, R, BulkReport & ReturnedRows<unknown>> {
    return new BulkInsert(givingBack(this[bulkPlan], items))
  }
}

/**
 * Inserts rows in bulk: `await session.bulk(bulkInsert(Reading, rows))`, by `INSERT … SELECT … FROM unnest(…)`, one array per column.
 * The rows are an array, an iterable, an async iterable or a stream.
 */
export function bulkInsert<E extends object, const R = Untyped>(
  entityClass: EntityClass<E>,
  source: Rows<R>,
): BulkInsert<E, R> {
  return new BulkInsert(planOf('insert', entityClass, source))
}
