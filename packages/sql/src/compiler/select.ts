// Handlers for SELECT and for what combines selects.
import type { NodeOfWindow } from '../ast/expression-node.ts'
import type { ExpressionNode, NodeOf, QueryNode, SourceNode } from '../ast/node.ts'
import type { JoinNode } from '../ast/source-node.ts'
import type { RowLock } from '../ast/statement-node.ts'
import { CompileError, UnsupportedByDialectError } from '../error/oriel-error.ts'
import { judgeProduct } from './cartesian-product.ts'
import type { Clause, CompileContext } from './context.ts'
import { describe } from './describe.ts'
import { collectSources, fromSources, joinCondition } from './from.ts'
import { hasGroup } from './group.ts'
import { judgeLimit } from './guard.ts'
import type { Handlers } from './handlers.ts'
import { mayBeCalled, noteOutputNames } from './output-name.ts'
import { expandQualify } from './qualify.ts'
import { correlationName, describeSource, isSameSource, isSameTree, type Scope } from './scope.ts'
import {
  commonColumns,
  type PlannedSelection,
  planSelection,
  reportSelection,
  selectionOf,
  writeSelection,
} from './selection.ts'
import { shareKeys } from './shared-key.ts'
import { writeWindow } from './window.ts'

const and = (operands: readonly ExpressionNode[], type: ExpressionNode['type']): ExpressionNode =>
  Object.freeze({ kind: 'logical', operator: 'and', operands, type })

/** Writes ` clause a and b`, or nothing. */
export function writeConditions(clause: Clause, conditions: readonly ExpressionNode[], ctx: CompileContext): void {
  const [first] = conditions
  if (!first) return
  ctx.within(clause, () => {
    ctx.write(` ${clause.toLowerCase()} `)
    ctx.visit(conditions.length === 1 ? first : and(conditions, first.type))
  })
}

/** What an entity's own criterion adds, such as «not deleted». */
export function criterionOf(source: SourceNode): ExpressionNode[] {
  if (source.kind === 'table') return source.element?.criterion ? [source.element.criterion(source)] : []
  if (
    (source.kind === 'aliased' || source.kind === 'anonymous') &&
    source.source.kind === 'table' &&
    source.source.element?.criterion
  )
    return [source.source.element.criterion(source)]
  return []
}

function writeFrom(sources: readonly SourceNode[], joins: readonly JoinNode[], ctx: CompileContext): void {
  if (sources.length === 0) return
  ctx.write(' from ')
  // With joins behind them, several sources are cross joined, so that every join condition sees them all.
  const separator = joins.length > 0 ? ' cross join ' : ', '
  sources.forEach((source, i) => {
    if (i > 0) ctx.write(separator)
    ctx.visit(source)
  })
}

/** SQL reads joins from left to right: a condition sees only what was joined before it. */
function refuseLater(join: JoinNode, conditions: readonly ExpressionNode[], node: NodeOf<'select'>): void {
  const read: SourceNode[] = []
  for (const condition of conditions) collectSources(condition, read)
  const later = node.joins.slice(node.joins.indexOf(join) + 1)
  const early = read.find((source) => later.some((other) => isSameSource(other.source, source)))
  if (early)
    throw new CompileError(
      `The join with ${describeSource(join.source)} reads ${describeSource(early)}, which is joined after it.`,
      { hint: `Join ${describeSource(early)} first.` },
    )
}

/** A FULL JOIN keeps the rows of both sides: no condition in it or behind it leaves out the hidden ones alone. */
function refuseInFullJoin(sources: readonly SourceNode[]): void {
  const filtered = sources.find((source) => criterionOf(source).length > 0)
  if (filtered)
    throw new CompileError(`${describeSource(filtered)} has a criterion, so it cannot stand in a FULL JOIN.`, {
      hint: 'Join a subquery of it, or read past the criterion with .withoutCriteria().',
    })
}

/** Writes the joins. Returns the sources whose criteria are left for WHERE. */
function writeJoins(
  node: NodeOf<'select'>,
  sources: readonly SourceNode[],
  ctx: CompileContext,
): readonly SourceNode[] {
  const known = [...sources]
  // Sources whose rows are all kept so far. A join that may null them takes their criteria into its ON.
  let kept = node.ignoresCriteria ? [] : [...sources]
  for (const join of node.joins) {
    const conditions = join.form === 'cross join' ? [] : [...joinCondition(join, known)]
    if (!node.ignoresCriteria) {
      if (join.form === 'full join') refuseInFullJoin([...kept, join.source])
      if (join.form === 'right join') {
        conditions.push(...kept.flatMap(criterionOf))
        kept = [join.source]
      } else if (join.form === 'cross join') kept.push(join.source)
      else conditions.push(...criterionOf(join.source))
    }
    refuseLater(join, conditions, node)
    const [first] = conditions
    const on = !first ? null : conditions.length === 1 ? first : and(conditions, first.type)
    ctx.write(' ').visit({ ...join, on })
    known.push(join.source)
  }
  return kept
}

function writeDistinct(node: NodeOf<'select'>, plan: PlannedSelection, ctx: CompileContext): void {
  const bare = (key: ExpressionNode) => (key.kind === 'ordering' ? key.operand : key)
  if (node.distinct === 'rows') {
    const outside = node.orderBy
      .map(bare)
      .find((key) => !plan.columns.some((column) => isSameKey(column.expression, key)))
    if (outside)
      throw new CompileError(`SELECT DISTINCT can be ordered only by what it selects, not by ${describe(outside)}.`, {
        hint: 'Select it as well, or group by instead of distinct.',
      })
    ctx.write('distinct ')
  } else if (node.distinct !== 'none') {
    if (!ctx.dialect.supports.distinctOn) throw new UnsupportedByDialectError(`${ctx.dialect.name} has no DISTINCT ON.`)
    const keys = node.distinct
    const leading = node.orderBy.slice(0, keys.length).map(bare)
    const stray = leading.find((order) => !keys.some((key) => isSameKey(key, order)))
    if (stray)
      throw new CompileError(
        `DISTINCT ON must name what ORDER BY begins with: ${describe(stray)} is not among its keys.`,
        {
          hint: 'Order by the keys of distinctOn first, then by what picks the row.',
        },
      )
    ctx.within('DISTINCT ON', () => ctx.write('distinct on (').list(keys).write(') '))
  }
}

function isSameKey(a: ExpressionNode, b: ExpressionNode): boolean {
  const unlabel = (node: ExpressionNode) => (node.kind === 'labelled' ? node.operand : node)
  const [left, right] = [unlabel(a), unlabel(b)]
  if (left.kind === 'column' && right.kind === 'column')
    return left.name === right.name && correlationName(left.source) === correlationName(right.source)
  return isSameTree(left, right)
}

/** ORDER BY a labelled expression of the select list names the label. */
export function writeOrderBy(
  keys: readonly ExpressionNode[],
  plan: PlannedSelection | null,
  ctx: CompileContext,
): void {
  if (keys.length === 0) return
  ctx.within('ORDER BY', () => {
    ctx.write(' order by ')
    keys.forEach((key, i) => {
      if (i > 0) ctx.write(', ')
      const operand = key.kind === 'ordering' ? key.operand : key
      const named =
        operand.kind === 'labelled' ? plan?.columns.find((column) => column.expression === operand) : undefined
      if (!named?.isNamed) {
        ctx.visit(key)
        return
      }
      const { unlabelled } = ctx.scope
      // Where the server may call another column the same, only the position says which one is meant.
      if (plan && (unlabelled.has(named.name) || unlabelled.has(null)))
        ctx.write(String(plan.columns.indexOf(named) + 1))
      else ctx.identifier(named.name)
      if (key.kind === 'ordering') {
        if (key.direction === 'desc') ctx.write(' desc')
        if (key.nulls) ctx.write(` nulls ${key.nulls}`)
      }
    })
  })
}

export function writeLimit(
  node: { limit: ExpressionNode | null; offset: ExpressionNode | null },
  ctx: CompileContext,
): void {
  const { limit, offset } = node
  ctx.within('LIMIT', () => {
    if (limit) ctx.write(' limit ').visit(limit)
    if (offset) ctx.write(' offset ').visit(offset)
  })
}

function writeLock(lock: RowLock, node: NodeOf<'select'>, ctx: CompileContext): void {
  if (node.groupBy.length > 0 || node.distinct !== 'none' || node.having.length > 0)
    throw new CompileError('Rows that were grouped or made distinct cannot be locked.', {
      hint: 'Lock in a subquery, or select the keys and lock by them.',
    })
  const computed = node.selection.items.find((item) => item.kind === 'value' && hasGroup(item.expression))
  if (computed?.kind === 'value')
    throw new CompileError(`Rows cannot be locked beside ${describe(computed.expression)}, which stands for several.`, {
      hint: 'Lock in a subquery, or select the keys and lock by them.',
    })
  for (const source of lock.of)
    if (!ctx.scope.has(source))
      throw new CompileError(`The lock names ${describeSource(source)}, which is not in FROM.`, {
        hint: `In FROM: ${[...ctx.scope.sources()].map(describeSource).join(', ')}.`,
      })
  ctx.isReadOnly = false
  ctx.write(` for ${lock.strength}`)
  if (lock.of.length > 0)
    ctx.write(` of ${lock.of.map((source) => ctx.dialect.quote(ctx.scope.nameOf(source))).join(', ')}`)
  if (lock.wait !== 'wait') ctx.write(` ${lock.wait}`)
}

function addWindow(name: string, specification: NodeOfWindow, scope: Scope): void {
  if (scope.windows.has(name)) throw new CompileError(`Two windows of this query are called '${name}'.`)
  scope.windows.set(name, specification)
}

function writeSelect(select: NodeOf<'select'>, ctx: CompileContext): void {
  if (select.qualify.length > 0) {
    if (select.lock)
      throw new CompileError('Rows that were picked by a window cannot be locked.', {
        hint: 'Select their keys, and lock by them.',
      })
    ctx.visit(expandQualify(select))
    return
  }
  const node = shareKeys(select)
  const { isDerived } = ctx
  ctx.isDerived = false
  const plan = planSelection(node.selection)
  const sources = fromSources(node)
  ctx.nested(ctx.scope, (scope) => {
    for (const source of sources) scope.add(source)
    for (const join of node.joins) scope.add(join.source)
    for (const { name, specification } of node.windows) addWindow(name, specification, scope)
    scope.query = node
    noteOutputNames(plan, scope, isDerived)
    ctx.write('select ')
    writeDistinct(node, plan, ctx)
    writeSelection(plan, ctx, isDerived)
    writeFrom(sources, node.joins, ctx)
    const kept = writeJoins(node, sources, ctx)
    writeConditions('WHERE', [...node.where, ...kept.flatMap(criterionOf)], ctx)
    if (node.groupBy.length > 0) ctx.within('GROUP BY', () => ctx.write(' group by ').list(node.groupBy))
    writeConditions('HAVING', node.having, ctx)
    node.windows.forEach(({ name, specification }, i) => {
      ctx
        .write(i === 0 ? ' window ' : ', ')
        .identifier(name)
        .write(' as (')
      writeWindow(specification, ctx)
      ctx.write(')')
    })
    writeOrderBy(node.orderBy, plan, ctx)
    judgeProduct(node, sources, ctx)
    judgeLimit(node, ctx)
    writeLimit(node, ctx)
    if (node.lock) writeLock(node.lock, node, ctx)
  })
  reportSelection(plan, ctx)
}

/** One of the queries of a set operation: with an order or a limit of its own, or a set operation itself, in parentheses. */
export function writeMember(query: QueryNode, ctx: CompileContext): void {
  const isSimple = query.kind === 'select' && query.orderBy.length === 0 && !query.limit && !query.offset && !query.lock
  if (isSimple) ctx.visit(query)
  else ctx.write('(').visit(query).write(')')
}

/** Is it ordered by a name that the server may not give to that column of the first query, or to another? Then its columns need their names. */
function isOrderedByUnnamed({ queries: [first], orderBy }: NodeOf<'compound'>): boolean {
  const selection = first && orderBy.length > 0 ? selectionOf(first) : null
  if (!selection) return false
  const keys = orderBy.map((key) => (key.kind === 'ordering' ? key.operand : key))
  return planSelection(selection).columns.some(
    (column) =>
      column.isNamed &&
      !column.isLabelled &&
      keys.some((key) => {
        const name = key.kind === 'identifier' && key.path.length === 1 ? key.path[0] : undefined
        return name !== undefined && (name === column.name || mayBeCalled(column.expression, name))
      }),
  )
}

function writeCompound(node: NodeOf<'compound'>, ctx: CompileContext): void {
  const { isDerived } = ctx
  let first: Pick<CompileContext, 'columns' | 'shape'> | null = null
  node.queries.forEach((query, i) => {
    if (i > 0) ctx.write(` ${node.operator} `)
    ctx.isDerived = i === 0 && (isDerived || isOrderedByUnnamed(node))
    writeMember(query, ctx)
    first ??= { columns: ctx.columns, shape: ctx.shape }
  })
  ctx.isDerived = false
  writeOrderBy(node.orderBy, null, ctx)
  judgeLimit(node, ctx)
  writeLimit(node, ctx)
  if (first) Object.assign(ctx, first)
  ctx.columns = ctx.columns && node.queries.slice(1).reduce(commonColumns, ctx.columns)
}

export const selectHandlers = { select: writeSelect, compound: writeCompound } satisfies Partial<Handlers>
