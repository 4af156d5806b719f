// One table that knows the children of every kind of node. `walk` and `rewrite` are made from it, so a new kind is added in one place.
import { CompileError } from '../error/oriel-error.ts'
import type { Frame, FrameBound, NodeOfWindow } from './expression-node.ts'
import type { ExpressionNode, Node, NodeKind, NodeOf, QueryNode, SourceNode } from './node.ts'
import type { Assignment, JoinNode } from './source-node.ts'
import type { Selection } from './statement-node.ts'

/** What is done with a child, by the place it stands in: an expression is replaced by an expression, a source by a source. */
export interface Rewriter {
  expression(node: ExpressionNode): ExpressionNode
  source(node: SourceNode): SourceNode
  query(node: QueryNode): QueryNode
  join(node: JoinNode): JoinNode
  onConflict(node: NodeOf<'onConflict'>): NodeOf<'onConflict'>
}

type Children = { readonly [K in NodeKind]: (node: NodeOf<K>, to: Rewriter) => NodeOf<K> }

/** The node with new children, or the very same node where nothing changed. */
function revise<N extends object>(node: N, next: Partial<N>): N {
  for (const key in next) if (next[key] !== node[key]) return Object.freeze({ ...node, ...next })
  return node
}

/** A list with each item replaced, or the very same list where nothing changed. */
function each<T>(items: readonly T[], replace: (item: T) => T): readonly T[] {
  let changed: T[] | null = null
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as T // i is below the length
    const next = replace(item)
    if (next !== item) changed ??= items.slice(0, i)
    changed?.push(next)
  }
  return changed ? Object.freeze(changed) : items
}

const orNull = <T>(node: T | null, replace: (node: T) => T): T | null => (node === null ? null : replace(node))

function bound(edge: FrameBound, to: Rewriter): FrameBound {
  if (!('offset' in edge) || typeof edge.offset === 'number') return edge
  return revise(edge, { offset: to.expression(edge.offset) })
}

function frame(node: Frame, to: Rewriter): Frame {
  return revise(node, { start: bound(node.start, to), end: bound(node.end, to) })
}

function windowSpecification(node: NodeOfWindow, to: Rewriter): NodeOfWindow {
  return revise(node, {
    partitionBy: each(node.partitionBy, to.expression),
    orderBy: each(node.orderBy, to.expression),
    frame: orNull(node.frame, (f) => frame(f, to)),
  })
}

function selection(node: Selection, to: Rewriter): Selection {
  return revise(node, {
    items: each(node.items, (item) =>
      item.kind === 'value'
        ? revise(item, { expression: to.expression(item.expression) })
        : revise(item, { source: to.source(item.source) }),
    ),
  })
}

function assignments(nodes: readonly Assignment[], to: Rewriter): readonly Assignment[] {
  return each(nodes, (assignment) => revise(assignment, { value: to.expression(assignment.value) }))
}

/** The table that a statement changes: whatever a rule makes of it, it must be a table. */
function target(node: NodeOf<'table'>, to: Rewriter): NodeOf<'table'> {
  const next = to.source(node)
  if (next.kind === 'table') return next
  throw new CompileError(`A rewrite put a ${next.kind} in the place of the table ${node.table.qualifiedName}.`, {
    hint: 'INSERT, UPDATE and DELETE change a table: leave nodes of other statements to the rule.',
  })
}

/** A statement written as a template stays one, whatever a rule makes of the template. */
function template(node: NodeOf<'fragment'>, to: Rewriter): NodeOf<'fragment'> {
  const next = to.expression(node)
  return next.kind === 'fragment' ? next : Object.freeze({ ...node, strings: ['', ''], parts: [next] })
}

function isQuery(value: QueryNode | ExpressionNode): value is QueryNode {
  return isQueryNode(value)
}

/** Is this a node that gives rows, rather than a value? */
export function isQueryNode(node: Node): node is QueryNode {
  return (
    node.kind === 'select' ||
    node.kind === 'compound' ||
    node.kind === 'insert' ||
    node.kind === 'update' ||
    node.kind === 'delete' ||
    node.kind === 'raw'
  )
}

/** Is this a node that stands in FROM? */
export function isSourceNode(node: Node): node is SourceNode {
  return (
    node.kind === 'table' ||
    node.kind === 'aliased' ||
    node.kind === 'anonymous' ||
    node.kind === 'derived' ||
    node.kind === 'cte' ||
    node.kind === 'selfReference' ||
    node.kind === 'excluded' ||
    node.kind === 'functionSource'
  )
}

/** Is this a node that stands for a value? */
export function isExpressionNode(node: Node): node is ExpressionNode {
  return (
    !isQueryNode(node) &&
    !isSourceNode(node) &&
    node.kind !== 'join' &&
    node.kind !== 'onConflict' &&
    !isDefinition(node)
  )
}

function anyNode(node: Node, to: Rewriter): Node {
  if (isQueryNode(node)) return to.query(node)
  if (isSourceNode(node)) return to.source(node)
  if (isExpressionNode(node)) return to.expression(node)
  if (node.kind === 'join') return to.join(node)
  return node.kind === 'onConflict' ? to.onConflict(node) : node
}

type Definition = NodeOf<
  'createTable' | 'addForeignKeys' | 'createIndex' | 'createEnum' | 'createSchema' | 'dropTable' | 'dropEnum'
>
function isDefinition(node: Node): node is Definition {
  return node.kind.startsWith('create') || node.kind.startsWith('drop') || node.kind === 'addForeignKeys'
}

const leaf = <N>(node: N): N => node

const children: Children = Object.freeze<Children>({
  column: (n, to) => revise(n, { source: to.source(n.source) }),
  parameter: leaf,
  keyword: leaf,
  identifier: leaf,
  unary: (n, to) => revise(n, { operand: to.expression(n.operand) }),
  binary: (n, to) => revise(n, { left: to.expression(n.left), right: to.expression(n.right) }),
  logical: (n, to) => revise(n, { operands: each(n.operands, to.expression) }),
  nullTest: (n, to) => revise(n, { operand: to.expression(n.operand) }),
  between: (n, to) =>
    revise(n, { operand: to.expression(n.operand), low: to.expression(n.low), high: to.expression(n.high) }),
  membership: (n, to) =>
    revise(n, {
      operand: to.expression(n.operand),
      values: isQuery(n.values) ? to.query(n.values) : to.expression(n.values),
    }),
  like: (n, to) => revise(n, { operand: to.expression(n.operand), pattern: to.expression(n.pattern) }),
  cast: (n, to) => revise(n, { operand: to.expression(n.operand) }),
  case: (n, to) =>
    revise(n, {
      subject: orNull(n.subject, to.expression),
      branches: each(n.branches, (b) => revise(b, { when: to.expression(b.when), result: to.expression(b.result) })),
      otherwise: orNull(n.otherwise, to.expression),
    }),
  call: (n, to) => revise(n, { args: each(n.args, to.expression) }),
  aggregate: (n, to) =>
    revise(n, {
      args: each(n.args, to.expression),
      orderBy: each(n.orderBy, to.expression),
      withinGroup: each(n.withinGroup, to.expression),
      filter: orNull(n.filter, to.expression),
    }),
  windowCall: (n, to) => revise(n, { args: each(n.args, to.expression) }),
  window: (n, to) =>
    revise(n, {
      call: to.expression(n.call),
      over: typeof n.over === 'string' ? n.over : windowSpecification(n.over, to),
    }),
  scalarQuery: (n, to) => revise(n, { query: to.query(n.query) }),
  exists: (n, to) => revise(n, { query: to.query(n.query) }),
  arrayOf: (n, to) => revise(n, { elements: each(n.elements, to.expression) }),
  tuple: (n, to) => revise(n, { elements: each(n.elements, to.expression) }),
  grouping: (n, to) => revise(n, { elements: each(n.elements, to.expression) }),
  fragment: (n, to) => revise(n, { parts: each(n.parts, (part) => anyNode(part, to)) }),
  ordering: (n, to) => revise(n, { operand: to.expression(n.operand) }),
  labelled: (n, to) => revise(n, { operand: to.expression(n.operand) }),

  table: leaf,
  aliased: (n, to) => revise(n, { source: to.source(n.source) }),
  anonymous: (n, to) => revise(n, { source: to.source(n.source) }),
  derived: (n, to) => revise(n, { query: to.query(n.query) }),
  cte: (n, to) =>
    revise(n, {
      query: to.query(n.query),
      recursion: orNull(n.recursion, (r) => revise(r, { query: to.query(r.query) })),
    }),
  selfReference: leaf,
  excluded: leaf,
  functionSource: (n, to) => revise(n, { call: to.expression(n.call) }),

  join: (n, to) => revise(n, { source: to.source(n.source), on: orNull(n.on, to.expression) }),
  onConflict: (n, to) =>
    revise(n, {
      target:
        n.target && 'columns' in n.target
          ? revise(n.target, {
              columns: each(n.target.columns, to.expression),
              where: orNull(n.target.where, to.expression),
            })
          : n.target,
      action: orNull(n.action, (a) =>
        revise(a, { assignments: assignments(a.assignments, to), where: orNull(a.where, to.expression) }),
      ),
    }),

  select: (n, to) =>
    revise(n, {
      selection: selection(n.selection, to),
      from: each(n.from, to.source),
      joins: each(n.joins, to.join),
      where: each(n.where, to.expression),
      groupBy: each(n.groupBy, to.expression),
      having: each(n.having, to.expression),
      qualify: each(n.qualify, to.expression),
      windows: each(n.windows, (w) => revise(w, { specification: windowSpecification(w.specification, to) })),
      orderBy: each(n.orderBy, to.expression),
      distinct: typeof n.distinct === 'string' ? n.distinct : each(n.distinct, to.expression),
      limit: orNull(n.limit, to.expression),
      offset: orNull(n.offset, to.expression),
      lock: orNull(n.lock, (lock) => revise(lock, { of: each(lock.of, to.source) })),
    }),
  compound: (n, to) =>
    revise(n, {
      queries: each(n.queries, to.query),
      orderBy: each(n.orderBy, to.expression),
      limit: orNull(n.limit, to.expression),
      offset: orNull(n.offset, to.expression),
    }),
  insert: (n, to) =>
    revise(n, {
      into: target(n.into, to),
      rows: 'kind' in n.rows ? to.query(n.rows) : each(n.rows, (row) => each(row, to.expression)),
      onConflict: orNull(n.onConflict, to.onConflict),
      returning: orNull(n.returning, (r) => selection(r, to)),
    }),
  update: (n, to) =>
    revise(n, {
      table: target(n.table, to),
      assignments: assignments(n.assignments, to),
      from: each(n.from, to.source),
      where: each(n.where, to.expression),
      returning: orNull(n.returning, (r) => selection(r, to)),
    }),
  delete: (n, to) =>
    revise(n, {
      table: target(n.table, to),
      using: each(n.using, to.source),
      where: each(n.where, to.expression),
      returning: orNull(n.returning, (r) => selection(r, to)),
    }),
  raw: (n, to) => revise(n, { fragment: template(n.fragment, to) }),

  createTable: leaf,
  addForeignKeys: leaf,
  createIndex: leaf,
  createEnum: leaf,
  createSchema: leaf,
  dropTable: leaf,
  dropEnum: leaf,
})

/** The node with each child replaced by what the rewriter gives for it; the same node where no child changed. */
export function mapChildren<K extends NodeKind>(node: NodeOf<K>, to: Rewriter): NodeOf<K> {
  return children[node.kind](node, to)
}

/** The children of a node, in the order of the text. */
export function childrenOf(node: Node): Node[] {
  const found: Node[] = []
  const note = <N extends Node>(child: N): N => {
    found.push(child)
    return child
  }
  mapChildren(node, { expression: note, source: note, query: note, join: note, onConflict: note })
  return found
}
