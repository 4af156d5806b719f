// Two rows with one key in one batch: the server would refuse them together, so it is settled before.
import type { Batch, BatchPlace } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { givingWay, type KeyQuestion } from './key-question.ts'
import { refuseDuplicate } from './rejection.ts'
import type { FittingRow } from './row-check.ts'
import { type RowKeys, unread } from './row-key.ts'
import type { Send } from './transport.ts'

export class BatchKeys {
  readonly #seen = new Map<string, BatchPlace>()
  readonly #keep: BulkPlan['duplicates']['keep']
  readonly #keys: RowKeys
  #isUnread = false

  constructor(keep: BulkPlan['duplicates']['keep'], keys: RowKeys) {
    this.#keep = keep
    this.#keys = keys
  }

  /** Must the server be asked which rows have one key? */
  get isUnread(): boolean {
    return this.#isUnread
  }

  /** Puts the row into the batch unless it gives way to an earlier one. True where a row gave way. */
  add(batch: Batch, { set, texts }: FittingRow, number: number): boolean {
    const key = this.#keys.of(set, texts)
    if (key === null || key === unread) {
      if (key === unread) this.#isUnread = true
      batch.add(set, texts, number)
      return false
    }
    const earlier = this.#seen.get(key)
    if (earlier && this.#keep === 'error')
      refuseDuplicate(number, earlier.group.numbers[earlier.at] ?? 0, this.#keys.label)
    if (earlier && this.#keep === 'first') return true
    if (earlier) batch.drop(earlier)
    this.#seen.set(key, batch.add(set, texts, number))
    return earlier !== undefined
  }

  /** Asks the server about the rows of the batch, and takes those out that give way: so many. */
  async settle(batch: Batch, question: KeyQuestion, send: Send): Promise<number> {
    const rows: { readonly place: BatchPlace; readonly number: number; readonly texts: readonly string[] }[] = []
    for (const place of batch.places()) {
      const { set, texts: columns, numbers } = place.group
      const texts = this.#keys.textsOf(set, (at) => columns[at]?.[place.at])
      if (texts) rows.push({ place, number: numbers[place.at] ?? 0, texts })
    }
    const keys = { numbers: rows.map(({ number }) => number), keys: rows.map(({ texts }) => texts) }
    const groups = await question.ask(keys, send)
    const refuse = (number: number, earlier: number): never => refuseDuplicate(number, earlier, this.#keys.label)
    const losers = new Set(givingWay(groups, this.#keep, refuse))
    for (const { place, number } of rows) if (losers.has(number)) batch.drop(place)
    return losers.size
  }

  /** For the next batch. */
  clear(): void {
    this.#seen.clear()
    this.#isUnread = false
  }
}
