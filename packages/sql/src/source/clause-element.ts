// What the language asks of a class that is mapped to a table. The registry answers; the language never learns who that is.

import type { ExpressionNode, SourceNode } from '../ast/node.ts'
import type { Column } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'

/** The key under which a class, or any other object, gives its ClauseElement. Global, so that two copies of the module agree. */
export const clauseElement: unique symbol = Symbol.for('oriel.clauseElement')

/** A relationship as SQL sees it: where it leads and by which columns. */
export interface RelationshipElement {
  readonly name: string
  readonly isMany: boolean
  readonly target: () => ClauseElement
  /** Pairs of columns that are equal across the relationship: [of the owner, of the target]. Without an association table. */
  readonly pairs: () => readonly (readonly [Column, Column])[]
  /** The association table of a many-to-many relationship, with the pairs to either side. */
  readonly through?: () => {
    readonly table: Table
    readonly toOwner: readonly (readonly [Column, Column])[]
    readonly toTarget: readonly (readonly [Column, Column])[]
  }
}

/** A mapped class as SQL sees it. */
export interface ClauseElement {
  /** The name of the class, for messages. */
  readonly name: string
  readonly table: Table
  /** Columns by property, in order of declaration. */
  readonly columns: ReadonlyMap<string, Column>
  readonly relationships: ReadonlyMap<string, RelationshipElement>
  /** Columns that are selected with the entity; deferred ones are left out. */
  readonly loadedColumns: readonly Column[]
  /** A criterion that holds wherever the entity is read, such as «not deleted». */
  readonly criterion?: (source: SourceNode) => ExpressionNode
  /** What stands behind it is not the entity's own, such as a view: it is never written. */
  readonly isReadOnly?: boolean
  /** An object from one row: the values of `loadedColumns`, decoded, in that order. Runs no constructor. */
  instantiate(values: readonly unknown[]): object
}

/** A class, table or attribute object that carries a ClauseElement. */
export interface HasClauseElement {
  readonly [clauseElement]: ClauseElement
}

export function hasClauseElement(value: unknown): value is HasClauseElement {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && clauseElement in value
}
