// What a session is opened with.
import type { Engine, ExecuteOptions } from '@oriel/engine'
import type { KeptShapes } from '@oriel/engine/internal'
import { ArgumentError, suggest, type TransactionOptions } from '@oriel/sql'
import type { Registry } from '../registry/registry.ts'

/** A key: its value, or for keys of several columns an object of them. */
export type KeyOf<E> = string | number | bigint | Date | Partial<E> | readonly NoList[]
/** What the compiler prints where a list is given: it is refused. */
type NoList = 'a key of several columns is an object of its properties'

/** One object, in types: what is taken for one by mistake has a property that says what to do. */
export type OneObject = object & {
  readonly then?: 'a promise: await it first'
  readonly prototype?: 'a class: give an object of it'
  readonly [Symbol.unscopables]?: 'an array: give its objects'
}

/** Options of a session. */
export interface SessionOptions extends TransactionOptions {
  /** Write what changed before a statement that would have to see it. By default true. */
  readonly autoflush?: boolean
  /** Forget what rows held when a transaction commits. By default false. */
  readonly expireOnCommit?: boolean
  /** `always`: every statement begins a transaction. By default plain reads do without. */
  readonly autobegin?: 'writes' | 'always'
  /** Ask for the number of the transaction before each commit, for the error of a commit that is in doubt. One statement more. */
  readonly commitToken?: boolean
  readonly registry?: Registry
  /** Warn when the session holds so many objects. By default 100,000. */
  readonly identityMapWarnAt?: number
}

/** What `session.execute` takes beside a statement. */
export interface SessionExecuteOptions extends ExecuteOptions {
  /**
   * What UPDATE and DELETE of an entity do to the session's objects: `fetch` asks the server which rows there were, `evaluate`
   * works it out from the objects, `false` leaves them alone. By default `fetch`.
   */
  readonly synchronizeSession?: 'fetch' | 'evaluate' | false
  /** Known objects take what the rows say, unwritten changes too: as `refresh` does, for all that the statement reads and its loaders bring. */
  readonly populateExisting?: boolean
}

export const transactionOptions: readonly string[] = ['isolation', 'readOnly', 'deferrable']

/** Throws ArgumentError for a way to synchronize that does not exist, or that has nothing to synchronize. */
export function refuseSynchronizing(how: unknown, isChange: boolean): void {
  if (how === undefined) return
  if (!isChange)
    throw new ArgumentError('synchronizeSession is for UPDATE and DELETE of an entity.', { hint: 'Leave it out.' })
  if (how !== 'fetch' && how !== 'evaluate' && how !== false)
    throw new ArgumentError(`synchronizeSession is 'fetch', 'evaluate' or false, not ${String(how)}.`)
}

/** Those of the options that are about the transaction. */
export function pickTransactionOptions(options: TransactionOptions): TransactionOptions {
  const { isolation, readOnly, deferrable } = options
  const given = { isolation, readOnly, deferrable }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** Throws ArgumentError for an option that does not exist. */
export function refuseUnknown(given: object, known: readonly string[], where: string): void {
  for (const name of Object.keys(given))
    if (!known.includes(name))
      throw new ArgumentError(`${where} has no option '${name}'.`, { hint: suggest(name, known, 'Options') })
}

export interface SessionParts {
  readonly engine: Engine
  readonly registry: Registry
  readonly options: SessionOptions & { readonly independent?: boolean; readonly signal?: AbortSignal }
  /** Where sessions that are closed leave objects like those that they made, without contents. */
  readonly shapes: KeptShapes
}
