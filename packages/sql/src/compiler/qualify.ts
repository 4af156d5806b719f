// QUALIFY by wrapping: the query becomes a subquery that also computes the windows, and the conditions go outside.

import { mapChildren, type Rewriter } from '../ast/children.ts'
import type { ExpressionNode, NodeOf, QueryNode, SourceNode } from '../ast/node.ts'
import type { DerivedColumn } from '../ast/source-node.ts'
import type { Selected } from '../ast/statement-node.ts'
import { fromSources } from './from.ts'
import { isSameSource, isSameTree } from './scope.ts'
import { planSelection } from './selection.ts'

const wrapperName = 'qualified'

/** A select without `qualify` that gives the same rows as one with it. Shape, entities and order are kept. */
export function expandQualify(node: NodeOf<'select'>): NodeOf<'select'> {
  const plan = planSelection(node.selection)
  const inner: Selected[] = plan.columns.map((column) => ({
    kind: 'value',
    expression: Object.freeze({
      kind: 'labelled',
      operand: bare(column.expression),
      label: column.name,
      type: column.type,
    }),
    label: null,
  }))
  const columns: DerivedColumn[] = plan.columns.map(({ key, name, type }) => ({ key, name, type }))
  const known = plan.columns.map((column) => ({ operand: bare(column.expression), name: column.name }))

  const query: NodeOf<'select'> = {
    ...node,
    selection: { form: 'tuple', items: inner },
    qualify: [],
    orderBy: [],
    limit: null,
    offset: null,
    distinct: 'none',
    lock: null,
  }
  const wrapper: NodeOf<'derived'> = { kind: 'derived', query, name: wrapperName, columns, isLateral: false }

  const outside = (name: string, type: ExpressionNode['type']): ExpressionNode =>
    Object.freeze({ kind: 'column', source: wrapper, name, column: null, type, subject: name })
  /** The expression seen from outside: computed inside under a name, and read by that name. */
  const hoist = (expression: ExpressionNode): ExpressionNode => {
    const operand = bare(expression)
    const same = known.find((column) => isSameTree(column.operand, operand))
    if (same) return outside(same.name, operand.type)
    let name = `qualified_${known.length + 1}`
    while (known.some((column) => column.name === name)) name += '_'
    known.push({ operand, name })
    inner.push({
      kind: 'value',
      expression: Object.freeze({ kind: 'labelled', operand, label: name, type: operand.type }),
      label: null,
    })
    columns.push({ key: name, name, type: operand.type })
    return outside(name, operand.type)
  }
  const visit = (expression: ExpressionNode): ExpressionNode =>
    isComputedInside(expression) ? hoist(expression) : mapChildren(expression, outer)
  const sources = sourcesOf(node)
  const outer: Rewriter = {
    expression: visit,
    source: (source) => source,
    query: (query) => withinQuery(query, { sources, hoist, hidden: [] }),
    join: (join) => join,
    onConflict: (conflict) => conflict,
  }

  let position = 0
  const items = node.selection.items.map((item): Selected => {
    if (item.kind === 'entity') {
      const names = plan.columns.slice(position, position + item.element.loadedColumns.length).map(({ name }) => name)
      position += names.length
      return { ...item, source: wrapper, names }
    }
    const column = plan.columns[position++]
    return column ? { ...item, expression: outside(column.name, column.type) } : item
  })
  return {
    ...node,
    selection: { ...node.selection, items },
    from: [wrapper],
    joins: [],
    where: node.qualify.map(visit),
    groupBy: [],
    having: [],
    qualify: [],
    windows: [],
    orderBy: node.orderBy.map((key) =>
      key.kind === 'ordering' ? { ...key, operand: hoist(key.operand) } : hoist(key),
    ),
    distinct: typeof node.distinct === 'string' ? node.distinct : node.distinct.map(hoist),
    ignoresCriteria: true,
  }
}

/** What only the wrapped query can compute. */
function isComputedInside(node: ExpressionNode): boolean {
  return (
    node.kind === 'window' ||
    node.kind === 'column' ||
    node.kind === 'aggregate' ||
    (node.kind === 'fragment' && node.stands !== 'scalar')
  )
}

function sourcesOf(node: NodeOf<'select'>): readonly SourceNode[] {
  return [...fromSources(node), ...node.joins.map((join) => join.source)]
}

interface Correlation {
  /** The sources of the wrapped query. */
  readonly sources: readonly SourceNode[]
  readonly hoist: (column: ExpressionNode) => ExpressionNode
  /** The sources of the subqueries on the way, which come first. */
  readonly hidden: readonly SourceNode[]
}

/** A subquery of a condition: what it reads of the wrapped query, it now reads from around it. */
function withinQuery(query: QueryNode, correlation: Correlation): QueryNode {
  const own = query.kind === 'select' ? sourcesOf(query) : []
  const hidden = [...correlation.hidden, ...own]
  const isOutside = (source: SourceNode): boolean =>
    correlation.sources.some((other) => isSameSource(other, source)) &&
    !hidden.some((other) => isSameSource(other, source))
  // A source that is rewritten stays one for all columns that are read from it.
  const sources = new Map<SourceNode, SourceNode>()
  const rewriter: Rewriter = {
    expression: (node) =>
      node.kind === 'column' && isOutside(node.source) ? correlation.hoist(node) : mapChildren(node, rewriter),
    source: (source) => {
      // A common table expression sees nothing of the queries that use it.
      if (source.kind === 'cte') return source
      let next = sources.get(source)
      if (!next) {
        next = mapChildren(source, rewriter)
        sources.set(source, next)
      }
      return next
    },
    query: (inner) => withinQuery(inner, { ...correlation, hidden }),
    join: (join) => mapChildren(join, rewriter),
    onConflict: (conflict) => mapChildren(conflict, rewriter),
  }
  return mapChildren(query, rewriter)
}

function bare(expression: ExpressionNode): ExpressionNode {
  return expression.kind === 'labelled' ? expression.operand : expression
}
