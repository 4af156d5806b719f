// The entities that hang on one that becomes JSON, each with what it shows, and which of them are shown whole only once. to-json.ts writes them.
import { clauseElement } from '@oriel/sql'
import { stronglyConnected } from '../unit-of-work/topological.ts'

/** An entity, and what it shows. */
export interface JsonNode {
  readonly entity: object
  readonly entries: readonly (readonly [string, unknown])[]
  /** Entities among what it shows, in their order. */
  readonly below: readonly JsonNode[]
  /** Leads back to itself, or to so many that repeating them would multiply. */
  readonly isOnce: boolean
  /** Leads back to itself. */
  readonly isInCircle: boolean
}

type Draft = { -readonly [K in keyof JsonNode]: JsonNode[K] } & { below: Draft[] }

/** What gives the entries of an entity whose class says itself what becomes JSON; null for the entity's own properties. */
export type OwnJson = (entity: object) => unknown

/** So many objects below one are repeated wherever it stands, as in any other JSON. */
const repeatedAtMost = 1000

export function isEntity(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return typeof value.constructor === 'function' && clauseElement in value.constructor
}

function entitiesIn(value: unknown): object[] {
  if (Array.isArray(value)) return value.flatMap(entitiesIn)
  return isEntity(value) ? [value] : []
}

/** Asks each entity once what it shows, from this one on. */
export class JsonGraph {
  readonly root: JsonNode
  readonly #nodes = new Map<object, Draft>()
  readonly #ownJson: OwnJson

  constructor(entity: object, ownJson: OwnJson) {
    this.#ownJson = ownJson
    this.root = this.#draft(entity, Object.entries(entity))
    // The map grows while it is walked: chains are long.
    for (const node of this.#nodes.values())
      for (const [, value] of node.entries)
        for (const found of entitiesIn(value)) {
          const below = this.#nodes.get(found) ?? this.#meet(found)
          if (below) node.below.push(below)
        }
    this.#rate()
  }

  /** What stands for a value: a node for an entity, null for one that says by itself what it is. */
  nodeOf(entity: object): JsonNode | null {
    return this.#nodes.get(entity) ?? null
  }

  #meet(entity: object): Draft | null {
    const own = this.#ownJson(entity)
    if (own === null) return this.#draft(entity, Object.entries(entity))
    const isShown = typeof own === 'object' && !Array.isArray(own) && !(own instanceof Date)
    return isShown ? this.#draft(entity, Object.entries(own)) : null
  }

  #draft(entity: object, entries: JsonNode['entries']): Draft {
    const node: Draft = { entity, entries, below: [], isOnce: false, isInCircle: false }
    this.#nodes.set(entity, node)
    return node
  }

  #rate(): void {
    const sizes = new Map<Draft, number>()
    for (const group of stronglyConnected(this.#nodes.values(), ({ below }) => below))
      for (const node of group) {
        node.isInCircle = group.length > 1 || node.below.includes(node)
        let size = 1
        for (const each of node.below) size += each.isOnce ? 1 : (sizes.get(each) ?? 0)
        node.isOnce = node.isInCircle || size > repeatedAtMost
        sizes.set(node, size)
      }
  }
}
