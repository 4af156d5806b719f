// Which of the rows with one key is written, where that is said for the whole input. The rows of an array are looked through beforehand.
import type { BulkPlan } from './bulk-plan.ts'
import { givingWay, type KeyQuestion } from './key-question.ts'
import { refuseDuplicate } from './rejection.ts'
import type { RowCheck } from './row-check.ts'
import { type RowKeys, unread } from './row-key.ts'
import type { Send } from './transport.ts'

type Keep = BulkPlan['duplicates']['keep']

/** How the rows of an array are looked through. */
export interface Survey {
  readonly check: RowCheck
  readonly keys: RowKeys
  readonly question: KeyQuestion | null
  readonly send: Send
}

/** Compares rows as they come. What is left open is settled by the server, for all rows together. */
class Contest {
  readonly #keep: Keep
  readonly #winners = new Map<string, number>()
  readonly #losers = new Set<number>()
  readonly #refuse: (number: number, earlier: number) => never

  constructor(keep: Keep, property: string | null) {
    this.#keep = keep
    this.#refuse = (number, earlier) => refuseDuplicate(number, earlier, property)
  }

  enter(key: string, number: number): void {
    const earlier = this.#winners.get(key)
    if (earlier !== undefined) {
      if (this.#keep === 'error') this.#refuse(number, earlier)
      this.#losers.add(this.#keep === 'last' ? earlier : number)
      if (this.#keep === 'first') return
    }
    this.#winners.set(key, number)
  }

  get losers(): ReadonlySet<number> {
    return this.#losers
  }

  settled(groups: readonly (readonly number[])[]): ReadonlySet<number> {
    return new Set(givingWay(groups, this.#keep, this.#refuse))
  }
}

/**
 * The numbers of the rows of an array that give way to others with their key. Rows that do not fit take no part.
 * Throws RowRejectedError where two rows of one key are an error.
 */
export async function losersAmong(
  rows: readonly unknown[],
  keep: Keep,
  { check, keys, question, send }: Survey,
): Promise<ReadonlySet<number>> {
  const contest = new Contest(keep, keys.label)
  const numbers: number[] = []
  const texts: (readonly string[])[] = []
  const { mayBeUnread } = keys
  let isUnread = false
  for (let at = 0; at < rows.length; at++) {
    const answer = check.check(rows[at])
    const checked = answer instanceof Promise ? await answer : answer
    if ('reasons' in checked) continue
    const key = keys.of(checked.set, checked.texts)
    if (key === null) continue
    if (mayBeUnread) {
      numbers.push(at + 1)
      texts.push(keys.textsOf(checked.set, (position) => checked.texts[position]) ?? [])
    }
    if (key === unread) isUnread = true
    else contest.enter(key, at + 1)
  }
  return isUnread && question ? contest.settled(await question.ask({ numbers, keys: texts }, send)) : contest.losers
}
