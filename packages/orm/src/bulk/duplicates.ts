// What becomes of rows with one key, for a whole load: within a batch, within an array, or in a temporary table of the server's.
import { ArgumentError } from '@oriel/sql'
import type { Batch } from './batch.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { BatchKeys } from './duplicate.ts'
import { KeyQuestion } from './key-question.ts'
import type { FittingRow, RowCheck } from './row-check.ts'
import type { LoadParts, Send } from './transport.ts'
import { losersAmong } from './winner.ts'

const none: ReadonlySet<number> = new Set()

export class Duplicates {
  /** Do the rows wait in a table of the server's until all are there? */
  readonly isStaged: boolean
  readonly #parts: LoadParts
  readonly #send: Send
  readonly #question: KeyQuestion | null
  readonly #batchKeys: BatchKeys | null
  #losers = none

  /** Throws ArgumentError where the policy needs to know which rows are equal, and that cannot be told. */
  constructor(parts: LoadParts, send: Send) {
    const { plan, keys } = parts
    this.isStaged = isStagedLoad(parts)
    this.#parts = parts
    this.#send = send
    this.#question = keys.places && keys.mayBeUnread ? new KeyQuestion(keys.places, parts) : null
    this.#batchKeys = keys.places && !this.isStaged ? new BatchKeys(plan.duplicates.keep, keys) : null
  }

  /** Must the batch be settled before it is sent? */
  get isOpen(): boolean {
    return this.#batchKeys?.isUnread ?? false
  }

  /** Where one key may be given once in the whole input, an array is looked through beforehand. */
  async survey(check: RowCheck): Promise<void> {
    const { plan, keys } = this.#parts
    const { duplicates, source } = plan
    if (duplicates.within !== 'input' || !keys.places || !Array.isArray(source)) return
    const survey = { check, keys, question: this.#question, send: this.#send }
    this.#losers = await losersAmong(source, duplicates.keep, survey)
  }

  /** Puts the row into the batch unless it gives way to another one. True where a row gave way. Throws RowRejectedError. */
  add(batch: Batch, row: FittingRow, number: number): boolean {
    if (this.#losers.has(number)) return true
    if (this.#batchKeys) return this.#batchKeys.add(batch, row, number)
    batch.add(row.set, row.texts, number)
    return false
  }

  /** What only the server can compare is settled before the batch is sent. Gives the number of rows that gave way. */
  async settle(batch: Batch): Promise<number> {
    if (!this.#batchKeys?.isUnread || !this.#question) return 0
    return await this.#batchKeys.settle(batch, this.#question, this.#send)
  }

  /** For the next batch. */
  clear(): void {
    this.#batchKeys?.clear()
  }
}

/** Which of two rows wins is said for the whole input: an array is looked through beforehand, other sources are staged on the server. */
function isStagedLoad({ plan, keys }: LoadParts): boolean {
  const { kind, duplicates, source, returning }: BulkPlan = plan
  const { keep, within } = duplicates
  if (kind === 'insert' || (within === 'batch' && keep === 'error')) return false
  const call = `duplicates('${keep}')`
  if (!keys.places)
    throw new ArgumentError(
      `${call}: the key of these rows is not made of columns, so that equal ones cannot be told.`,
      { hint: 'Name the columns in conflictOn().' },
    )
  if (within === 'batch' || Array.isArray(source)) return false
  if (returning)
    throw new ArgumentError(`${call} with returning() needs the rows as an array.`, {
      hint: "Gather them first, or say { within: 'batch' }.",
    })
  return true
}
