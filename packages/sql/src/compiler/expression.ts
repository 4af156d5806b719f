// Handlers for everything that has a value; windows and aggregates are in window.ts.

import { isExpressionNode, isQueryNode } from '../ast/children.ts'
import type { ExpressionNode, Node, NodeOf } from '../ast/node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import type { CompileContext } from './context.ts'
import { refuseMisplacedAggregate, refuseMisplacedWindow } from './guard.ts'
import type { Handlers } from './handlers.ts'
import { precedence, precedenceOf } from './precedence.ts'
import { refuseSeveralColumns } from './selection.ts'
import { writeSubquery } from './subquery.ts'

/** The operands of a chain such as a + b + c, gathered without recursion: chains can be long. */
function chain(node: NodeOf<'binary'>): { first: ExpressionNode; rest: NodeOf<'binary'>[] } {
  const rest: NodeOf<'binary'>[] = []
  const level = precedenceOf(node)
  let first: ExpressionNode = node
  while (first.kind === 'binary' && precedenceOf(first) === level) {
    rest.push(first)
    first = first.left
  }
  return { first, rest: rest.reverse() }
}

function binary(node: NodeOf<'binary'>, ctx: CompileContext): void {
  const level = precedenceOf(node)
  if (level <= precedence.comparison) {
    // Comparisons do not chain in SQL: either side needs parentheses at the same level.
    ctx
      .operand(node.left, level + 1)
      .write(` ${node.operator} `)
      .operand(node.right, level + 1)
    return
  }
  const { first, rest } = chain(node)
  ctx.operand(first, level)
  for (const { operator, right } of rest) ctx.write(` ${operator} `).operand(right, level + 1)
}

/** AND in AND needs no parentheses and no recursion. */
function flatten(node: NodeOf<'logical'>): ExpressionNode[] {
  const flat: ExpressionNode[] = []
  const stack: ExpressionNode[] = [node]
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.kind === 'logical' && next.operator === node.operator)
      for (let i = next.operands.length - 1; i >= 0; i--) stack.push(next.operands[i] ?? next)
    else flat.push(next)
  }
  return flat
}

function logical(node: NodeOf<'logical'>, ctx: CompileContext): void {
  const operands = flatten(node)
  if (operands.length === 0) {
    ctx.write(node.operator === 'and' ? 'true' : 'false')
    return
  }
  const level = operands.length === 1 ? 0 : precedence[node.operator] + 1
  operands.forEach((operand, i) => {
    if (i > 0) ctx.write(` ${node.operator} `)
    ctx.operand(operand, level)
  })
}

/** Would the bare name be read as an output column? */
function isShadowed(name: string, { clause, scope }: CompileContext): boolean {
  return (clause === 'ORDER BY' || clause === 'DISTINCT ON') && (scope.shadowed.has(name) || scope.shadowed.has(null))
}

/** A column is qualified where its bare name could mean something else. */
function column(node: NodeOf<'column'>, ctx: CompileContext): void {
  ctx.reach(node.source, node.subject)
  const isBare = !ctx.scope.isQualified && ctx.clause !== 'ON CONFLICT' && !isShadowed(node.name, ctx)
  if (!isBare) ctx.identifier(ctx.scope.nameOf(node.source)).write('.')
  ctx.identifier(node.name)
}

function membership(node: NodeOf<'membership'>, ctx: CompileContext): void {
  if (node.values.kind === 'parameter' && Array.isArray(node.values.value) && node.values.value.length === 0) {
    // SQL has no empty list: nothing is in it.
    ctx.write(node.isNegated ? 'true' : 'false')
    return
  }
  ctx.operand(node.operand, precedence.range + 1).write(node.isNegated ? ' not in ' : ' in ')
  if (isQueryNode(node.values)) {
    refuseSeveralColumns(node.values, node.isNegated ? 'NOT IN' : 'IN')
    writeSubquery(node.values, ctx)
  } else if (node.values.kind === 'parameter' && Array.isArray(node.values.value)) {
    const { value, type, subject } = node.values
    ctx.write('(')
    value.forEach((item: unknown, i: number) => {
      if (i > 0) ctx.write(', ')
      ctx.visit({ kind: 'parameter', value: item, type: type.spec.element ?? type, subject })
    })
    ctx.write(')')
  } else throw new ArgumentError(`${node.isNegated ? 'notIn' : 'in'}() takes a list of values or a query.`)
}

/** A value: a placeholder, except in a definition, which takes none. */
function parameter(node: NodeOf<'parameter'>, ctx: CompileContext): void {
  if (!ctx.isDefinition) {
    ctx.bind(node)
    return
  }
  const { value } = node
  const isPlain = typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))
  const text = isPlain ? String(value) : ctx.dialect.codec(node.type).encode(value, node.subject)
  ctx.write(isPlain ? text : ctx.dialect.literal(text))
}

/** A part of a template: an expression is kept whole by parentheses, unless it is a template or an ordering itself. */
function writePart(part: Node, ctx: CompileContext): void {
  if (isQueryNode(part)) writeSubquery(part, ctx)
  else if (!isExpressionNode(part) || part.kind === 'fragment' || part.kind === 'ordering') ctx.visit(part)
  else ctx.operand(part, precedence.primary)
}

export const expressionHandlers = {
  column,
  binary,
  logical,
  membership,
  parameter,
  keyword: (node, ctx) => void ctx.write(node.word),
  unary: (node, ctx) =>
    void (node.operator === 'not'
      ? ctx.write('not ').operand(node.operand, precedence.not)
      : ctx.write('-').operand(node.operand, precedence.negative + 1)),
  nullTest: (node, ctx) =>
    void ctx.operand(node.operand, precedence.is + 1).write(node.isNegated ? ' is not null' : ' is null'),
  between: (node, ctx) =>
    void ctx
      .operand(node.operand, precedence.range + 1)
      .write(' between ')
      .operand(node.low, precedence.range + 1)
      .write(' and ')
      .operand(node.high, precedence.range + 1),
  like: (node, ctx) => {
    const operator = `${node.isNegated ? ' not' : ''} ${node.isCaseInsensitive ? 'ilike' : 'like'} `
    ctx
      .operand(node.operand, precedence.range + 1)
      .write(operator)
      .operand(node.pattern, precedence.range + 1)
  },
  cast: (node, ctx) =>
    void ctx
      .write('cast(')
      .visit(node.operand)
      .write(` as ${ctx.dialect.typeName(node.type)})`),
  case: (node, ctx) => {
    ctx.write('case')
    if (node.subject) ctx.write(' ').visit(node.subject)
    for (const branch of node.branches) ctx.write(' when ').visit(branch.when).write(' then ').visit(branch.result)
    if (node.otherwise) ctx.write(' else ').visit(node.otherwise)
    ctx.write(' end')
  },
  call: (node, ctx) => {
    if (!ctx.dialect.isReadOnlyFunction(node.name)) ctx.isReadOnly = false
    ctx.functionName(node.name).write('(').list(node.args).write(')')
  },
  scalarQuery: (node, ctx) => {
    refuseSeveralColumns(node.query, 'A scalar subquery')
    writeSubquery(node.query, ctx)
  },
  exists: (node, ctx) => {
    ctx.write('exists ')
    const scope = writeSubquery(node.query, ctx)
    // What a query written as text reads cannot be told.
    if (!scope.isCorrelated && node.query.kind !== 'raw')
      ctx.warn(
        'uncorrelated-exists',
        'This EXISTS reads nothing of the query around it, so it holds for every row or for none. Compare a column inside with one outside.',
      )
  },
  arrayOf: (node, ctx) => void ctx.write('array[').list(node.elements).write(']'),
  tuple: (node, ctx) => void ctx.write('(').list(node.elements).write(')'),
  grouping: (node, ctx) =>
    void ctx
      .write(node.form === 'set' ? '(' : `${node.form} (`)
      .list(node.elements)
      .write(')'),
  fragment: (node, ctx) => {
    if (node.stands === 'window') refuseMisplacedWindow(node, ctx)
    if (node.stands === 'aggregate') refuseMisplacedAggregate(node, ctx)
    ctx.isReadOnly = false
    node.strings.forEach((text, i) => {
      ctx.write(text)
      const part = node.parts[i]
      if (part) writePart(part, ctx)
    })
  },
  identifier: (node, ctx) => void ctx.write(node.path.map(ctx.dialect.quote).join('.')),
  ordering: (node, ctx) => {
    ctx.visit(node.operand)
    if (node.direction === 'desc') ctx.write(' desc')
    if (node.nulls) ctx.write(` nulls ${node.nulls}`)
  },
  labelled: (node, ctx) => void ctx.visit(node.operand),
} satisfies Partial<Handlers>
