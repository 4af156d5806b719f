// Which of the rows with one key is written, where that is said for the whole input. The rows of an array are looked through beforehand.
import type { BulkPlan } from './bulk-plan.ts'
import { refuseDuplicate } from './rejection.ts'
import type { RowCheck } from './row-check.ts'
import type { RowKeys } from './row-key.ts'

export class Winners {
  readonly #rows = new Map<string, number>()
  readonly #keep: BulkPlan['duplicates']['keep']
  readonly #property: string | null

  constructor(keep: BulkPlan['duplicates']['keep'], keys: RowKeys) {
    this.#keep = keep
    this.#property = keys.label
  }

  /** Takes part with a row. Throws RowRejectedError where two rows of one key are an error. */
  enter(key: string, number: number): void {
    const earlier = this.#rows.get(key)
    if (earlier !== undefined && this.#keep === 'error') refuseDuplicate(number, earlier, this.#property)
    if (earlier === undefined || this.#keep === 'last') this.#rows.set(key, number)
  }

  isWinner(key: string, number: number): boolean {
    return this.#rows.get(key) === number
  }
}

/** Looks through the rows of an array. Rows that do not fit take no part. */
export async function winnersAmong(
  rows: readonly unknown[],
  keep: BulkPlan['duplicates']['keep'],
  { check, keys }: { check: RowCheck; keys: RowKeys },
): Promise<Winners> {
  const winners = new Winners(keep, keys)
  for (let at = 0; at < rows.length; at++) {
    const answer = check.check(rows[at])
    const checked = answer instanceof Promise ? await answer : answer
    if ('reasons' in checked) continue
    const key = keys.of(checked.set, checked.texts)
    if (key !== null) winners.enter(key, at + 1)
  }
  return winners
}
