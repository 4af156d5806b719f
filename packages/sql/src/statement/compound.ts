// UNION, INTERSECT, EXCEPT.
import type { ExpressionNode, NodeOf } from '../ast/node.ts'
import type { Compiled, WarningCode } from '../compiler/compiled.ts'
import { isSameTree } from '../compiler/scope.ts'
import { derivedColumns, planSelection, selectionOf } from '../compiler/selection.ts'
import type { Dialect } from '../dialect.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'
import { Element, frozen, type Sortable, shown } from '../expression/operand.ts'
import { type Cte, cteOf, subqueryOf } from '../source/derived.ts'
import { allowing } from './allowed.ts'
import { limitNode } from './limit.ts'
import { columnsGivenBy, memberOf } from './member.ts'
import { compileOnce, inspect, inspectStatement, isQuery, type Query, queryNode, queryNodeOf, sqlOf } from './query.ts'

type CompoundNode = NodeOf<'compound'>
type Operator = CompoundNode['operator']

/** Several queries as one. R is the row of the first. */
export class Compound<R> implements Query<R> {
  declare readonly '~row': R
  readonly [queryNode]: CompoundNode

  constructor(node: CompoundNode) {
    this[queryNode] = frozen(node)
  }

  /** `ORDER BY`: by the name of a column of the result, or by one of the expressions of the first query. */
  orderBy(...keys: (Sortable<'scalar'> | (keyof R & string))[]): Compound<R> {
    return this.#with({ orderBy: [...this.#node.orderBy, ...keys.map((key) => this.#key(key))] })
  }

  /** `LIMIT`. */
  limit(rows: number): Compound<R> {
    return this.#with({ limit: limitNode(rows, 'limit()') })
  }

  /** `OFFSET`. */
  offset(rows: number): Compound<R> {
    return this.#with({ offset: limitNode(rows, 'offset()') })
  }

  /** Silences warnings of these codes. */
  allow(...codes: WarningCode[]): Compound<R> {
    return this.#with({ allowed: allowing(this.#node.allowed, codes) })
  }

  /** As a common table expression. */
  cte<const A extends string>(name: A): Cte<R, A> {
    return cteOf(this.#node, name)
  }

  /** As a subquery in FROM. */
  subquery<const A extends string>(name: A): Cte<R, A> {
    return subqueryOf(this.#node, name)
  }

  get allowed(): readonly WarningCode[] {
    return this.#node.allowed
  }

  compile(dialect: Dialect): Compiled {
    return compileOnce(this.#node, dialect, this.allowed)
  }

  toSQL(target?: Dialect | { readonly dialect: Dialect }): { text: string; params: unknown[] } {
    return sqlOf(this.#node, target, this.allowed)
  }

  [inspect](): string {
    return inspectStatement('Compound', () => this.toSQL())
  }

  get #node(): CompoundNode {
    return this[queryNode]
  }

  #with(change: Partial<CompoundNode>): Compound<R> {
    return new Compound({ ...this.#node, ...change })
  }

  /** ORDER BY behind a set operation may only name columns of the result. */
  #key(key: unknown): ExpressionNode {
    const selection = selectionOf(this.#node)
    const columns = selection ? derivedColumns(selection) : []
    const named = (name: string): ExpressionNode => {
      const column = columns.find((candidate) => candidate.key === name)
      if (column) return frozen({ kind: 'identifier', path: [column.name], type: column.type })
      throw new ArgumentError(`The result of a set operation has no column '${name}'.`, {
        hint: suggest(
          name,
          columns.map((column) => column.key),
          'Columns',
        ),
      })
    }
    if (typeof key === 'string') return named(key)
    if (!(key instanceof Element))
      throw new ArgumentError(`orderBy() takes a column's name or an expression, got ${shown(key)}.`)
    const { node } = key
    const operand = node.kind === 'ordering' ? node.operand : node
    const planned = selection ? planSelection(selection).columns : []
    const alike = planned.filter(({ expression }) => isSameTree(unlabelled(expression), unlabelled(operand)))
    const label = operand.kind === 'labelled' ? operand.label : null
    // Equal in the first query, two columns may differ in the others: the label tells them apart.
    const found = alike.find(({ key }) => key === label) ?? alike[0]
    if (!found)
      throw new ArgumentError(
        'orderBy() behind a set operation was given an expression that its first query does not select.',
        {
          hint: `Order by a column of the result: ${columns.map(({ key }) => `'${key}'`).join(', ')}.`,
        },
      )
    const column: ExpressionNode = frozen({ kind: 'identifier', path: [found.name], type: found.type })
    return node.kind === 'ordering' ? frozen({ ...node, operand: column }) : column
  }
}

function unlabelled(node: ExpressionNode): ExpressionNode {
  return node.kind === 'labelled' ? node.operand : node
}

function combine<R>(operator: Operator, queries: readonly Query<R>[]): Compound<R> {
  const name = operator.replace(' all', 'All')
  for (const query of queries)
    if (!isQuery(query)) throw new ArgumentError(`${name}() takes queries, got ${shown(query)}.`)
  if (queries.length < 2) throw new ArgumentError(`${name}() takes at least two queries.`)
  const widths = queries.flatMap((query) => columnsGivenBy(queryNodeOf(query))?.keys.length ?? [])
  if (new Set(widths).size > 1)
    throw new ArgumentError(`${name}() takes queries with the same number of columns, got ${widths.join(', ')}.`)
  const [first, ...rest] = queries.map(queryNodeOf)
  return new Compound({
    kind: 'compound',
    operator,
    queries: first ? [first, ...rest.map((query) => memberOf(first, query, `${name}()`))] : [],
    orderBy: [],
    limit: null,
    offset: null,
    allowed: [],
    options: [],
  })
}

type Rest<R> = [Query<NoInfer<R>>, ...Query<NoInfer<R>>[]]

/** Rows of any of the queries, each once: `a UNION b`. */
export function union<R>(first: Query<R>, ...rest: Rest<R>): Compound<R> {
  return combine('union', [first, ...rest])
}
/** Rows of all queries: `a UNION ALL b`. */
export function unionAll<R>(first: Query<R>, ...rest: Rest<R>): Compound<R> {
  return combine('union all', [first, ...rest])
}
/** Rows that all queries give: `a INTERSECT b`. */
export function intersect<R>(first: Query<R>, ...rest: Rest<R>): Compound<R> {
  return combine('intersect', [first, ...rest])
}
/** `a INTERSECT ALL b`: as often as every query gives them. */
export function intersectAll<R>(first: Query<R>, ...rest: Rest<R>): Compound<R> {
  return combine('intersect all', [first, ...rest])
}
/** Rows of the first query that no other gives: `a EXCEPT b`. */
export function except<R>(first: Query<R>, ...rest: Rest<R>): Compound<R> {
  return combine('except', [first, ...rest])
}
/** `a EXCEPT ALL b`: less as often as the others give them. */
export function exceptAll<R>(first: Query<R>, ...rest: Rest<R>): Compound<R> {
  return combine('except all', [first, ...rest])
}
