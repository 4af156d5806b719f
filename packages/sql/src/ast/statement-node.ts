// The nodes that can be sent.
import type { WarningCode } from '../compiler/compiled.ts'
import type { Column, IndexDefinition } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import type { ClauseElement } from '../source/clause-element.ts'
import type { SqlType } from '../type/sql-type.ts'
import type { NodeOfWindow } from './expression-node.ts'
import type { ExpressionNode, NodeOf, QueryNode, SourceNode } from './node.ts'
import type { Assignment, JoinNode } from './source-node.ts'

/** One item of a select list: a value, or all loaded columns of an entity. */
export type Selected =
  | { readonly kind: 'value'; readonly expression: ExpressionNode; readonly label: string | null }
  | {
      readonly kind: 'entity'
      readonly source: SourceNode
      readonly element: ClauseElement
      readonly label: string | null
      /** What the source calls the entity's loaded columns, where it is not its table. */
      readonly names: readonly string[] | null
    }

/** The select list, and whether its rows are tuples or objects. */
export interface Selection {
  readonly form: 'tuple' | 'object'
  readonly items: readonly Selected[]
}

export interface RowLock {
  readonly strength: 'update' | 'no key update' | 'share' | 'key share'
  readonly of: readonly SourceNode[]
  readonly wait: 'wait' | 'skip locked' | 'nowait'
}

/** What every statement carries for others: codes of warnings that are meant, and options the language does not read. */
export interface StatementExtras {
  readonly allowed: readonly WarningCode[]
  readonly options: readonly unknown[]
}

export interface StatementNodeMap {
  select: StatementExtras & {
    readonly selection: Selection
    /** Empty: the sources of the selection. */
    readonly from: readonly SourceNode[]
    readonly joins: readonly JoinNode[]
    readonly where: readonly ExpressionNode[]
    readonly groupBy: readonly ExpressionNode[]
    readonly having: readonly ExpressionNode[]
    /** Conditions on windows, checked by wrapping the query. */
    readonly qualify: readonly ExpressionNode[]
    readonly windows: readonly { readonly name: string; readonly specification: NodeOfWindow }[]
    readonly orderBy: readonly ExpressionNode[]
    readonly distinct: 'none' | 'rows' | readonly ExpressionNode[]
    readonly limit: ExpressionNode | null
    readonly offset: ExpressionNode | null
    readonly lock: RowLock | null
    /** Read also what the criteria of entities hide, such as deleted rows. */
    readonly ignoresCriteria: boolean
  }
  /** UNION, INTERSECT, EXCEPT over two or more queries. */
  compound: StatementExtras & {
    readonly operator: 'union' | 'union all' | 'intersect' | 'intersect all' | 'except' | 'except all'
    readonly queries: readonly QueryNode[]
    readonly orderBy: readonly ExpressionNode[]
    readonly limit: ExpressionNode | null
    readonly offset: ExpressionNode | null
  }
  insert: StatementExtras & {
    readonly into: NodeOf<'table'>
    readonly columns: readonly Column[]
    /** Rows of values, or a query. */
    readonly rows: readonly (readonly ExpressionNode[])[] | QueryNode
    readonly onConflict: NodeOf<'onConflict'> | null
    readonly returning: Selection | null
  }
  update: StatementExtras & {
    readonly table: NodeOf<'table'>
    readonly assignments: readonly Assignment[]
    readonly from: readonly SourceNode[]
    readonly where: readonly ExpressionNode[]
    readonly isEveryRow: boolean
    /** Change also what the criteria of entities hide. */
    readonly ignoresCriteria: boolean
    readonly returning: Selection | null
  }
  delete: StatementExtras & {
    readonly table: NodeOf<'table'>
    readonly using: readonly SourceNode[]
    readonly where: readonly ExpressionNode[]
    readonly isEveryRow: boolean
    /** Delete also what the criteria of entities hide. */
    readonly ignoresCriteria: boolean
    readonly returning: Selection | null
  }
  /** A whole statement written as a `sql` template. */
  raw: StatementExtras & {
    readonly fragment: NodeOf<'fragment'>
    /** How to decode it: names and types, types by position, or by what the server reports. */
    readonly columns: { readonly [name: string]: SqlType<unknown> } | readonly SqlType<unknown>[] | null
  }
}

export interface DefinitionNodeMap {
  createTable: { readonly table: Table; readonly ifNotExists: boolean }
  /** Foreign keys are added once all tables exist, so that tables may refer to each other. */
  addForeignKeys: { readonly table: Table; readonly ifNotExists: boolean }
  createIndex: { readonly table: Table; readonly index: IndexDefinition; readonly ifNotExists: boolean }
  createEnum: { readonly type: SqlType<unknown>; readonly ifNotExists: boolean }
  createSchema: { readonly name: string }
  dropTable: { readonly table: Table; readonly ifExists: boolean; readonly isCascade: boolean }
  dropEnum: { readonly type: SqlType<unknown>; readonly ifExists: boolean }
}
