// `entity(Order)` and `aliased(Order, 'parent')`: a mapped class as a source of typed attributes.
import type { SourceNode } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { type Source, shown, type TaggedSource } from '../expression/operand.ts'
import {
  type Attribute,
  attributesProxy,
  type EntityRef,
  type FromItem,
  sourceNode,
  tableSource,
} from './attributes.ts'
import { type ClauseElement, clauseElement, hasClauseElement } from './clause-element.ts'

// biome-ignore lint/suspicious/noExplicitAny: a constructor's parameters are of no interest
export type EntityClass<E> = abstract new (...args: any[]) => E
/** Typed attributes of an entity: columns are expressions, relationships can be joined. Nothing is computed until a property is read. */
export type Attributes<E, S = Source<E>> = { readonly [K in keyof E]-?: Attribute<E[K], E, S> } & EntityRef<E, S>

/** What the class, table or attribute object says of itself. Throws ArgumentError for anything else. */
export function elementOf(value: unknown, where: string): ClauseElement {
  if (hasClauseElement(value)) return value[clauseElement]
  throw new ArgumentError(`${where} takes an entity class, got ${shown(value)}.`, {
    hint:
      typeof value === 'function' && value.name
        ? `Is ${value.name} decorated with @Entity()?`
        : 'Decorate the class with @Entity().',
  })
}

/** The node of anything that can stand in FROM: a class, attributes, a CTE, a subquery. */
export function sourceOf(value: unknown, where: string): SourceNode {
  if (((typeof value === 'object' && value !== null) || typeof value === 'function') && sourceNode in value) {
    const node = value[sourceNode]
    if (isSource(node)) return node
  }
  return tableSource(elementOf(value, where))
}

function isSource(value: unknown): value is SourceNode {
  return typeof value === 'object' && value !== null && 'kind' in value
}

/** A class, or one of the language's own such as Date: called without new, that gives something quite different. */
function isClass(value: unknown): boolean {
  if (typeof value !== 'function') return false
  const text = Function.prototype.toString.call(value)
  return /^class[\s{]/.test(text) || (Object.hasOwn(value, 'prototype') && text.endsWith('{ [native code] }'))
}

/** The class behind `entity(Order)` or `entity(() => Order)`. */
function classOf(value: unknown): unknown {
  if (typeof value !== 'function' || isClass(value) || hasClauseElement(value)) return value
  const later: unknown = Reflect.apply(value, undefined, [])
  if (later === undefined)
    throw new ArgumentError(
      'The function given to entity() returned undefined: its module is not evaluated yet (a circular import).',
      {
        hint: 'Use the attributes only inside functions, or import the class earlier.',
      },
    )
  return later
}

/**
 * Typed attributes of an entity: `const o = entity(Order)`, then `o.amount.gt('100')`, `o.customer`.
 * A tag tells classes of the same shape apart in types; `entity(() => Order)` is for modules in a cycle.
 * Nothing is resolved before a property is read, so `static $ = entity(Order)` works. Throws ArgumentError when an unknown property is read.
 */
export function entity<E>(entityClass: EntityClass<E>): Attributes<E>
export function entity<E, const Tag extends string>(
  entityClass: EntityClass<E>,
  tag: Tag,
): Attributes<E, TaggedSource<E, Tag>>
export function entity<E>(later: () => EntityClass<E>): Attributes<E>
export function entity<E>(entityClass: EntityClass<E> | (() => EntityClass<E>), _tag?: string): Attributes<E> {
  if (typeof entityClass !== 'function') elementOf(entityClass, 'entity()')
  return attributesProxy<E, Source<E>>(() => {
    const element = elementOf(classOf(entityClass), 'entity()')
    return { element, source: tableSource(element) }
  })
}

/**
 * The entity under another name, to stand in FROM twice: `const parent = aliased(Category, 'parent')` is `categories AS parent`.
 * Given a subquery or CTE instead of a name, its rows are read as entities.
 */
export function aliased<E, const A extends string>(entityClass: EntityClass<E>, name: A): Attributes<E, A>
export function aliased<E, S>(entityClass: EntityClass<E>, from: FromItem<S>): Attributes<E, S>
export function aliased<E, S>(entityClass: EntityClass<E>, as: string | FromItem<S>): Attributes<E, S> {
  if (typeof as === 'string') {
    if (as === '') throw new ArgumentError('The name given to aliased() is empty.')
    return attributesProxy<E, S>(() => {
      const element = elementOf(entityClass, 'aliased()')
      return { element, source: Object.freeze({ kind: 'aliased', source: tableSource(element), name: as }) }
    })
  }
  return attributesProxy<E, S>(() => {
    const element = elementOf(entityClass, 'aliased()')
    const source = sourceOf(as, 'aliased()')
    return { element, source, nameOf: (property) => columnNameIn(source, property, element) }
  })
}

/** What a CTE or subquery calls the column of a property. */
export function columnNameIn(source: SourceNode, property: string, element: ClauseElement): string {
  const columns = 'columns' in source ? source.columns : []
  const found = columns.find((column) => column.key === property)
  if (found) return found.name
  throw new ArgumentError(`The query behind aliased(${element.name}, …) does not select ${element.name}.${property}.`, {
    hint: `It selects ${columns.map((column) => column.key).join(', ') || 'nothing'}.`,
  })
}
