// What a compiled statement is: text, the values to bind, and how its rows are put together. Plain data, no I/O.
import type { ClauseElement } from '../source/clause-element.ts'
import type { SqlType } from '../type/sql-type.ts'

/** One value of the statement, in order of its placeholder. */
export interface Bind {
  readonly value: unknown
  readonly type: SqlType<unknown>
  /** What messages call it: `Order.amount`, or `parameter 3`. */
  readonly subject: string
}

/** One column that the server sends. */
export interface ResultColumn {
  readonly name: string
  /** `unknown`: decode by what the server reports. */
  readonly type: SqlType<unknown>
  /** What messages call it. */
  readonly subject: string
}

/** How one item of a row is made from the columns. */
export type RowItem =
  | { readonly kind: 'value'; readonly index: number }
  | {
      readonly kind: 'entity'
      readonly element: ClauseElement
      /** The first of `element.loadedColumns.length` columns. */
      readonly start: number
      /** Positions, within the row, of the primary key: all NULL means that the entity is absent (an outer join). */
      readonly key: readonly number[]
    }

/** How a row is made: a tuple, an object, or nothing (no RETURNING). `server`: an object named by the server's columns. */
export type RowShape =
  | { readonly kind: 'none' }
  | { readonly kind: 'tuple'; readonly items: readonly RowItem[] }
  | { readonly kind: 'object'; readonly names: readonly string[]; readonly items: readonly RowItem[] }
  | { readonly kind: 'server' }

/** The codes of the warnings that compiling a statement can raise. */
export const warningCodes = [
  'window-without-order',
  'last-value-default-frame',
  'running-default-range',
  'uncorrelated-exists',
  'limit-without-order',
  'joined-collections',
  'cartesian-product',
  'outside-transaction',
  'mapping',
] as const
export type WarningCode = (typeof warningCodes)[number]

export interface Warning {
  readonly code: WarningCode
  readonly message: string
}

export type StatementVerb = 'select' | 'insert' | 'update' | 'delete' | 'raw' | 'ddl'

export interface Compiled {
  readonly text: string
  readonly binds: readonly Bind[]
  /** Null: the server's own columns, decoded by what it reports. */
  readonly columns: readonly ResultColumn[] | null
  readonly shape: RowShape
  readonly warnings: readonly Warning[]
  readonly verb: StatementVerb
  /** True for a SELECT that neither locks, nor writes in a CTE, nor calls a function not known to be read-only. */
  readonly isReadOnly: boolean
  /** The mapped classes whose tables the statement names: what a refused row is called in the model. */
  readonly elements: readonly ClauseElement[]
}
