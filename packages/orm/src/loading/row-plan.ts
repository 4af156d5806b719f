// How the rows of a shaped select are read: which of their items are the user's, and which belong to relationships.
import type { Branch, LoadNode } from './load-plan.ts'

/** A relationship that came with the rows themselves. */
export interface JoinedItem {
  readonly parent: number
  readonly position: number
  readonly branch: Branch
}

export interface RowPlan {
  /** So many items are the user's; what stands behind them is ours. */
  readonly width: number
  /** The names of the user's items, where rows are objects. */
  readonly names: readonly string[] | null
  readonly roots: readonly { readonly position: number; readonly node: LoadNode }[]
  /** Parents before children. */
  readonly joined: readonly JoinedItem[]
  /** A joined collection repeats the rows of its parents. */
  readonly isMultiplied: boolean
  /** Rows that agree at these places are repetitions of one; null where every row counts. */
  readonly sameBy: readonly number[] | null
}
