// What a loader option says, as data: a path of relationships from a selected entity, with a strategy for each step.
import type { ClauseElement, Column, RelationshipAttribute, SourceNode } from '@oriel/sql'
import type { FilterOf } from './filter.ts'

/** How the members of a relationship are loaded. */
export type Strategy = 'selectinload' | 'joinedload' | 'containsEager' | 'lazyload' | 'raiseload'

/** One relationship of a path. */
export interface Step {
  readonly strategy: Strategy
  readonly relationship: RelationshipAttribute<unknown, unknown>
  readonly filter: FilterOf | null
  readonly innerJoin: boolean
  /** The user's own join that containsEager reads, where it was named. */
  readonly from: SourceNode | null
}

/** A choice of columns at the end of a path. */
export interface ColumnRule {
  readonly verb: 'loadOnly' | 'defer' | 'undefer'
  /** Whose columns they are; null where they were read from a query, and the statement has to tell. */
  readonly owner: ClauseElement | null
  readonly source: SourceNode
  readonly columns: readonly Column[]
}

/** A path, and what is said of the columns where it ends. */
export interface LoaderPath {
  readonly steps: readonly Step[]
  readonly columns: ColumnRule | null
}

function describeStep({ strategy, relationship }: Step): string {
  return `${strategy}(${relationship.label})`
}

export function describeRule({ verb, columns }: ColumnRule): string {
  return `${verb}(${columns.map(({ label }) => label).join(', ')})`
}

/** `selectinload(Customer.orders).joinedload(Order.items)`. */
export function describePath({ steps, columns }: LoaderPath): string {
  return [...steps.map(describeStep), ...(columns ? [describeRule(columns)] : [])].join('.')
}
