// A query as a source: CTE, subquery, lateral. Its columns are typed expressions under `c`.

import { frozen } from '../ast/freeze.ts'
import type { NodeOf, QueryNode, SourceNode } from '../ast/node.ts'
import type { DerivedColumn } from '../ast/source-node.ts'
import { columnsGiven, commonColumns } from '../compiler/selection.ts'
import { ArgumentError, CompileError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'
import { Expression } from '../expression/expression.ts'
import { shown } from '../expression/operand.ts'
import { memberOf } from '../statement/member.ts'
import { isQuery, type Query, queryNodeOf } from '../statement/query.ts'
import { type FromItem, sourceNode } from './attributes.ts'
import { widened } from './recursion.ts'

/** The columns of a query as expressions. */
export type Columns<R, S> = { readonly [K in keyof R]: Expression<R[K], 'scalar', S> }

function columnsOf<R, S>(source: SourceNode, columns: readonly DerivedColumn[], name: string): Columns<R, S> {
  const expressions = new Map<string, Expression<unknown>>()
  columns.forEach((column, i) => {
    const node = {
      kind: 'column',
      source,
      name: column.name,
      column: null,
      type: column.type,
      subject: `${name}.${column.key}`,
    } as const
    const expression = new Expression<unknown>(frozen(node))
    // A tuple's columns are known by position, and by name where the name is free.
    expressions.set(String(i), expression)
    if (!expressions.has(column.key)) expressions.set(column.key, expression)
  })
  const keys = columns.map((column) => column.key)
  // The proxy answers what the type says; the columns were made from the same selection as R.
  return new Proxy<Columns<R, S>>(Object.create(null), {
    get(_, key) {
      if (typeof key === 'symbol') return undefined
      const found = expressions.get(key)
      if (found) return found
      if (key === 'then' || key === 'toJSON' || key === 'constructor') return undefined
      throw new ArgumentError(`'${name}' has no column '${key}'.`, { hint: suggest(key, keys, 'Columns') })
    },
    has: (_, key) => typeof key === 'string' && expressions.has(key),
    ownKeys: () => keys,
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === 'string' && keys.includes(key)
        ? { enumerable: true, configurable: true, value: expressions.get(key) }
        : undefined,
    set: () => false,
  })
}

export type CteNode = NodeOf<'cte' | 'selfReference' | 'derived'>

/** A common table expression, a subquery or a lateral subquery. R is its row, S its name as a source. */
export class Cte<R, S> implements FromItem<S> {
  declare readonly '~from': S
  declare readonly '~columns': R
  /** Its columns: `ranked.c.rn.lte(3)`. */
  readonly c: Columns<R, S>
  readonly [sourceNode]: CteNode

  constructor(node: CteNode) {
    this[sourceNode] = node
    this.c = columnsOf<R, S>(node, node.columns, node.name)
  }

  /** `AS MATERIALIZED (…)`: computed once, apart. `materialized(false)` says NOT MATERIALIZED. */
  materialized(isMaterialized = true): Cte<R, S> {
    return new Cte(frozen({ ...this.#cte('materialized'), isMaterialized }))
  }

  /** `UNION` with a query that may read this CTE itself: then it is RECURSIVE, and rows that were there already end the recursion. */
  union(step: (self: Cte<R, S>) => Query<R>): Cte<R, S> {
    return this.#with('union', step)
  }

  /** `UNION ALL` with a query that may read this CTE itself: then it is RECURSIVE. */
  unionAll(step: (self: Cte<R, S>) => Query<R>): Cte<R, S> {
    return this.#with('union all', step)
  }

  #with(operator: 'union' | 'union all', step: (self: Cte<R, S>) => Query<R>): Cte<R, S> {
    const node = this.#cte(operator === 'union' ? 'union' : 'unionAll')
    const self = new Cte<R, S>(frozen({ kind: 'selfReference', name: node.name, columns: node.columns }))
    const query = step(self)
    if (!isQuery(query)) throw new ArgumentError(`The step of '${node.name}' gives a query, got ${shown(query)}.`)
    const member = memberOf(node.query, queryNodeOf(query), `The step of '${node.name}'`)
    const base = widened(node, member)
    const columns = commonColumns(base.columns, member)
    return new Cte(frozen({ ...base, columns, recursion: frozen({ operator, query: member }) }))
  }

  #cte(method: string): NodeOf<'cte'> {
    const node = this[sourceNode]
    if (node.kind === 'cte') return node
    throw new CompileError(
      `.${method}() belongs to a CTE; '${node.name}' is ${node.kind === 'derived' ? 'a subquery' : 'the CTE seen from inside'}.`,
    )
  }
}

/** The columns that a query gives to the one around it. */
export function columnsOfQuery(query: QueryNode, name: string): readonly DerivedColumn[] {
  if (typeof name !== 'string' || name === '')
    throw new ArgumentError(`A CTE or subquery needs a name, got ${shown(name)}.`)
  const columns = columnsGiven(query)
  if (columns) return columns
  throw new CompileError(`'${name}' gives no columns.`, {
    hint: 'Add .returning(…), or .columns({ … }) behind a sql template.',
  })
}

export function cteOf<R, S>(query: QueryNode, name: string): Cte<R, S> {
  const columns = columnsOfQuery(query, name)
  return new Cte(frozen({ kind: 'cte', name, query, columns, recursion: null, isMaterialized: null }))
}

export function subqueryOf<R, S>(query: QueryNode, name: string, isLateral = false): Cte<R, S> {
  return new Cte(frozen({ kind: 'derived', query, name, columns: columnsOfQuery(query, name), isLateral }))
}
