// A transaction, or a savepoint, that was begun around a function in a scope. Who begins it is transact.ts.
import { InvalidRequestError, type Place, type TransactionOptions } from '@oriel/sql'

export class Boundary {
  /** What messages call it, such as `Orders.place()`. */
  readonly name: string
  /** Where it was called. */
  readonly place: Place | null
  readonly options: TransactionOptions
  readonly outer: Boundary | null
  #failure: { readonly cause: unknown } | null = null

  constructor(
    { name, place }: { readonly name: string; readonly place: Place | null },
    options: TransactionOptions,
    outer: Boundary | null,
  ) {
    this.name = name
    this.place = place
    this.options = options
    this.outer = outer
  }

  /** What has joined it has thrown: it must not be committed any more. The first error counts. */
  fail(cause: unknown): void {
    this.#failure ??= { cause }
  }

  /** Throws where something that has joined it threw, and the error was caught on its way. */
  refuseFailed(): void {
    if (!this.#failure) return
    const { cause } = this.#failure
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new InvalidRequestError(
      `${this.name} is rolled back: what had joined its transaction threw, and the error was caught: ${reason}`,
      {
        cause,
        hint: "Let the error go on, or give the part that may fail a savepoint of its own: propagation 'nested'.",
      },
    )
  }

  /** Is this one the other, or inside of it? */
  isInside(other: Boundary): boolean {
    for (let boundary: Boundary | null = this; boundary; boundary = boundary.outer) if (boundary === other) return true
    return false
  }
}
