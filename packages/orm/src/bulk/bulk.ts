// What all bulk loads can be told. Immutable: each method gives a new load. bulk-insert.ts and its siblings add what is theirs.
import { ArgumentError, type EntityClass, elementOf, selectionFrom } from '@oriel/sql'
import { type BulkPlan, bulkPlan, defaultBatchSize, type OnReject } from './bulk-plan.ts'
import type { BulkReport, BulkStrategy } from './bulk-report.ts'

const largestBatch = 1_000_000

/** The report of a load with `returning`: the rows, in the order in which they were given, unless `onRows` took them. */
export interface ReturnedRows<R> {
  readonly rows: readonly R[]
}
type RowOf<X> = X extends ReturnedRows<infer R> ? R : never

export class Bulk<out X = BulkReport> {
  declare readonly '~report': X
  readonly [bulkPlan]: BulkPlan

  constructor(plan: BulkPlan) {
    this[bulkPlan] = Object.freeze(plan)
  }

  /** So many rows go into one statement, fewer where they are large. By default 10,000. */
  batchSize(rows: number): this {
    if (!Number.isInteger(rows) || rows < 1 || rows > largestBatch)
      throw new ArgumentError(`batchSize() takes a whole number from 1 to ${largestBatch}, not ${String(rows)}.`)
    return this.#with({ batchSize: rows })
  }

  /** How rows are sent. `unnest` sends one array per column; `auto`, the default, chooses. */
  strategy(name: BulkStrategy): this {
    if (name !== 'auto' && name !== 'unnest')
      throw new ArgumentError(`strategy() takes 'auto' or 'unnest', not '${String(name)}'.`, {
        hint: 'Leave it out: unnest is what there is so far.',
      })
    return this.#with({ strategy: name })
  }

  /** Takes the rows that do not fit, with the reasons, and the load goes on. Without it the first such row stops the load. */
  onReject(take: OnReject): this {
    return this.#with({ onReject: functionOf(take, 'onReject()') })
  }

  /** Called after each batch with what has been done so far. */
  onProgress(report: (progress: BulkReport) => unknown): this {
    return this.#with({ onProgress: functionOf(report, 'onProgress()') })
  }

  /** Takes the rows that `returning` brings, batch by batch, so that they are not kept. A promise is waited for. */
  onRows(take: (rows: readonly RowOf<X>[]) => unknown): this {
    return this.#with({ onRows: { take: functionOf(take, 'onRows()') } })
  }

  /** `ignore`: the session's objects stay as they are. By default a load that may change rows expires the unmodified ones of its class. */
  identityMap(how: 'expire' | 'ignore'): this {
    if (how !== 'expire' && how !== 'ignore')
      throw new ArgumentError(`identityMap() takes 'expire' or 'ignore', not '${String(how)}'.`)
    return this.#with({ identityMap: how })
  }

  #with(change: Partial<BulkPlan>): this {
    return Reflect.construct(this.constructor, [{ ...this[bulkPlan], ...change }])
  }
}

/** @internal The plan that a load of a class begins with. Throws ArgumentError for what is no mapped class. */
export function planOf(kind: BulkPlan['kind'], entityClass: EntityClass<object>, source: unknown): BulkPlan {
  elementOf(entityClass, `bulk${kind.charAt(0).toUpperCase()}${kind.slice(1)}()`)
  return {
    kind,
    entityClass,
    source,
    conflictKey: null,
    action: { kind: 'given' },
    updateWhere: null,
    schema: null,
    onReject: null,
    duplicates: { keep: 'error', within: 'batch' },
    batchSize: defaultBatchSize,
    strategy: 'auto',
    onProgress: null,
    identityMap: 'expire',
    returning: null,
    onRows: null,
  }
}

/** @internal The plan with a schema that every row has to pass. Throws ArgumentError for what is no Standard Schema. */
export function validating(plan: BulkPlan, schema: unknown, onReject: OnReject | undefined): BulkPlan {
  const standard = typeof schema === 'object' || typeof schema === 'function' ? schema : null
  if (standard === null || !('~standard' in standard))
    throw new ArgumentError('validate() takes a schema that follows Standard Schema, such as one of zod.')
  return { ...plan, schema: standard, ...(onReject && { onReject: functionOf(onReject, 'onReject') }) }
}

/** @internal The plan with a select list for what was written. */
export function givingBack(plan: BulkPlan, items: readonly unknown[]): BulkPlan {
  return { ...plan, returning: selectionFrom(items) }
}

/** @internal The plan with a rule for rows that have the same key. */
export function deduplicating(
  plan: BulkPlan,
  keep: BulkPlan['duplicates']['keep'],
  within: BulkPlan['duplicates']['within'] = 'input',
): BulkPlan {
  if (keep !== 'last' && keep !== 'first' && keep !== 'error')
    throw new ArgumentError(`duplicates() takes 'last', 'first' or 'error', not '${String(keep)}'.`)
  if (within !== 'input' && within !== 'batch')
    throw new ArgumentError(`duplicates(): within is 'input' or 'batch', not '${String(within)}'.`)
  return { ...plan, duplicates: { keep, within } }
}

/** @internal Throws ArgumentError for anything but a function. */
export function functionOf<F>(value: F, where: string): F {
  if (typeof value === 'function') return value
  throw new ArgumentError(`${where} takes a function.`)
}
