// The nodes that can stand in FROM, and the joins between them.

import type { Table } from '../schema/table.ts'
import type { ClauseElement } from '../source/clause-element.ts'
import type { SqlType } from '../type/sql-type.ts'
import type { ExpressionNode, NodeOf, QueryNode, SourceNode } from './node.ts'

/** A column of a CTE, subquery or VALUES list. */
export interface DerivedColumn {
  /** What the user calls it: `cte.c.customerId`. */
  readonly key: string
  /** Its name in SQL: `customer_id`. */
  readonly name: string
  readonly type: SqlType<unknown>
}

export interface SourceNodeMap {
  table: { readonly table: Table; readonly element: ClauseElement | null }
  /** A table, CTE or subquery under another name. */
  aliased: { readonly source: SourceNode; readonly name: string }
  /** A table of a query that the language makes by itself. The compiler names it, so that it hides nothing of the queries around. */
  anonymous: { readonly source: SourceNode; readonly name: string; readonly alternative: string }
  /** A subquery in FROM. */
  derived: {
    readonly query: QueryNode
    readonly name: string
    readonly columns: readonly DerivedColumn[]
    readonly isLateral: boolean
  }
  /** A common table expression, and each use of it. */
  cte: {
    readonly name: string
    readonly query: QueryNode
    readonly columns: readonly DerivedColumn[]
    /** UNION [ALL] with a query that reads the CTE itself. */
    readonly recursion: { readonly operator: 'union' | 'union all'; readonly query: QueryNode } | null
    readonly isMaterialized: boolean | null
  }
  /** A recursive CTE seen from inside itself. */
  selfReference: { readonly name: string; readonly columns: readonly DerivedColumn[] }
  /** The row proposed for insertion, in ON CONFLICT. */
  excluded: { readonly table: Table }
  /** A `sql` template, or a set-returning function, as a source. */
  functionSource: {
    readonly call: ExpressionNode
    readonly name: string
    readonly columns: readonly DerivedColumn[]
    /** A last column that counts the rows from 1. */
    readonly withOrdinality: boolean
  }
}

export interface ClauseNodeMap {
  join: {
    readonly form: 'join' | 'left join' | 'right join' | 'full join' | 'cross join'
    readonly source: SourceNode
    /** Null until compiled for a cross join, and for a join whose condition follows from the only foreign key. */
    readonly on: ExpressionNode | null
  }
  /** ON CONFLICT. */
  onConflict: {
    readonly target:
      | { readonly columns: readonly ExpressionNode[]; readonly where: ExpressionNode | null }
      | { readonly constraint: string }
      | null
    readonly action: { readonly assignments: readonly Assignment[]; readonly where: ExpressionNode | null } | null
  }
}

/** `column = value` in SET. */
export interface Assignment {
  readonly column: string
  readonly value: ExpressionNode
}

export type JoinNode = NodeOf<'join'>
