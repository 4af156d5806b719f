// bulkUpsert: rows that may be there already.
import {
  ArgumentError,
  type Assignments,
  type ColumnKey,
  type ConflictRows,
  type EntityClass,
  type Fields,
  type NoOther,
  type Operand,
  type Row,
  type RowCondition,
  type Selectable,
  type Source,
  type StandardSchema,
} from '@oriel/sql'
import { Bulk, deduplicating, functionOf, givingBack, planOf, type ReturnedRows, validating } from './bulk.ts'
import { type BulkPlan, bulkPlan, type ConflictAction, type DuplicatePolicy, type OnReject } from './bulk-plan.ts'
import type { BulkReport } from './bulk-report.ts'
import type { InsertReady, Rows, Untyped } from './row-types.ts'

/** A column or expression of the unique key. */
export type KeyPart<E> = Operand<unknown, 'scalar', Source<E>>

/** Rows to be inserted, or to change the rows that are there. R is the row as it will be written, which `session.bulk` checks. */
export class BulkUpsert<E, R, X = BulkReport> extends Bulk<X> {
  declare readonly '~ready': InsertReady<E, R>

  /** The unique key by which a row is known to be there: columns, or the name of a constraint. By default the primary key. */
  conflictOn(...target: [KeyPart<E>, ...KeyPart<E>[]]): BulkUpsert<E, R, X>
  conflictOn(constraint: string): BulkUpsert<E, R, X>
  conflictOn(...target: (KeyPart<E> | string)[]): BulkUpsert<E, R, X> {
    const [first] = target
    if (first === undefined) throw new ArgumentError('conflictOn() takes the columns of a unique key, or its name.')
    const columns = target.filter((part) => typeof part !== 'string')
    if (columns.length === target.length) return this.#with({ conflictKey: columns })
    if (typeof first === 'string' && target.length === 1) return this.#with({ conflictKey: { constraint: first } })
    throw new ArgumentError('conflictOn() takes columns, or the name of one constraint, and not both.', {
      hint: 'Give columns as attributes: conflictOn(r.tenant, r.externalId).',
    })
  }

  /** Rows that are there stay as they are. */
  doNothing(): BulkUpsert<E, R, X> {
    return this.#with({ action: { kind: 'nothing' } })
  }

  /**
   * What is written into a row that is there: those of these properties that were given, or what a function of both rows says.
   * `update(['amount'])`, `update(({ excluded, current }) => ({ amount: current.amount.add(excluded.amount) }))`.
   * By default every property that was given and is not of the key.
   */
  update<U extends Assignments<E>>(
    what: readonly ColumnKey<E>[] | ((rows: ConflictRows<E>) => U & NoOther<U, E>),
  ): BulkUpsert<E, R, X> {
    return this.#with({ action: actionOf(what) })
  }

  /** Only such rows are updated; the others stay as they are: `updateWhere(({ excluded, current }) => current.seenAt.lt(excluded.seenAt))`. */
  updateWhere(condition: (rows: ConflictRows<E>) => RowCondition): BulkUpsert<E, R, X> {
    return this.#with({ updateWhere: { condition: functionOf(condition, 'updateWhere()') } })
  }

  /** What becomes of two rows with one key: the last or the first is written, or it is an error. By default an error within a batch. */
  duplicates(keep: DuplicatePolicy, options: { readonly within?: 'input' | 'batch' } = {}): BulkUpsert<E, R, X> {
    return new BulkUpsert(deduplicating(this[bulkPlan], keep, options.within))
  }

  /** Every row has to pass this schema (zod or any other Standard Schema); what comes out of it is written. */
  validate<T>(schema: StandardSchema<T>, options: { readonly onReject?: OnReject } = {}): BulkUpsert<E, T, X> {
    return new BulkUpsert(validating(this[bulkPlan], schema, options.onReject))
  }

  /** `RETURNING`: the report has the rows that were inserted or updated, in the order in which they were given. */
  returning<F extends readonly Selectable[]>(...columns: F): BulkUpsert<E, R, BulkReport & ReturnedRows<Row<F>>>
  returning<F extends Fields>(fields: F): BulkUpsert<E, R, BulkReport & ReturnedRows<Row<F>>>
  returning(...items: unknown[]): BulkUpsert<E, R, BulkReport & ReturnedRows<unknown>> {
    return new BulkUpsert(givingBack(this[bulkPlan], items))
  }

  #with(change: Partial<BulkPlan>): BulkUpsert<E, R, X> {
    return new BulkUpsert({ ...this[bulkPlan], ...change })
  }
}

function actionOf<E>(what: readonly string[] | ((rows: ConflictRows<E>) => object)): ConflictAction {
  if (typeof what === 'function') return { kind: 'set', set: what }
  if (!Array.isArray(what) || what.length === 0)
    throw new ArgumentError('update() takes a list of properties, or a function that gives values.', {
      hint: 'Leave rows as they are with doNothing().',
    })
  return { kind: 'columns', properties: [...what] }
}

/**
 * Inserts rows, or updates those that are there: `await session.bulk(bulkUpsert(Reading, rows).conflictOn(r.externalId))`, by
 * `INSERT … SELECT … FROM unnest(…) ON CONFLICT … DO UPDATE`.
 */
export function bulkUpsert<E extends object, const R = Untyped>(
  entityClass: EntityClass<E>,
  source: Rows<R>,
): BulkUpsert<E, R> {
  return new BulkUpsert(planOf('upsert', entityClass, source))
}
