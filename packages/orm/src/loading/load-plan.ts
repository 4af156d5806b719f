// What is loaded behind a statement, as a frozen value: entities, their columns, and the relationships that lead on. It can be printed.
import type { ClauseElement, SourceNode } from '@oriel/sql'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import type { Criteria } from './criteria.ts'
import type { ResolvedFilter } from './filter.ts'
import type { Strategy } from './loader-path.ts'

/** An entity that is loaded, at one place of the graph. */
export interface LoadNode {
  readonly mapper: Mapper
  /** The entity with the columns that are loaded here. */
  readonly element: ClauseElement
  /** Were other columns asked for than usual? */
  readonly hasChosenColumns: boolean
  readonly branches: readonly Branch[]
}

/** A relationship that leads from one entity of the graph to another. */
export interface Branch {
  readonly strategy: Strategy
  readonly owner: Mapper
  readonly relationship: RelationshipProperty
  readonly filter: ResolvedFilter
  readonly innerJoin: boolean
  /** Some members may not come along. */
  readonly isPartial: boolean
  /** Where the relationship was read, and the join that containsEager reads: as the user wrote them. */
  readonly source: SourceNode
  readonly from: SourceNode | null
  readonly target: LoadNode
}

/** An entity that the statement selects, by its place in the select list. */
export interface LoadRoot {
  readonly item: number
  readonly node: LoadNode
}

/** `Customer.orders`. */
export function branchLabel({ owner, relationship }: Branch): string {
  return `${owner.name}.${relationship.name}`
}

function describeFilter({ where, orderBy, limit, offset }: ResolvedFilter): string {
  const parts = [
    ...(where.length > 0 ? ['where'] : []),
    ...(orderBy.length > 0 ? ['ordered'] : []),
    ...(limit === null ? [] : [`limit ${limit} per parent`]),
    ...(offset === 0 ? [] : [`offset ${offset} per parent`]),
  ]
  return parts.map((part) => `, ${part}`).join('')
}

function describeNode({ mapper, element, hasChosenColumns }: LoadNode): string {
  return hasChosenColumns ? `${mapper.name} (${element.loadedColumns.map((c) => c.property).join(', ')})` : mapper.name
}

function* lines(node: LoadNode, indent: string): Generator<string> {
  for (const branch of node.branches) {
    const { relationship, strategy, filter, innerJoin, target } = branch
    const inner = innerJoin ? ', inner' : ''
    yield `${indent}${relationship.name}: ${strategy}${inner}${describeFilter(filter)} → ${describeNode(target)}`
    yield* lines(target, `${indent}  `)
  }
}

/** What a statement's loader options come to. */
export class LoadPlan {
  readonly roots: readonly LoadRoot[]
  readonly criteria: Criteria
  readonly ignoresCriteria: boolean

  constructor(parts: Pick<LoadPlan, 'roots' | 'criteria' | 'ignoresCriteria'>) {
    this.roots = Object.freeze([...parts.roots])
    this.criteria = parts.criteria
    this.ignoresCriteria = parts.ignoresCriteria
    Object.freeze(this)
  }

  /** The classes that the loaders read, so that they can be flushed before. */
  get mappers(): ReadonlySet<Mapper> {
    const found = new Set<Mapper>()
    const visit = (node: LoadNode): void => {
      for (const { target, strategy } of node.branches) {
        if (strategy !== 'raiseload' && strategy !== 'lazyload') found.add(target.mapper)
        visit(target)
      }
    }
    for (const { node } of this.roots) visit(node)
    return found
  }

  /** Does a join multiply the rows of the statement, so that they cannot be streamed one by one? */
  get hasJoinedCollection(): boolean {
    const isJoined = ({ strategy }: Branch): boolean => strategy === 'joinedload' || strategy === 'containsEager'
    const visit = (node: LoadNode): boolean =>
      node.branches.some((branch) => isJoined(branch) && (branch.relationship.isMany || visit(branch.target)))
    return this.roots.some(({ node }) => visit(node))
  }

  /** One line per entity and relationship: `  orders: selectinload, limit 3 per parent → Order`. */
  toString(): string {
    return this.roots.map(({ node }) => [describeNode(node), ...lines(node, '  ')].join('\n')).join('\n')
  }
}
