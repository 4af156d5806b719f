// Knows, for the code that runs now, whether it runs inside a transaction of this engine: the leak that every mapper has.
// A statement through the engine from inside `engine.begin` would run outside the transaction, or wait for ever for its connection.
import { AsyncLocalStorage } from 'node:async_hooks'
import { InvalidRequestError } from '@oriel/sql'
import { callerFrame, placeHere } from './caller-stack.ts'
import type { WarningPolicy } from './prepare/warning-policy.ts'

/** What a transaction is called, and whether it goes on still. */
interface Scope {
  readonly label: string
  isOver: boolean
}

export class TransactionScope {
  readonly #storage = new AsyncLocalStorage<Scope>()
  readonly #warnings: WarningPolicy

  constructor(warnings: WarningPolicy) {
    this.#warnings = warnings
  }

  /** Runs the work of a transaction so that `leak` can tell. */
  async run<T>(label: string, work: () => Promise<T>): Promise<T> {
    const scope: Scope = { label, isOver: false }
    try {
      return await this.#storage.run(scope, work)
    } finally {
      scope.isOver = true
    }
  }

  /** Warns of work that leaves the transaction around it; throws where it could only wait for itself. */
  leak(what: string, { isOnlyConnection, isMeant }: { isOnlyConnection: boolean; isMeant: boolean }): void {
    const scope = this.#storage.getStore()
    if (!scope || scope.isOver) return
    const message = `${what} inside the callback of ${scope.label} runs outside its transaction`
    if (isOnlyConnection)
      throw new InvalidRequestError(`${message}, and the pool has no second connection for it.`, {
        hint: 'Use the connection that the callback was given.',
      })
    if (isMeant) return
    const place = callerFrame(placeHere())
    const advice = `${message}${place}: use the connection that the callback was given.`
    this.#warnings.apply([{ code: 'outside-transaction', message: advice }], place, [])
  }
}
