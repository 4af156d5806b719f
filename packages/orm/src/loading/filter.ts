// The filter of a selectinload: a condition, an order, and a number of members per parent.
import {
  ArgumentError,
  attributesOf,
  type ClauseElement,
  type ExpressionNode,
  type RowCondition,
  type Several,
  type Sortable,
  type SourceNode,
  suggest,
} from '@oriel/sql'
import { expressionNode } from '../registry/expression-of.ts'

/** Which members a loader brings, in which order, and how many for each parent. */
export interface Filter {
  readonly where?: Several<RowCondition>
  readonly orderBy?: Several<Sortable<'scalar'>>
  /** At most so many per parent, in one statement. */
  readonly limit?: number
  /** Leaves out so many per parent. */
  readonly offset?: number
}

/** A filter as it is kept: the callback, given the attributes of whatever it is asked for. */
export type FilterOf = (target: unknown) => unknown

/** A filter for one place in FROM. */
export interface ResolvedFilter {
  readonly where: readonly ExpressionNode[]
  readonly orderBy: readonly ExpressionNode[]
  readonly limit: number | null
  readonly offset: number
}

export const noFilter: ResolvedFilter = Object.freeze({ where: [], orderBy: [], limit: null, offset: 0 })

const known = ['where', 'orderBy', 'limit', 'offset']

function nodes(given: unknown, where: string): ExpressionNode[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  return list.map((value) => {
    const node = expressionNode(value)
    if (node) return node
    throw new ArgumentError(`${where} takes expressions, got ${value === null ? 'null' : typeof value}.`, {
      hint: 'Write them over the attributes that the callback is given.',
    })
  })
}

function count(given: unknown, where: string): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return given
  throw new ArgumentError(`${where} takes a whole number of at least 0, got ${String(given)}.`)
}

/** Asks the callback. Throws ArgumentError for options that a filter does not have. */
export function resolveFilter(
  filter: FilterOf | null,
  target: { readonly element: ClauseElement; readonly source: SourceNode },
  label: string,
): ResolvedFilter {
  if (!filter) return noFilter
  const given = filter(attributesOf(target.element, target.source))
  const where = `The filter of ${label}`
  if (typeof given !== 'object' || given === null)
    throw new ArgumentError(`${where} gives an object such as { where, orderBy, limit }.`)
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name))
      throw new ArgumentError(`${where} has no option '${name}'.`, { hint: suggest(name, known, 'Options') })
    if (value === undefined) throw new ArgumentError(`${where}: ${name} is undefined.`, { hint: 'Leave it out.' })
  }
  const option = (name: string): unknown => Reflect.get(given, name)
  return Object.freeze({
    where: 'where' in given ? nodes(option('where'), `${where}: where`) : [],
    orderBy: 'orderBy' in given ? nodes(option('orderBy'), `${where}: orderBy`) : [],
    limit: 'limit' in given ? count(option('limit'), `${where}: limit`) : null,
    offset: 'offset' in given ? count(option('offset'), `${where}: offset`) : 0,
  })
}
