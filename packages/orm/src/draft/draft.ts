// What decorators write down about a class, as they were given it. Nothing is resolved here: registry/ does that when it is configured.
import type { EntityClass, SqlType } from '@oriel/sql'
import type {
  ColumnOptions,
  ConstraintOptions,
  EntityOptions,
  ExclusionOptions,
  IndexOptions,
  RelationshipOptions,
} from './options.ts'

/** The decorator standard that the user's compiler follows. */
export type DecoratorMode = 'legacy' | 'standard'

/** An entity class that may not be there yet, because of a circular import. */
export type TargetThunk = () => unknown

export interface ColumnDraft {
  readonly kind: 'column'
  /** Null: taken from the metadata that the compiler emitted. */
  readonly type: SqlType<unknown> | null
  readonly isKey: boolean
  readonly options: ColumnOptions
}

export type RelationshipForm = 'many-to-one' | 'one-to-many' | 'one-to-one' | 'many-to-many'

export interface RelationshipDraft {
  readonly kind: 'relationship'
  readonly form: RelationshipForm
  readonly target: TargetThunk
  /** The properties that hold the key, where this side holds it. */
  readonly keys: readonly string[] | null
  /** The property on the other side, where that holds the key. */
  readonly inverse: string | null
  readonly options: RelationshipOptions
}

export interface PropertyDraft {
  readonly property: string
  /** As messages say it: `@Column()`. */
  readonly decorator: string
  readonly mode: DecoratorMode
  /** The prototype that emitted metadata hangs on. Legacy decorators only. */
  readonly prototype: object | null
  readonly mapping: ColumnDraft | RelationshipDraft
}

/** A decorator in the wrong place or with wrong options. */
export interface MisuseDraft {
  readonly property: string | null
  /** The message; `owner` stands for the class or the property, which are known later. */
  message(owner: string): string
  readonly remedy: string
}

/** A callback from the attributes of the entity. Its type is checked where the decorator is called. */
export type AttributeCallback = (attributes: never) => unknown

export interface ConstraintDraft<Options> {
  readonly decorator: string
  /** A callback from the attributes, or a `sql` fragment. */
  readonly content: unknown
  readonly options: Options
}

/** Everything that was written down about one class. */
export class ClassDraft {
  entity: EntityOptions | null = null
  readonly properties: PropertyDraft[] = []
  readonly misuses: MisuseDraft[] = []
  readonly indexes: ConstraintDraft<IndexOptions>[] = []
  readonly uniques: ConstraintDraft<ConstraintOptions>[] = []
  readonly checks: ConstraintDraft<ConstraintOptions>[] = []
  readonly exclusions: ConstraintDraft<ExclusionOptions>[] = []
}

/** Any class, whatever its constructor takes. */
export type AnyClass = EntityClass<object>

/** Is this a class, or a function that could be one? */
export function isClass(value: unknown): value is AnyClass {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
}
