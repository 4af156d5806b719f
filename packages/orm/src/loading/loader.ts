// Loader options as users write them: selectinload, joinedload and the others. They are frozen data; plan-options.ts makes a plan of them.
import {
  ArgumentError,
  type Attributes,
  type ClauseElement,
  type Column,
  type EntityClass,
  type EntityRef,
  Expression,
  type ExpressionNode,
  elementOf,
  type LoaderOption,
  type Operand,
  type Relationship,
  RelationshipAttribute,
  type RowCondition,
  type Source,
  type SourceNode,
  sourceNode,
  suggest,
} from '@oriel/sql'
import type { Filter, FilterOf } from './filter.ts'
import type { ColumnRule, LoaderPath, Step, Strategy } from './loader-path.ts'

/** A column of an entity. */
export type ColumnOf<E> = Operand<unknown, 'scalar', Source<E>>
/** A column of an entity under another name, or read from a query: the statement tells whose it is. */
export type NamedColumn = Operand<unknown, 'scalar', string>
/** Options of joinedload. */
export interface JoinedOptions {
  /**
   * JOIN instead of LEFT JOIN: for a relationship that is always there. Rows without it are left out. Behind a LEFT JOIN it is one
   * too: otherwise it would leave out what that one keeps.
   */
  readonly innerJoin?: boolean
}

/** An option that can be given to `.options(…)`, as paths. */
export class PathOption<E> implements LoaderOption<E> {
  declare readonly '~root': E
  /** @internal */
  readonly paths: readonly LoaderPath[]

  constructor(paths: readonly LoaderPath[]) {
    this.paths = Object.freeze([...paths])
    Object.freeze(this)
  }
}

/** A condition on an entity, wherever a statement and its loaders read it. */
export class CriteriaOption implements LoaderOption<never> {
  declare readonly '~root': never
  readonly element: ClauseElement
  readonly condition: FilterOf

  constructor(element: ClauseElement, condition: FilterOf) {
    this.element = element
    this.condition = condition
    Object.freeze(this)
  }
}

function own(value: unknown): string {
  if (value instanceof Expression)
    return value.node.kind === 'column' ? `the column ${value.node.subject}` : 'an expression'
  return value === null ? 'null' : typeof value
}

function relationshipOf(given: unknown, verb: string): RelationshipAttribute<unknown, unknown> {
  if (given instanceof RelationshipAttribute) return given
  const element = given instanceof Expression && given.node.kind === 'column' ? elementIn(given.node.source) : null
  const names = element ? [...element.relationships.keys()] : []
  throw new ArgumentError(`${verb}() takes a relationship, got ${own(given)}.`, {
    hint:
      element && names.length > 0
        ? `Relationships of ${element.name}: ${names.join(', ')}.`
        : 'Relationships are attributes of entity(Class), such as o.customer.',
  })
}

/** The entity that a source stands for. */
function elementIn(source: SourceNode): ClauseElement | null {
  if (source.kind === 'table') return source.element
  return source.kind === 'aliased' ? elementIn(source.source) : null
}

/** A step; behind another one it must begin where that ends. */
function step(strategy: Strategy, given: unknown, more: Partial<Step> = {}): Step {
  const relationship = relationshipOf(given, strategy)
  return Object.freeze({ strategy, relationship, filter: null, innerJoin: false, from: null, ...more })
}

function behind(steps: readonly Step[], next: Step): readonly Step[] {
  const last = steps.at(-1)
  const stands = last?.relationship.element.target()
  if (stands && stands.table !== next.relationship.owner.table)
    throw new ArgumentError(
      `${next.strategy}(${next.relationship.label}) stands behind ${last?.relationship.label}, which leads to ${stands.name}.`,
      { hint: `Relationships of ${stands.name}: ${[...stands.relationships.keys()].join(', ') || 'none'}.` },
    )
  return [...steps, next]
}

function filterStep(relationship: unknown, filters: readonly unknown[]): Step {
  const [filter] = filters
  if (filters.length === 0) return step('selectinload', relationship)
  if (!isFilter(filter))
    throw new ArgumentError('The filter of selectinload() is a callback on the target: (o) => ({ where: … }).')
  return step('selectinload', relationship, { filter })
}

function isFilter(value: unknown): value is FilterOf {
  return typeof value === 'function'
}

function joinedStep(relationship: unknown, options: JoinedOptions): Step {
  if (typeof options !== 'object' || options === null)
    throw new ArgumentError(`joinedload() takes options, got ${own(options)}.`, {
      hint: 'Options: innerJoin. Filters, order and limits are for selectinload().',
    })
  for (const name of Object.keys(options))
    if (name !== 'innerJoin')
      throw new ArgumentError(`joinedload() has no option '${name}'.`, {
        hint: `${suggest(name, ['innerJoin'], 'Options')}. Filters are for selectinload().`,
      })
  return step('joinedload', relationship, { innerJoin: options.innerJoin === true })
}

function eagerStep(relationship: unknown, from: EntityRef<unknown, unknown> | undefined): Step {
  if (from === undefined) return step('containsEager', relationship)
  const source: unknown = Reflect.get(from, sourceNode)
  if (isSource(source)) return step('containsEager', relationship, { from: source })
  throw new ArgumentError('containsEager() reads a join with attributes, such as those of aliased(Class, name).')
}

function isSource(value: unknown): value is SourceNode {
  return typeof value === 'object' && value !== null && 'kind' in value
}

/** The columns that a rule names, and whose they are. */
function rule(verb: ColumnRule['verb'], given: readonly unknown[], stands: ClauseElement | null): ColumnRule {
  let owner: ClauseElement | null = stands
  let source: SourceNode | null = null
  const columns: Column[] = []
  for (const value of given) {
    const node: ExpressionNode | null = value instanceof Expression ? value.node : null
    if (node?.kind !== 'column' || !node.column)
      throw new ArgumentError(
        value instanceof RelationshipAttribute
          ? `${verb}() takes columns, got the relationship ${value.label}.`
          : `${verb}() takes columns, got ${own(value)}.`,
        { hint: 'Relationships are loaded by selectinload() and joinedload().' },
      )
    source ??= node.source
    owner ??= elementIn(node.source)
    if (owner && ![...owner.columns.values()].includes(node.column))
      throw new ArgumentError(`${verb}(${node.subject}) stands where ${owner.name} is loaded.`, {
        hint: suggest(node.column.property, owner.columns.keys(), `Columns of ${owner.name}`),
      })
    columns.push(node.column)
  }
  if (!source) throw new ArgumentError(`${verb}() needs at least one column.`)
  return Object.freeze({ verb, owner, source, columns: Object.freeze(columns) })
}

/** A chain along relationships: E is where it began, T where it stands. */
export class Loader<E, T> extends PathOption<E> {
  declare readonly '~target': T
  readonly #steps: readonly Step[]
  readonly #branches: readonly LoaderPath[]

  constructor(steps: readonly Step[], branches: readonly LoaderPath[] = []) {
    super([{ steps, columns: null }, ...branches])
    this.#steps = steps
    this.#branches = branches
  }

  /** Goes on along a relationship: one statement more for all objects of this level. */
  selectinload<U>(
    relationship: Relationship<T, U>,
    ...filter: [filter?: (target: Attributes<U>) => Filter]
  ): Loader<E, U> {
    return this.#on(filterStep(relationship, filter))
  }

  /** Goes on along a relationship by a join in the statement of this level. */
  joinedload<U>(relationship: Relationship<T, U>, options: JoinedOptions = {}): Loader<E, U> {
    return this.#on(joinedStep(relationship, options))
  }

  /** Goes on along a relationship that the statement joins itself. */
  containsEager<U>(relationship: Relationship<T, U>, from?: EntityRef<U, unknown>): Loader<E, U> {
    return this.#on(eagerStep(relationship, from))
  }

  /** Leaves a relationship unloaded. */
  lazyload<U>(relationship: Relationship<T, U>): Loader<E, U> {
    return this.#on(step('lazyload', relationship))
  }

  /** Reading this relationship raises, and says that it was asked for. */
  raiseload(relationship: Relationship<T, unknown>): LoaderOption<E> {
    return this.#on(step('raiseload', relationship))
  }

  /** Loads these columns and the key, no others. */
  loadOnly(...columns: ColumnOf<T>[]): LoaderOption<E> {
    return this.#columns('loadOnly', columns)
  }

  /** Leaves a column unloaded. */
  defer(column: ColumnOf<T>): LoaderOption<E> {
    return this.#columns('defer', [column])
  }

  /** Loads a deferred column. */
  undefer(column: ColumnOf<T>): LoaderOption<E> {
    return this.#columns('undefer', [column])
  }

  /** Several options from where the chain stands: `selectinload(c.orders).options(selectinload(o.items), joinedload(o.shop))`. */
  options(...options: LoaderOption<T>[]): Loader<E, T> {
    const branches = options.flatMap((option) => {
      if (!(option instanceof PathOption))
        throw new ArgumentError('options() takes loader options, such as selectinload(o.items).', {
          hint: 'withCriteria() holds for the whole statement: give it to the statement.',
        })
      return option.paths.map(({ steps, columns }) => {
        const [first] = steps
        if (first) behind(this.#steps, first)
        return { steps: [...this.#steps, ...steps], columns }
      })
    })
    return new Loader(this.#steps, [...this.#branches, ...branches])
  }

  #on<U>(next: Step): Loader<E, U> {
    return new Loader(behind(this.#steps, next), this.#branches)
  }

  #columns(verb: ColumnRule['verb'], columns: readonly unknown[]): LoaderOption<E> {
    const stands = this.#steps.at(-1)?.relationship.element.target() ?? null
    return new PathOption([...this.paths, { steps: this.#steps, columns: rule(verb, columns, stands) }])
  }
}

/**
 * Loads a relationship by one statement more, for all objects at once: `… where customer_id = any ($1)`. The filter's limit counts per parent.
 *
 *     select(Customer).options(selectinload(c.orders, (o) => ({ orderBy: o.createdAt.desc(), limit: 3 })))
 */
export function selectinload<E, T>(
  relationship: Relationship<E, T>,
  ...filter: [filter?: (target: Attributes<T>) => Filter]
): Loader<E, T> {
  return new Loader([filterStep(relationship, filter)])
}

/** Loads a relationship in the same statement, by a LEFT JOIN under a name of its own. LIMIT still counts the statement's own rows. */
export function joinedload<E, T>(relationship: Relationship<E, T>, options: JoinedOptions = {}): Loader<E, T> {
  return new Loader([joinedStep(relationship, options)])
}

/** Leaves a relationship unloaded: reading it raises. That is so anyway; said for a part of a path. */
export function lazyload<E, T>(relationship: Relationship<E, T>): Loader<E, T> {
  return new Loader([step('lazyload', relationship)])
}

/** Loads a relationship from a join that the statement has: `select(Order).join(o.customer).options(containsEager(o.customer))`. */
export function containsEager<E, T>(relationship: Relationship<E, T>, from?: EntityRef<T, unknown>): Loader<E, T> {
  return new Loader([eagerStep(relationship, from)])
}

/** Reading this relationship raises NotLoadedError, which says that it was asked for. */
export function raiseload<E>(relationship: Relationship<E, unknown>): LoaderOption<E> {
  return new Loader([step('raiseload', relationship)])
}

/** Loads these columns and the key, no others. */
export function loadOnly<E>(...columns: [ColumnOf<E>, ...ColumnOf<E>[]]): LoaderOption<E>
export function loadOnly(...columns: [NamedColumn, ...NamedColumn[]]): LoaderOption<never>
export function loadOnly(...columns: unknown[]): LoaderOption<never> {
  return new PathOption([{ steps: [], columns: rule('loadOnly', columns, null) }])
}

/** Leaves a column unloaded: reading it raises. */
export function defer<E>(column: ColumnOf<E>): LoaderOption<E>
export function defer(column: NamedColumn): LoaderOption<never>
export function defer(column: unknown): LoaderOption<never> {
  return new PathOption([{ steps: [], columns: rule('defer', [column], null) }])
}

/** Loads a column that is deferred by its mapping. */
export function undefer<E>(column: ColumnOf<E>): LoaderOption<E>
export function undefer(column: NamedColumn): LoaderOption<never>
export function undefer(column: unknown): LoaderOption<never> {
  return new PathOption([{ steps: [], columns: rule('undefer', [column], null) }])
}

/** A condition on an entity, wherever this statement and its loaders read it: `withCriteria(Order, (o) => o.status.eq('paid'))`. */
export function withCriteria<E>(
  entityClass: EntityClass<E>,
  condition: (target: Attributes<E>) => RowCondition,
): LoaderOption<never>
export function withCriteria(entityClass: EntityClass<unknown>, condition: unknown): LoaderOption<never> {
  if (!isFilter(condition))
    throw new ArgumentError('The condition of withCriteria() is a callback on the entity: (o) => o.status.eq(…).')
  return new CriteriaOption(elementOf(entityClass, 'withCriteria()'), condition)
}
