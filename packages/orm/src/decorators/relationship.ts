// @ManyToOne, @OneToMany, @OneToOne, @ManyToMany: a property that holds other entities. What they write down is resolved in registry/.
import type { EntityClass } from '@oriel/sql'
import type { RelationshipForm, TargetThunk } from '../draft/draft.ts'
import type { CollectionOptions, InverseOptions, ManyToManyOptions, ReferenceOptions } from '../draft/options.ts'
import type { OneToOneDecorator, ToManyDecorator, ToOneDecorator } from './property-check.ts'
import { type Decorate, fieldDecorator } from './record.ts'

/** Where the key is, in these properties or with that property of the other side, and the options. */
interface Given {
  readonly keys?: string | readonly string[]
  readonly inverse?: string | undefined
  readonly options: object
}

const decorators = {
  'many-to-one': '@ManyToOne',
  'one-to-many': '@OneToMany',
  'one-to-one': '@OneToOne',
  'many-to-many': '@ManyToMany',
} as const

function relationship(form: RelationshipForm, target: TargetThunk, { keys, inverse, options }: Given): Decorate {
  const list = typeof keys === 'string' ? [keys] : (keys ?? null)
  return fieldDecorator(decorators[form], {
    kind: 'relationship',
    form,
    target,
    keys: list,
    inverse: inverse ?? null,
    options,
  })
}

/**
 * A reference to one entity whose key these properties hold; makes the foreign key.
 * @example `@ManyToOne(() => Customer, 'customerId') customer!: One<Customer>`
 */
export function ManyToOne<T, const F extends string>(
  target: () => EntityClass<T>,
  column: F | readonly F[],
  options?: ReferenceOptions,
): ToOneDecorator<T, F>
export function ManyToOne(target: TargetThunk, column: string | readonly string[], options: object = {}): Decorate {
  return relationship('many-to-one', target, { keys: column, options })
}

/**
 * A collection of the entities that refer to this one by the property `inverse`.
 * @example `@OneToMany(() => Order, 'customer') orders!: Many<Order>`
 */
export function OneToMany<T>(
  target: () => EntityClass<T>,
  // Written out here, so that an error lists the names.
  inverse: {
    [K in keyof T]-?: [NonNullable<T[K]>] extends [{ readonly '~target'?: unknown }] ? K : never
  }[keyof T] &
    string,
  options?: CollectionOptions,
): ToManyDecorator<T>
export function OneToMany(target: TargetThunk, inverse: string, options: object = {}): Decorate {
  return relationship('one-to-many', target, { inverse, options })
}

/**
 * A reference to one entity that at most one object may have. The side with the key names its properties and gets a unique constraint;
 * the other side names the property that points back.
 * @example `@OneToOne(() => User, 'userId') user!: One<User>`
 * @example `@OneToOne(() => Profile, { inverse: 'user' }) profile!: One<Profile> | null`
 */
export function OneToOne<T, const F extends string>(
  target: () => EntityClass<T>,
  holder:
    | F
    | readonly F[]
    | InverseOptions<
        {
          [K in keyof T]-?: [NonNullable<T[K]>] extends [{ readonly '~target'?: unknown }] ? K : never
        }[keyof T] &
          string
      >,
  options?: ReferenceOptions,
): OneToOneDecorator<T, F>
export function OneToOne(
  target: TargetThunk,
  holder: string | readonly string[] | { readonly inverse?: string } = {},
  options: object = {},
): Decorate {
  if (typeof holder === 'string' || Array.isArray(holder))
    return relationship('one-to-one', target, { keys: holder, options })
  return relationship('one-to-one', target, {
    inverse: 'inverse' in holder ? holder.inverse : undefined,
    options: holder,
  })
}

/**
 * A collection over an association table, or over an entity that is mapped to one.
 * @example `@ManyToMany(() => Tag, { through: 'post_tags' }) tags!: Many<Tag>`
 */
export function ManyToMany<T>(target: () => EntityClass<T>, options?: ManyToManyOptions): ToManyDecorator<T>
export function ManyToMany(target: TargetThunk, options: object = {}): Decorate {
  return relationship('many-to-many', target, { options })
}
