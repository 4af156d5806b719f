// What is known of a mapped class once its registry is configured: the frozen facts that a session works by.
import type { ClauseElement, Column, Table } from '@oriel/sql'
import type { AnyClass, RelationshipForm } from '../draft/draft.ts'
import type { Cascade } from '../draft/options.ts'
import type { Instantiate } from '../mapped/instantiate.ts'

/** Pairs of columns that are equal across a relationship: [of the owner, of the target]. */
export type ColumnPairs = readonly (readonly [Column, Column])[]

/** A property that a column holds. */
export interface ColumnProperty {
  readonly name: string
  readonly column: Column
  readonly isKey: boolean
  readonly isDeferred: boolean
  /** Computed by the database: never written. */
  readonly isComputed: boolean
  /** The database fills it in where nothing is given: a default, a generated key. */
  readonly isFilled: boolean
}

/** The association table of a many-to-many relationship, with the pairs to either side: [of the table, of the side]. */
export interface Association {
  readonly table: Table
  /** The entity that is mapped to the table, where there is one. */
  readonly mapper: (() => Mapper) | null
  readonly toOwner: ColumnPairs
  readonly toTarget: ColumnPairs
}

/** A property that holds other entities. */
export interface RelationshipProperty {
  readonly name: string
  /** `Customer.orders`, as messages say it. */
  readonly label: string
  readonly form: RelationshipForm
  readonly isMany: boolean
  /** This side's columns hold the key. */
  readonly holdsKey: boolean
  /** The properties of the key on this side, in the order of the target's key. Empty where this side does not hold it. */
  readonly keyProperties: readonly string[]
  readonly target: () => Mapper
  /** The same relationship seen from the target, where that maps it. */
  readonly inverse: () => RelationshipProperty | null
  /** Empty for many-to-many. */
  readonly pairs: ColumnPairs
  readonly association: Association | null
  readonly cascades: ReadonlySet<Cascade>
  /** Is what it holds saved along? The cascade that every flush asks for. */
  readonly isSavedAlong: boolean
  /** The property of the target that the collection is ordered by. */
  readonly orderBy: string | null
  readonly passiveDeletes: boolean
}

/** A mapped class: its table, properties and relationships. Frozen. */
export interface Mapper {
  readonly entityClass: AnyClass
  /** The name of the class. */
  readonly name: string
  readonly table: Table
  /** Mapped columns by property, in order of declaration. */
  readonly properties: ReadonlyMap<string, ColumnProperty>
  readonly keyProperties: readonly ColumnProperty[]
  readonly relationships: ReadonlyMap<string, RelationshipProperty>
  /** The same as a list: what every flush goes through for every object. */
  readonly related: readonly RelationshipProperty[]
  /** What the language knows of the class. */
  readonly element: ClauseElement
  /** The same with other columns loaded than usual, in this order. */
  elementWith(columns: readonly Column[]): ClauseElement
  readonly instantiate: Instantiate
  /** An object like those that are loaded, without contents; null where making one would run code of the user's. */
  readonly blank: (() => object) | null
  /** Did this object come from the database? */
  isLoaded(object: object): boolean
}
