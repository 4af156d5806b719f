// A table as the language knows it: columns, keys, constraints, indexes. Built by the registry, or by hand with `table()`.
import type { ExpressionNode } from '../ast/node.ts'
import type {
  CheckConstraint,
  Column,
  ExclusionConstraint,
  ForeignKey,
  IndexDefinition,
  UniqueConstraint,
} from './column.ts'

export interface TableOptions {
  readonly name: string
  readonly schema?: string
  readonly columns: readonly Column[]
  readonly primaryKey?: { readonly name: string; readonly columns: readonly Column[] }
  readonly uniques?: readonly UniqueConstraint[]
  readonly foreignKeys?: readonly ForeignKey[]
  readonly checks?: readonly CheckConstraint[]
  readonly exclusions?: readonly ExclusionConstraint[]
  readonly indexes?: readonly IndexDefinition[]
}

/** A table. Identity is the object: one Table per mapped class. */
export class Table {
  readonly name: string
  readonly schema: string | null
  readonly columns: readonly Column[]
  readonly primaryKey: { readonly name: string; readonly columns: readonly Column[] } | null
  readonly uniques: readonly UniqueConstraint[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly checks: readonly CheckConstraint[]
  readonly exclusions: readonly ExclusionConstraint[]
  readonly indexes: readonly IndexDefinition[]

  constructor(options: TableOptions) {
    this.name = options.name
    this.schema = options.schema ?? null
    this.columns = options.columns
    this.primaryKey = options.primaryKey ?? null
    this.uniques = options.uniques ?? []
    this.foreignKeys = options.foreignKeys ?? []
    this.checks = options.checks ?? []
    this.exclusions = options.exclusions ?? []
    this.indexes = options.indexes ?? []
    Object.freeze(this)
  }

  /** The name with its schema, as messages say it. */
  get qualifiedName(): string {
    return this.schema ? `${this.schema}.${this.name}` : this.name
  }

  /** Every set of columns that the database holds unique: the primary key, constraints, plain unique indexes. */
  uniqueKeys(): readonly (readonly Column[])[] {
    const keys: (readonly Column[])[] = []
    if (this.primaryKey) keys.push(this.primaryKey.columns)
    for (const unique of this.uniques) keys.push(unique.columns)
    for (const index of this.indexes) {
      if (!index.isUnique || index.where) continue
      const columns = index.keys.map(columnOfKey)
      if (columns.every((column) => column !== null)) keys.push(columns)
    }
    return keys
  }
}

/** The column that a key of an index is; null for an expression. */
export function columnOfKey(key: ExpressionNode): Column | null {
  const operand = key.kind === 'ordering' ? key.operand : key
  return operand.kind === 'column' ? operand.column : null
}
