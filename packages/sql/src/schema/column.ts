// A column of a table, and the keys and constraints that a table can have. Plain data: no statement is built here.
import type { ExpressionNode } from '../ast/node.ts'
import type { SqlType } from '../type/sql-type.ts'
import type { Table } from './table.ts'

/** How the database fills a column by itself. */
export type ColumnGeneration = 'identity' | 'uuid'

export interface ColumnOptions {
  readonly name: string
  readonly type: SqlType<unknown>
  /** The property that holds it; the column's own name where there is no class. */
  readonly property?: string
  /** What messages call it, such as `Order.amount`. */
  readonly label?: string
  readonly generated?: ColumnGeneration
  /** The database's default. */
  readonly default?: ExpressionNode
  /** GENERATED ALWAYS AS (…) STORED. */
  readonly computed?: ExpressionNode
}

/** A column of a table. */
export class Column {
  readonly name: string
  readonly type: SqlType<unknown>
  readonly property: string
  readonly label: string
  readonly generated: ColumnGeneration | null
  readonly default: ExpressionNode | null
  readonly computed: ExpressionNode | null

  constructor(options: ColumnOptions) {
    this.name = options.name
    this.type = options.type
    this.property = options.property ?? options.name
    this.label = options.label ?? options.name
    this.generated = options.generated ?? null
    this.default = options.default ?? null
    this.computed = options.computed ?? null
    Object.freeze(this)
  }

  get isNullable(): boolean {
    return this.type.spec.isNullable
  }
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKey {
  readonly name: string
  readonly columns: readonly Column[]
  /** Asked late: tables refer to each other in cycles. */
  readonly target: () => Table
  readonly targetColumns: () => readonly Column[]
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly deferrable?: 'immediate' | 'deferred'
}

export interface UniqueConstraint {
  readonly name: string
  readonly columns: readonly Column[]
}

export interface CheckConstraint {
  readonly name: string
  readonly condition: ExpressionNode
}

/** EXCLUDE USING method (expression WITH operator, …). */
export interface ExclusionConstraint {
  readonly name: string
  readonly method: string
  readonly elements: readonly { readonly expression: ExpressionNode; readonly operator: string }[]
}

export interface IndexDefinition {
  readonly name: string
  readonly isUnique: boolean
  /** Columns, expressions, or orderings of them. */
  readonly keys: readonly ExpressionNode[]
  readonly method?: string
  readonly include?: readonly Column[]
  readonly where?: ExpressionNode
}
