// Knows, for the code that runs now, whether it runs inside a transaction of this engine: the leak that every mapper has.
// A statement through the engine from inside `engine.begin` would run outside the transaction, or wait for ever for its connection.
import { AsyncLocalStorage } from 'node:async_hooks'
import { callerFrame, InvalidRequestError, type Place, placeHere } from '@oriel/sql'
import type { WarningPolicy } from './prepare/warning-policy.ts'

/** What a transaction is called, and whether it goes on still. */
interface Scope {
  readonly label: string
  /** Whose transaction it is: its own connections are no leak. */
  readonly owner: object | null
  readonly place: Place | null
  isOver: boolean
}

/** Whose transaction begins, and where. */
export interface ScopeOrigin {
  readonly owner: object
  readonly place: Place
}

interface Leaving {
  readonly isOnlyConnection: boolean
  readonly isMeant: boolean
  /** Who asks for the connection, where that is somebody who can have a transaction. */
  readonly owner?: object | undefined
}

export class TransactionScope {
  readonly #storage = new AsyncLocalStorage<Scope>()
  readonly #warnings: WarningPolicy

  constructor(warnings: WarningPolicy) {
    this.#warnings = warnings
  }

  /** Runs the work of a transaction so that `leak` can tell. */
  async run<T>(label: string, work: () => Promise<T>, origin?: ScopeOrigin): Promise<T> {
    const scope: Scope = { label, owner: origin?.owner ?? null, place: origin?.place ?? null, isOver: false }
    try {
      return await this.#storage.run(scope, work)
    } finally {
      scope.isOver = true
    }
  }

  /** Warns of work that leaves the transaction around it; throws where it could only wait for itself. */
  leak(what: string, { isOnlyConnection, isMeant, owner }: Leaving): void {
    const scope = this.#storage.getStore()
    if (!scope || scope.isOver || (owner && scope.owner === owner)) return
    const way = `use the ${scope.owner ? 'session' : 'connection'} that the callback was given.`
    const message = `${what} inside the callback of ${scope.label}${callerFrame(scope.place)} runs outside its transaction`
    if (isOnlyConnection)
      throw new InvalidRequestError(`${message}, and the pool has no second connection for it.`, {
        hint: way.charAt(0).toUpperCase() + way.slice(1),
      })
    if (isMeant) return
    const place = callerFrame(placeHere())
    const advice = `${message}${place}: ${way}`
    this.#warnings.apply([{ code: 'outside-transaction', message: advice }], place, [])
  }
}
