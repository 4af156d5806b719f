// The typed attributes of an entity or table: what `entity(Order)` gives. A plain homomorphic map in types, a proxy at run time.
import type { SourceNode } from '../ast/node.ts'
import { columnNode } from '../compiler/selection.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'
import { Expression } from '../expression/expression.ts'
import type { IsOpen, Method, Primitive, Stored } from '../type/value.ts'
import { type ClauseElement, clauseElement } from './clause-element.ts'
import type { Attributes } from './entity.ts'
import { joinedBy, RelationshipAttribute, type ToMany, type ToOne } from './relationship.ts'

/** The key under which anything that can stand in FROM gives its node. */
export const sourceNode: unique symbol = Symbol.for('oriel.sourceNode')

/** What joins and FROM take, besides a class. */
export interface FromItem<out S> {
  readonly '~from': S
}
/** An entity under a name: attributes of it. */
export interface EntityRef<out E, out S> extends FromItem<S> {
  readonly '~entity': E
}

/** One property as SQL sees it. Primitives first: nine of ten properties stop there. */
export type Attribute<V, E, S> = [V] extends [Primitive]
  ? Expression<Stored<V>, 'scalar', S>
  : unknown extends V
    ? Expression<V, 'scalar', S>
    : [NonNullable<V>] extends [{ readonly '~target'?: infer T }]
      ? [NonNullable<V>] extends [readonly unknown[]]
        ? ToMany<E, T>
        : IsOpen<NonNullable<V>> extends true
          ? Expression<V, 'scalar', S>
          : ToOne<E, T>
      : [NonNullable<V>] extends [Method]
        ? 'a method is not a column'
        : Expression<Stored<V>, 'scalar', S>

/** What the object behind attributes knows. */
interface Known {
  readonly element: ClauseElement
  readonly source: SourceNode
  /** What the source calls the columns, where it is not the table. */
  readonly nameOf?: (property: string) => string
  /** The relationship that leads to the source, where it was named by `.as(…)`. */
  readonly joinedBy?: object
}

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** The attribute of one property. Throws ArgumentError for a name that the entity does not have. */
function attribute(property: string, { element, source, nameOf }: Known): unknown {
  const column = element.columns.get(property)
  if (column) return new Expression(columnNode(source, column, nameOf?.(property)))
  const relationship = element.relationships.get(property)
  if (relationship)
    return new RelationshipAttribute({ owner: element, source, attributes: attributesOf, named }, relationship)
  throw new ArgumentError(`${element.name} has no property '${property}'.`, {
    hint: suggest(property, [...element.columns.keys(), ...element.relationships.keys()], 'Properties'),
  })
}

// Asked of every object by the language, by test frameworks and by consoles; never properties of an entity by accident.
const neverAttributes = new Set([
  'then',
  'toJSON',
  'constructor',
  'toString',
  'valueOf',
  'asymmetricMatch',
  'nodeType',
  '$$typeof',
  '@@__IMMUTABLE_ITERABLE__@@',
  '@@__IMMUTABLE_RECORD__@@',
])

/** The object behind `entity(…)`: nothing is resolved before a property is read. */
export function attributesProxy<E, S>(resolve: () => Known): Attributes<E, S> {
  let known: Known | null = null
  const cache = new Map<string, unknown>()
  const ready = (): Known => {
    known ??= resolve()
    return known
  }
  const isAttribute = (key: string) => ready().element.columns.has(key) || ready().element.relationships.has(key)
  const shown = () => `Attributes of ${ready().element.name}: ${[...ready().element.columns.keys()].join(', ')}`
  // A console looks behind the proxy, at what it is made from.
  const behind = Object.create(null, { [inspect]: { value: shown, configurable: true } })
  // The proxy answers exactly what the mapped type says; no narrower type can be given to what it is made from.
  return new Proxy<Attributes<E, S>>(behind, {
    get(_, key) {
      if (key === clauseElement) return ready().element
      if (key === sourceNode) return ready().source
      if (key === inspect) return shown
      if (key === joinedBy) return ready().joinedBy
      if (typeof key === 'symbol') return undefined
      const cached = cache.get(key)
      if (cached !== undefined) return cached
      if (neverAttributes.has(key) && !isAttribute(key)) return undefined
      const found = attribute(key, ready())
      cache.set(key, found)
      return found
    },
    has: (_, key) => key === clauseElement || key === sourceNode || (typeof key === 'string' && isAttribute(key)),
    ownKeys: () => [...ready().element.columns.keys(), ...ready().element.relationships.keys()],
    getOwnPropertyDescriptor: (target, key) =>
      typeof key === 'string' && isAttribute(key)
        ? { enumerable: true, configurable: true, value: attribute(key, ready()) }
        : Reflect.getOwnPropertyDescriptor(target, key),
    set: () => false,
  })
}

/** The attributes of a mapped class as seen in a source: its table, an alias, the excluded row. */
export function attributesOf<E, S = never>(
  element: ClauseElement,
  source: SourceNode = tableSource(element),
): Attributes<E, S> {
  return attributesProxy<E, S>(() => ({ element, source }))
}

/** The attributes of a relationship's target under a name of its own: a join of them follows the relationship. */
function named<T, A>(joinedBy: RelationshipAttribute<unknown, T>, source: SourceNode): Attributes<T, A> {
  const element = joinedBy.element.target()
  return attributesProxy<T, A>(() => ({ element, source, joinedBy }))
}

/** The table of a mapped class as a source. */
export function tableSource(element: ClauseElement): SourceNode {
  return Object.freeze({ kind: 'table', table: element.table, element })
}
