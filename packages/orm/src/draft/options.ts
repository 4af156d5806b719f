// The options that decorators take, and the check that no other is given.

import type { Attributes, EntityClass, ReferentialAction, RowCondition } from '@oriel/sql'
import { suggest } from '@oriel/sql'
import type { AnyClass, MisuseDraft } from './draft.ts'

/** What a class can belong to: a Registry. */
export interface EntityHome {
  add(...entityClasses: readonly AnyClass[]): void
}

/** Options of `@Entity`. */
// biome-ignore lint/suspicious/noExplicitAny: where no entity is named, its attributes are of any type
export interface EntityOptions<E = any> {
  /** The table; by default the class's name in snake_case. */
  readonly table?: string
  readonly schema?: string
  /** The registry that the class belongs to; by default the global one. */
  readonly registry?: EntityHome
  /** `true`: loading runs the constructor. A function makes the object from the row's values. By default neither runs. */
  readonly construct?: true | ((row: Readonly<Record<string, unknown>>) => object)
  /** A condition that holds wherever the entity is read, updated or deleted by a statement: `(post) => post.deletedAt.isNull()`. `.withoutCriteria()` reaches past it. */
  readonly criterion?: (entity: Attributes<E>) => RowCondition
  /** The table is a view or somebody else's: `createAll` leaves it alone, and nothing is written to it. */
  readonly readOnly?: boolean
}

/** Options of `@Column`. */
export interface ColumnOptions {
  /** The column's name; by default the property's in snake_case. */
  readonly name?: string
  readonly unique?: boolean
  readonly index?: boolean
  /** What the database fills in: a value, or a `sql` fragment. */
  readonly default?: unknown
  /** The entity whose key this column holds, where no relationship says so. */
  readonly references?: () => EntityClass<object>
  /** Not selected with the entity. */
  readonly deferred?: boolean
  /** A `sql` fragment that the database computes the column by. */
  readonly computed?: unknown
}

/** Options of `@PrimaryKey`. */
export interface PrimaryKeyOptions extends ColumnOptions {
  /** How the database makes the key. */
  readonly generated?: 'identity' | 'uuid'
}

/** What is done to the other side's objects along a relationship. */
export type Cascade = 'save-update' | 'delete' | 'delete-orphan' | 'merge' | 'expunge'

/** Options of a relationship. */
export interface RelationshipOptions {
  readonly cascade?: readonly Cascade[]
  /** The property of the target that a loaded collection is ordered by. */
  readonly orderBy?: string
  /** Leave children that are not loaded to the database's own ON DELETE. */
  readonly passiveDeletes?: boolean
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly deferrable?: 'immediate' | 'deferred'
  /** The other side of a one-to-one relationship that holds the key. */
  readonly inverse?: string
  /** The association table of a many-to-many relationship, or the entity mapped to it. */
  readonly through?: string | (() => EntityClass<object>)
  /** The two references of an association entity, [to this side, to the target], where they cannot be told by their targets. */
  readonly via?: readonly [string, string]
}

/** Options of the relationships that collect. */
export type CollectionOptions = Pick<RelationshipOptions, 'cascade' | 'orderBy' | 'passiveDeletes'>
/** Options of the relationships that hold a key. */
export interface ReferenceOptions extends Pick<RelationshipOptions, 'onDelete' | 'onUpdate' | 'deferrable'> {
  /** Nothing is deleted along a reference: others may refer to the same object. */
  readonly cascade?: readonly Exclude<Cascade, 'delete' | 'delete-orphan'>[]
}
/** Options of `@ManyToMany`. */
export type ManyToManyOptions = CollectionOptions & Pick<RelationshipOptions, 'through' | 'via'>
/** Options of the side of `@OneToOne` that does not hold the key. */
export interface InverseOptions<Inverse extends string = string>
  extends Pick<RelationshipOptions, 'cascade' | 'passiveDeletes'> {
  readonly inverse: Inverse
}

/** Options of `@Unique` and `@Check`. */
export interface ConstraintOptions {
  readonly name?: string
}

/** Options of `@Index`. */
export interface IndexOptions extends ConstraintOptions {
  readonly unique?: boolean
  /** The access method, such as `gin`. */
  readonly using?: string
  /** A callback from the attributes, or a condition. */
  readonly where?: unknown
  /** Properties whose columns the index carries besides its keys. */
  readonly include?: readonly string[]
}

/** Options of `@Exclude`. */
export interface ExclusionOptions extends ConstraintOptions {
  /** The access method; by default `gist`. */
  readonly using?: string
}

const reference = ['cascade', 'onDelete', 'onUpdate', 'deferrable']
const collection = ['cascade', 'orderBy', 'passiveDeletes']
const column = ['name', 'unique', 'index', 'default', 'references', 'deferred', 'computed']

/** The options that each decorator knows. */
export const knownOptions = {
  '@Entity': ['table', 'schema', 'registry', 'construct', 'criterion', 'readOnly'],
  '@Column': column,
  '@PrimaryKey': [...column, 'generated'],
  '@ManyToOne': reference,
  '@OneToMany': collection,
  '@OneToOne': [...reference, 'inverse', 'passiveDeletes'],
  '@ManyToMany': [...collection, 'through', 'via'],
  '@Index': ['name', 'unique', 'using', 'where', 'include'],
  '@Unique': ['name'],
  '@Check': ['name'],
  '@Exclude': ['name', 'using'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The name of a decorator, as messages say it. */
export type DecoratorName = keyof typeof knownOptions

/** The options that the decorator does not know, each as a misuse with the nearest known names. */
export function unknownOptions(decorator: DecoratorName, options: object, property: string | null): MisuseDraft[] {
  const known: readonly string[] = knownOptions[decorator]
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      property,
      message: (owner) => `${decorator} on ${owner} has no option '${name}'`,
      remedy: suggest(name, known, 'Options'),
    }))
}
