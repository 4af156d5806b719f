// The nodes that stand for values. Plain frozen data; every one knows the SQL type of its value.
import type { Column } from '../schema/column.ts'
import type { SqlType } from '../type/sql-type.ts'
import type { ExpressionNode, Node, QueryNode, SourceNode } from './node.ts'

export interface Typed {
  readonly type: SqlType<unknown>
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'is distinct from' | 'is not distinct from'
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '||'
/** Operators of a database that the language has no method for, such as `@>`. Checked against the characters an operator may have. */
export type BinaryOperator = ComparisonOperator | ArithmeticOperator | '@>' | '<@' | '&&'

export type SortDirection = 'asc' | 'desc'
export type NullsPlacement = 'first' | 'last'
export type FrameUnit = 'rows' | 'range' | 'groups'
export type FrameExclusion = 'current row' | 'group' | 'ties'
/** One end of a frame: unbounded, the current row, or an offset before (negative) or after it. */
export type FrameBound =
  | { readonly at: 'unbounded preceding' | 'unbounded following' | 'current row' }
  | { readonly at: 'preceding' | 'following'; readonly offset: number | ExpressionNode }

export interface Frame {
  readonly unit: FrameUnit
  readonly start: FrameBound
  readonly end: FrameBound
  readonly exclude: FrameExclusion | null
}

export interface ExpressionNodeMap {
  /** A column of a source. */
  column: Typed & {
    readonly source: SourceNode
    readonly name: string
    readonly column: Column | null
    readonly subject: string
  }
  /** A value of the user's: always a placeholder in the text. */
  parameter: Typed & { readonly value: unknown; readonly subject: string }
  /** true, false, null, DEFAULT, and the 1 of SELECT 1. */
  keyword: Typed & { readonly word: 'true' | 'false' | 'null' | 'default' | '1' }
  unary: Typed & { readonly operator: 'not' | '-'; readonly operand: ExpressionNode }
  binary: Typed & { readonly operator: BinaryOperator; readonly left: ExpressionNode; readonly right: ExpressionNode }
  /** AND, OR over any number of operands. */
  logical: Typed & { readonly operator: 'and' | 'or'; readonly operands: readonly ExpressionNode[] }
  nullTest: Typed & { readonly operand: ExpressionNode; readonly isNegated: boolean }
  between: Typed & { readonly operand: ExpressionNode; readonly low: ExpressionNode; readonly high: ExpressionNode }
  /** IN: a query, or a list of values sent as one array. */
  membership: Typed & {
    readonly operand: ExpressionNode
    readonly values: QueryNode | ExpressionNode
    readonly isNegated: boolean
  }
  like: Typed & {
    readonly operand: ExpressionNode
    readonly pattern: ExpressionNode
    readonly isCaseInsensitive: boolean
    readonly isNegated: boolean
  }
  cast: Typed & { readonly operand: ExpressionNode }
  case: Typed & {
    readonly subject: ExpressionNode | null
    readonly branches: readonly { readonly when: ExpressionNode; readonly result: ExpressionNode }[]
    readonly otherwise: ExpressionNode | null
  }
  /** A function that is neither aggregate nor window. */
  call: Typed & { readonly name: string; readonly args: readonly ExpressionNode[] }
  /** An aggregate, also ordered-set and hypothetical-set ones. */
  aggregate: Typed & {
    readonly name: string
    readonly args: readonly ExpressionNode[]
    readonly isDistinct: boolean
    readonly orderBy: readonly ExpressionNode[]
    readonly withinGroup: readonly ExpressionNode[]
    readonly filter: ExpressionNode | null
  }
  /** A function that only works over a window: rank, lag, … */
  windowCall: Typed & { readonly name: string; readonly args: readonly ExpressionNode[]; readonly takesFrame: boolean }
  /** A function OVER a window: a specification, or the name of one. */
  window: Typed & { readonly call: ExpressionNode; readonly over: NodeOfWindow | string }
  /** The value of a query of one column and at most one row. */
  scalarQuery: Typed & { readonly query: QueryNode }
  exists: Typed & { readonly query: QueryNode }
  arrayOf: Typed & { readonly elements: readonly ExpressionNode[] }
  tuple: Typed & { readonly elements: readonly ExpressionNode[] }
  /** ROLLUP, CUBE, GROUPING SETS, or one parenthesised set of them. */
  grouping: Typed & {
    readonly form: 'rollup' | 'cube' | 'grouping sets' | 'set'
    readonly elements: readonly ExpressionNode[]
  }
  /** The text of a `sql` template; its parts are nodes, values among them parameters. */
  fragment: Typed & {
    readonly strings: readonly string[]
    readonly parts: readonly Node[]
    readonly stands: 'scalar' | 'aggregate' | 'window'
  }
  /** An identifier inside a `sql` template. */
  identifier: Typed & { readonly path: readonly string[] }
  ordering: Typed & {
    readonly operand: ExpressionNode
    readonly direction: SortDirection
    readonly nulls: NullsPlacement | null
  }
  /** An expression under a name: `AS` in a select list, the name alone elsewhere. */
  labelled: Typed & { readonly operand: ExpressionNode; readonly label: string }
}

/** The window behind OVER. */
export interface NodeOfWindow {
  readonly partitionBy: readonly ExpressionNode[]
  readonly orderBy: readonly ExpressionNode[]
  readonly frame: Frame | null
}
