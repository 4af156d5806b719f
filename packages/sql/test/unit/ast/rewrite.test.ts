// walk and rewrite: every kind of node is reached, what no rule touches keeps its identity, what is shared stays shared.
import { describe, expect, it } from '@jest/globals'
import {
  compile,
  deleteFrom,
  type ExpressionNode,
  func,
  insert,
  type Node,
  type NodeKind,
  type NodeOf,
  type QueryNode,
  queryNode,
  rewriteExpression,
  rewriteQuery,
  type SourceNode,
  select,
  sql,
  standardHandlers,
  types as t,
  update,
  walk,
} from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Category, Customer, c, elementOf, Order, o } from '../../shop.ts'

const integer = t.integer()
const one: ExpressionNode = { kind: 'parameter', value: 1, type: integer, subject: 'one' }
const kindsIn = (node: Node): string[] => {
  const kinds: string[] = []
  walk(node, ({ kind }) => {
    kinds.push(kind)
    return true
  })
  return kinds
}

const table: NodeOf<'table'> = { kind: 'table', table: elementOf(Order).table, element: null }
const query: QueryNode = select(o.id)[queryNode]
const fragment: NodeOf<'fragment'> = {
  kind: 'fragment',
  strings: ['', ''],
  parts: [one],
  stands: 'scalar',
  type: integer,
}
const extras = { allowed: [], options: [] }

/** A marked node in every place that a kind has for children: [the kind, the node, how many places]. */
const mark: ExpressionNode = { kind: 'keyword', word: 'default', type: integer }
const source: NodeOf<'selfReference'> = { kind: 'selfReference', name: 'mark', columns: [] }
const marked: QueryNode = { kind: 'raw', fragment: { ...fragment, parts: [] }, columns: null, ...extras }
const selection = {
  form: 'tuple',
  items: [
    { kind: 'value', expression: mark, label: null },
    { kind: 'entity', source, element: elementOf(Order), label: null, names: null },
  ],
} as const
const frame = {
  unit: 'range',
  start: { at: 'preceding', offset: mark },
  end: { at: 'following', offset: mark },
  exclude: null,
} as const
const full = { partitionBy: [mark], orderBy: [mark], frame }
const join: NodeOf<'join'> = { kind: 'join', form: 'join', source, on: mark }
const conflict: NodeOf<'onConflict'> = {
  kind: 'onConflict',
  target: { columns: [mark], where: mark },
  action: { assignments: [{ column: 'x', value: mark }], where: mark },
}
const places: {
  readonly [K in Exclude<NodeKind, `create${string}` | `drop${string}` | 'addForeignKeys'>]: [NodeOf<K>, number]
} = {
  column: [{ kind: 'column', source, name: 'x', column: null, type: integer, subject: 'x' }, 1],
  parameter: [{ kind: 'parameter', value: 1, type: integer, subject: 'x' }, 0],
  keyword: [{ kind: 'keyword', word: 'null', type: integer }, 0],
  identifier: [{ kind: 'identifier', path: ['x'], type: integer }, 0],
  unary: [{ kind: 'unary', operator: '-', operand: mark, type: integer }, 1],
  binary: [{ kind: 'binary', operator: '+', left: mark, right: mark, type: integer }, 2],
  logical: [{ kind: 'logical', operator: 'and', operands: [mark, mark], type: integer }, 2],
  nullTest: [{ kind: 'nullTest', operand: mark, isNegated: false, type: integer }, 1],
  between: [{ kind: 'between', operand: mark, low: mark, high: mark, type: integer }, 3],
  membership: [{ kind: 'membership', operand: mark, values: marked, isNegated: false, type: integer }, 2],
  like: [{ kind: 'like', operand: mark, pattern: mark, isCaseInsensitive: false, isNegated: false, type: integer }, 2],
  cast: [{ kind: 'cast', operand: mark, type: integer }, 1],
  case: [{ kind: 'case', subject: mark, branches: [{ when: mark, result: mark }], otherwise: mark, type: integer }, 4],
  call: [{ kind: 'call', name: 'f', args: [mark], type: integer }, 1],
  aggregate: [
    {
      kind: 'aggregate',
      name: 'f',
      args: [mark],
      isDistinct: false,
      orderBy: [mark],
      withinGroup: [mark],
      filter: mark,
      type: integer,
    },
    4,
  ],
  windowCall: [{ kind: 'windowCall', name: 'f', args: [mark], takesFrame: true, type: integer }, 1],
  window: [{ kind: 'window', call: mark, over: full, type: integer }, 5],
  scalarQuery: [{ kind: 'scalarQuery', query: marked, type: integer }, 1],
  exists: [{ kind: 'exists', query: marked, type: integer }, 1],
  arrayOf: [{ kind: 'arrayOf', elements: [mark, mark], type: integer }, 2],
  tuple: [{ kind: 'tuple', elements: [mark, mark], type: integer }, 2],
  grouping: [{ kind: 'grouping', form: 'cube', elements: [mark], type: integer }, 1],
  fragment: [{ ...fragment, parts: [mark, source, marked, join] }, 5],
  ordering: [{ kind: 'ordering', operand: mark, direction: 'asc', nulls: null, type: integer }, 1],
  labelled: [{ kind: 'labelled', operand: mark, label: 'x', type: integer }, 1],
  table: [table, 0],
  aliased: [{ kind: 'aliased', source, name: 'x' }, 1],
  anonymous: [{ kind: 'anonymous', source, name: 'x', alternative: 'x_y' }, 1],
  derived: [{ kind: 'derived', query: marked, name: 'x', columns: [], isLateral: false }, 1],
  cte: [
    {
      kind: 'cte',
      name: 'x',
      query: marked,
      columns: [],
      recursion: { operator: 'union', query: marked },
      isMaterialized: null,
    },
    2,
  ],
  selfReference: [{ kind: 'selfReference', name: 'x', columns: [] }, 0],
  excluded: [{ kind: 'excluded', table: elementOf(Order).table }, 0],
  functionSource: [{ kind: 'functionSource', call: mark, name: 'x', columns: [], withOrdinality: false }, 1],
  join: [join, 2],
  onConflict: [conflict, 4],
  select: [
    {
      kind: 'select',
      selection,
      from: [source],
      joins: [join],
      where: [mark],
      groupBy: [mark],
      having: [mark],
      qualify: [mark],
      windows: [{ name: 'w', specification: full }],
      orderBy: [mark],
      distinct: [mark],
      limit: mark,
      offset: mark,
      lock: { strength: 'update', of: [source], wait: 'wait' },
      ignoresCriteria: false,
      ...extras,
    },
    18,
  ],
  compound: [
    {
      kind: 'compound',
      operator: 'union',
      queries: [marked, marked],
      orderBy: [mark],
      limit: mark,
      offset: mark,
      ...extras,
    },
    5,
  ],
  insert: [
    {
      kind: 'insert',
      into: table,
      columns: [],
      rows: [[mark], [mark]],
      onConflict: conflict,
      returning: selection,
      ...extras,
    },
    8,
  ],
  update: [
    {
      kind: 'update',
      table,
      assignments: [{ column: 'x', value: mark }],
      from: [source],
      where: [mark],
      isEveryRow: false,
      ignoresCriteria: false,
      returning: selection,
      ...extras,
    },
    5,
  ],
  delete: [
    {
      kind: 'delete',
      table,
      using: [source],
      where: [mark],
      isEveryRow: false,
      ignoresCriteria: false,
      returning: selection,
      ...extras,
    },
    4,
  ],
  raw: [{ kind: 'raw', fragment: { ...fragment, parts: [mark] }, columns: null, ...extras }, 1],
}
const isMark = (node: Node) => node === mark || node === source || node === marked
const kinds = Object.entries(places).map(([kind, [node, count]]): [string, Node, number] => [kind, node, count])

describe('the child table', () => {
  it('is tried for every kind that a statement is made of', () => {
    const all = Object.keys(standardHandlers).filter((kind) => !/^(create|drop|add)/.test(kind))
    expect(Object.keys(places).sort()).toEqual(all.sort())
  })
  it.each(kinds)('leads walk to every child: %s', (_, node, count) => {
    let found = 0
    walk(node, (child) => {
      if (child !== node && isMark(child)) found++
      return true
    })
    expect(found).toBe(count)
  })
  it.each(kinds)('lets rewrite replace every child: %s', (_, node, count) => {
    const other: ExpressionNode = { ...mark }
    const rules = {
      expression: (child: ExpressionNode) => (child === mark ? other : child),
      source: (child: SourceNode): SourceNode => (child === source ? { ...source, name: 'other' } : child),
      query: (child: QueryNode): QueryNode => (child === marked ? { ...marked, columns: { other: integer } } : child),
    }
    const holder: QueryNode = { ...marked, fragment: { ...fragment, strings: ['', ''], parts: [node] } }
    const next = rewriteQuery(holder, rules)
    let left = 0
    walk(next, (child) => {
      if (child !== node && isMark(child)) left++
      return true
    })
    expect(left).toBe(0)
    expect(next === holder).toBe(count === 0)
    expect(rewriteQuery(holder, {})).toBe(holder)
  })
  it('reaches joins, ON CONFLICT, the target of a change and the text of a template', () => {
    const seen = (statement: { readonly [queryNode]: QueryNode }) => kindsIn(statement[queryNode])
    expect(seen(select(o.id).join(Customer))).toContain('join')
    expect(seen(insert(Category).values({ id: 1, parentId: null, name: 'x' }).onConflictDoNothing())).toEqual(
      expect.arrayContaining(['onConflict', 'table']),
    )
    expect(seen(update(Category).set({ name: 'x' }).everyRow())).toContain('table')
    expect(seen(deleteFrom(Category).everyRow())).toContain('table')
    expect(seen(sql`select ${1}`)).toEqual(['raw', 'fragment', 'parameter'])
  })
})

describe('rewrite', () => {
  it('keeps a shared value one parameter', () => {
    const bucket = o.amount.div(10)
    const grouped = select({ bucket, n: func.count() }).groupBy(bucket)
    const next = rewriteQuery(grouped[queryNode], {
      expression: (node) => (node.kind === 'parameter' ? { ...node, value: 20 } : node),
    })
    const { text, binds } = compile(next, dialect)
    expect(text).toBe('select amount / $1 as bucket, count(*) as n from orders group by amount / $1')
    expect(binds.map(({ value }) => value)).toEqual([20])
  })
  it('adds a condition wherever a table is read', () => {
    const rule = (node: QueryNode): QueryNode =>
      node.kind === 'select' && node.from.length + node.selection.items.length > 0
        ? { ...node, where: [...node.where, o.status.eq('live').node] }
        : node
    const outer = select(o.id).where(o.id.in(select(o.id)))
    expect(compile(rewriteQuery(outer[queryNode], { query: rule }), dialect).text).toBe(
      'select id from orders where id in (select orders.id from orders where orders.status = $1) and status = $2',
    )
  })
  it('moves a change to another table', () => {
    const archive = elementOf(Category).table
    const rules = {
      source: (node: SourceNode): SourceNode => (node.kind === 'table' ? { ...node, table: archive } : node),
    }
    expect(compile(rewriteQuery(deleteFrom(Order).where(o.id.eq(1))[queryNode], rules), dialect).text).toBe(
      'delete from categories where id = $1',
    )
  })
  it('refuses to put a query where a change needs a table', () => {
    const rules = { source: (): SourceNode => ({ kind: 'derived', query, name: 'x', columns: [], isLateral: false }) }
    expect(() => rewriteQuery(deleteFrom(Order).everyRow()[queryNode], rules)).toThrow(
      /in the place of the table orders/,
    )
  })
  it('rewrites an expression alone', () => {
    const next = rewriteExpression(o.id.add(1).node, {
      expression: (node) => (node.kind === 'parameter' ? { ...node, value: 2 } : node),
    })
    expect(next).toMatchObject({ kind: 'binary', right: { value: 2 } })
  })
})

describe('walk', () => {
  it('visits parents before children, from left to right', () => {
    const { where } = select(o.id).where(o.id.add(1).eq(o.amount))[queryNode]
    const [condition] = where
    const seen: string[] = []
    if (condition)
      walk(condition, (node) => {
        seen.push(node.kind === 'column' ? node.name : node.kind)
        return true
      })
    expect(seen).toEqual(['binary', 'binary', 'id', 'table', 'parameter', 'amount', 'table'])
  })
  it('leaves out the children of a node for false', () => {
    const seen: string[] = []
    walk(select(o.id).where(c.orders.any())[queryNode], (node) => {
      seen.push(node.kind)
      return node.kind !== 'exists'
    })
    expect(seen.filter((kind) => kind === 'select')).toHaveLength(1)
  })
  it('survives fifty thousand levels', () => {
    let deep: ExpressionNode = one
    for (let i = 0; i < 50_000; i++) deep = { kind: 'unary', operator: 'not', operand: deep, type: integer }
    expect(kindsIn(deep)).toHaveLength(50_001)
  })
})
