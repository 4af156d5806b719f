// Two rows with one key in one batch: the server would refuse them together, so it is settled before.
import type { Batch, BatchPlace } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { refuseDuplicate } from './rejection.ts'
import type { FittingRow } from './row-check.ts'
import type { RowKeys } from './row-key.ts'

export class BatchKeys {
  readonly #seen = new Map<string, BatchPlace>()
  readonly #keep: BulkPlan['duplicates']['keep']
  readonly #keys: RowKeys

  constructor(keep: BulkPlan['duplicates']['keep'], keys: RowKeys) {
    this.#keep = keep
    this.#keys = keys
  }

  /** Puts the row into the batch unless it gives way to an earlier one. True where a row gave way. */
  add(batch: Batch, { set, texts }: FittingRow, number: number): boolean {
    const key = this.#keys.of(set, texts)
    const earlier = key === null ? undefined : this.#seen.get(key)
    if (earlier && this.#keep === 'error')
      refuseDuplicate(number, earlier.group.numbers[earlier.at] ?? 0, this.#keys.label)
    if (earlier && this.#keep === 'first') return true
    if (earlier) batch.drop(earlier)
    const place = batch.add(set, texts, number)
    if (key !== null) this.#seen.set(key, place)
    return earlier !== undefined
  }

  /** For the next batch. */
  clear(): void {
    this.#seen.clear()
  }
}
