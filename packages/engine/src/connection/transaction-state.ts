// Where a connection stands: outside a transaction, inside one, or inside one that an error has aborted.
// Pure bookkeeping: the Connection sends, and tells what came of it.
import { callerFrame, InvalidRequestError } from '@oriel/sql'
import { PendingRollbackError } from '../error.ts'
import type { TransactionVerb } from './transaction-verb.ts'

export class TransactionState {
  #status: 'none' | 'open' | 'aborted' = 'none'
  #firstError: Error | null = null
  #savepoints: string[] = []
  isReadOnly = false

  get isOpen(): boolean {
    return this.#status !== 'none'
  }

  get isAborted(): boolean {
    return this.#status === 'aborted'
  }

  /** The first error of an aborted transaction. */
  get firstError(): Error | null {
    return this.#firstError
  }

  began(isReadOnly: boolean): void {
    this.ended()
    this.#status = 'open'
    this.isReadOnly = isReadOnly
  }

  ended(): void {
    this.#status = 'none'
    this.#firstError = null
    this.#savepoints = []
    this.isReadOnly = false
  }

  /** A statement failed: the server ignores all that follows. */
  failed(error: Error): void {
    if (this.#status !== 'open') return
    this.#status = 'aborted'
    this.#firstError = error
  }

  madeSavepoint(name: string): void {
    this.#savepoints.push(name)
  }

  releasedSavepoint(name: string): void {
    this.#savepoints.length = this.#savepoints.lastIndexOf(name)
  }

  /** What came after the savepoint is undone, an error too; the savepoint itself stays. */
  rolledBackTo(name: string | null): void {
    if (name !== null) this.#savepoints.length = this.#savepoints.lastIndexOf(name) + 1
    this.#status = 'open'
    this.#firstError = null
  }

  /** What raw SQL did. */
  follow(verb: TransactionVerb): void {
    if (verb === 'begin') this.began(false)
    else if (verb === 'end') this.ended()
    else this.rolledBackTo(null)
  }

  refuseIfAborted(what: string): void {
    if (this.#status !== 'aborted') return
    throw new PendingRollbackError(`${what}: the transaction was aborted by: ${firstFailure(this.#firstError)}`, {
      hint: 'Roll back. Where an error is expected, make a savepoint before it and roll back to that.',
      cause: this.#firstError,
    })
  }

  refuseIfOpen(what: string): void {
    if (this.isOpen)
      throw new InvalidRequestError(`${what}: a transaction is open on this connection already.`, {
        hint: 'Commit or roll back first, or use a savepoint.',
      })
  }

  refuseUnlessOpen(what: string): void {
    if (!this.isOpen)
      throw new InvalidRequestError(`${what}: no transaction is open on this connection.`, {
        hint: 'Call begin() first.',
      })
  }

  refuseUnknownSavepoint(name: string): void {
    if (this.#savepoints.includes(name)) return
    throw new InvalidRequestError(`This transaction has no savepoint '${name}'.`, {
      hint: this.#savepoints.length > 0 ? `Savepoints: ${this.#savepoints.join(', ')}` : 'It has none.',
    })
  }
}

/** Its message, and the user's line. */
function firstFailure(error: Error | null): string {
  return error ? `${error.message.split('\n')[0]}${callerFrame(error)}` : 'an earlier error'
}
