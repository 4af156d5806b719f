// What withCriteria adds: an entity's criterion, sharpened for one statement and the loaders behind it.
import {
  ArgumentError,
  attributesOf,
  type ClauseElement,
  type ExpressionNode,
  type QueryNode,
  rewriteQuery,
  type SourceNode,
  type Table,
  tableSource,
  types,
} from '@oriel/sql'
import { expressionNode } from '../registry/expression-of.ts'
import type { CriteriaOption } from './loader.ts'

const booleanType = types.boolean()

/** All conditions at once. */
export function allOf(conditions: readonly ExpressionNode[]): ExpressionNode {
  const [first] = conditions
  if (first && conditions.length === 1) return first
  return Object.freeze({ kind: 'logical', operator: 'and', operands: conditions, type: booleanType })
}

export class Criteria {
  readonly #options: readonly CriteriaOption[]
  readonly #elements = new Map<Table, ClauseElement>()

  constructor(options: readonly CriteriaOption[]) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#options.length === 0
  }

  /** Does anything hide rows of this entity? */
  restricts(element: ClauseElement): boolean {
    return element.criterion !== undefined || this.sharpens(element)
  }

  /** Does the statement hide rows of this entity that others see? */
  sharpens(element: ClauseElement): boolean {
    return this.#options.some((option) => option.element.table === element.table)
  }

  /** The entity's table as a source, under the criteria of this statement. */
  source(element: ClauseElement): SourceNode {
    return tableSource(this.#element(element))
  }

  /** The query with the criteria at every place where an entity is read. */
  apply(query: QueryNode): QueryNode {
    if (this.isEmpty) return query
    return rewriteQuery(query, {
      source: (node) =>
        node.kind === 'table' && node.element ? Object.freeze({ ...node, element: this.#element(node.element) }) : node,
    })
  }

  #element(element: ClauseElement): ClauseElement {
    const options = this.#options.filter((option) => option.element.table === element.table)
    if (options.length === 0) return element
    const known = this.#elements.get(element.table)
    if (known) return known
    const { criterion } = element
    const made: ClauseElement = Object.freeze({
      ...element,
      criterion: (source: SourceNode) =>
        allOf([...(criterion ? [criterion(source)] : []), ...options.map((option) => conditionOf(option, source))]),
    })
    this.#elements.set(element.table, made)
    return made
  }
}

function conditionOf({ element, condition }: CriteriaOption, source: SourceNode): ExpressionNode {
  const node = expressionNode(condition(attributesOf(element, source)))
  if (node) return node
  throw new ArgumentError(`withCriteria(${element.name}, …) gives no condition.`, {
    hint: 'Write it over the attributes that the callback is given: (o) => o.status.eq(…).',
  })
}
