// What JSON.stringify shows of an entity: what is loaded, without going in circles, bigint as string. Which entities hang on it, and
// which of them are shown whole only once, is json-graph.ts's to say; so the text grows with the objects, not with the ways through them.
import { ArgumentError } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'
import { isEntity, JsonGraph, type JsonNode } from './json-graph.ts'

/** An object of the JSON: what it shows, and where it stands. */
interface Place {
  readonly node: JsonNode
  readonly above: Place | null
  readonly depth: number
  readonly shown: Record<string, unknown>
}

/** JSON.stringify itself ends at a few thousand levels, with an error that names nobody. */
const deepest = 1000

/** The `toJSON` that are ours. */
const ours = new WeakSet<object>()

/** What a class says of itself; null where it says nothing. */
function ownJson(entity: object): unknown {
  const toJson: unknown = Reflect.get(entity, 'toJSON')
  if (typeof toJson !== 'function' || ours.has(toJson)) return null
  const said: unknown = Reflect.apply(toJson, entity, [])
  return said ?? undefined
}

function isAbove(node: JsonNode, from: Place): boolean {
  for (let place: Place | null = from; place; place = place.above) if (place.node === node) return true
  return false
}

class Writing {
  readonly #graph: JsonGraph
  readonly #queue: Place[] = []
  /** Objects that have their place where they are shown whole. */
  readonly #whole = new Set<JsonNode>()

  constructor(graph: JsonGraph) {
    this.#graph = graph
  }

  /** Level by level: what is shown whole only once is so where it is nearest. */
  write(): object {
    const { shown } = this.#place(this.#graph.root, null)
    for (const place of this.#queue)
      for (const [name, value] of place.node.entries)
        if (!this.#isLeftOut(value, place)) place.shown[name] = this.#value(value, place)
    return shown
  }

  #place(node: JsonNode, above: Place | null): Place {
    const depth = above ? above.depth + 1 : 0
    if (depth > deepest)
      throw new ArgumentError(
        `${this.#graph.root.entity.constructor.name} leads more than ${deepest} objects deep, which is deeper than JSON goes.`,
        {
          hint: `Write what is to be shown of them, such as a list: the last was one of ${node.entity.constructor.name}.`,
        },
      )
    const place: Place = { node, above, depth, shown: {} }
    this.#whole.add(node)
    this.#queue.push(place)
    return place
  }

  /** A reference back to an object on the current path. */
  #isLeftOut(value: unknown, place: Place): boolean {
    const node = isEntity(value) ? this.#graph.nodeOf(value) : null
    return node?.isInCircle === true && isAbove(node, place)
  }

  #value(value: unknown, place: Place): unknown {
    if (typeof value === 'bigint') return value.toString()
    if (Array.isArray(value)) {
      // No hole in the place of what is left out.
      const items: readonly unknown[] = value
      return items.filter((item) => !this.#isLeftOut(item, place)).map((item) => this.#value(item, place))
    }
    const node = isEntity(value) ? this.#graph.nodeOf(value) : null
    if (!node) return value
    return node.isOnce && this.#whole.has(node) ? columnsOf(node) : this.#place(node, place).shown
  }
}

function holdsEntity(value: unknown): boolean {
  return Array.isArray(value) ? value.some(holdsEntity) : isEntity(value)
}

function leaf(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return Array.isArray(value) ? value.map(leaf) : value
}

/** An object that is shown whole elsewhere: all of it but the objects that it leads to. */
function columnsOf({ entries }: Pick<JsonNode, 'entries'>): object {
  return Object.fromEntries(entries.flatMap(([name, value]) => (holdsEntity(value) ? [] : [[name, leaf(value)]])))
}

/** Gives a class a `toJSON` that no loop over its keys meets; one of its own, or of a base class, stays. */
export function defineToJson(entityClass: AnyClass): void {
  const prototype: object = entityClass.prototype
  if ('toJSON' in prototype) return
  const toJSON = function (this: object): object {
    // Most have nothing loaded but their columns.
    const entries = Object.entries(this)
    if (!entries.some(([, value]) => holdsEntity(value))) return columnsOf({ entries })
    return new Writing(new JsonGraph(this, ownJson)).write()
  }
  ours.add(toJSON)
  Object.defineProperty(prototype, 'toJSON', { configurable: true, writable: true, enumerable: false, value: toJSON })
}
