// What a session is opened with.
import type { Engine } from '@oriel/engine'
import type { TransactionOptions } from '@oriel/sql'
import type { Registry } from '../registry/registry.ts'

/** A key: its value, or for keys of several columns an object of them. */
export type KeyOf<E> = string | number | bigint | Date | Partial<E>

/** Options of a session. */
export interface SessionOptions extends TransactionOptions {
  /** Write what changed before a statement that would have to see it. By default true. */
  readonly autoflush?: boolean
  /** Forget what rows held when a transaction commits. By default false. */
  readonly expireOnCommit?: boolean
  /** `always`: every statement begins a transaction. By default plain reads do without. */
  readonly autobegin?: 'writes' | 'always'
  readonly registry?: Registry
  /** Warn when the session holds so many objects. By default 100,000. */
  readonly identityMapWarnAt?: number
}

export interface SessionParts {
  readonly engine: Engine
  readonly registry: Registry
  readonly options: SessionOptions
}

/** What of a session's options a transaction takes. */
export function transactionOptions({ isolation, readOnly, deferrable }: TransactionOptions): TransactionOptions {
  return {
    ...(isolation === undefined ? {} : { isolation }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(deferrable === undefined ? {} : { deferrable }),
  }
}
