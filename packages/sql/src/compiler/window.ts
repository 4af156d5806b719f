// Handlers for aggregates, window functions and what stands behind OVER.
import type { Frame, FrameBound, NodeOfWindow } from '../ast/expression-node.ts'
import type { NodeOf } from '../ast/node.ts'
import { CompileError, UnsupportedByDialectError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'
import type { Clause, CompileContext } from './context.ts'
import { describe } from './describe.ts'
import { judgeWindow, refuseMisplacedAggregate, refuseMisplacedWindow } from './guard.ts'
import type { Handlers } from './handlers.ts'

function writeBound(bound: FrameBound, ctx: CompileContext): void {
  if ('offset' in bound) {
    if (typeof bound.offset === 'number') ctx.write(String(bound.offset))
    else ctx.visit(bound.offset)
    ctx.write(' ')
  }
  ctx.write(bound.at)
}

function writeFrame(frame: Frame, ctx: CompileContext): void {
  if (frame.unit === 'groups' && !ctx.dialect.supports.groupsFrame)
    throw new UnsupportedByDialectError(`${ctx.dialect.name} has no GROUPS frames.`)
  ctx.write(`${frame.unit} between `)
  writeBound(frame.start, ctx)
  ctx.write(' and ')
  writeBound(frame.end, ctx)
  if (frame.exclude) ctx.write(` exclude ${frame.exclude}`)
}

/** What stands in the parentheses behind OVER, and behind a name in WINDOW. */
export function writeWindow(window: NodeOfWindow, ctx: CompileContext): void {
  ctx.within('a window definition', () => {
    const parts: (() => void)[] = []
    if (window.partitionBy.length > 0) parts.push(() => ctx.write('partition by ').list(window.partitionBy))
    if (window.orderBy.length > 0) parts.push(() => ctx.write('order by ').list(window.orderBy))
    const { frame } = window
    if (frame) parts.push(() => writeFrame(frame, ctx))
    parts.forEach((write, i) => {
      if (i > 0) ctx.write(' ')
      write()
    })
  })
}

/** An aggregate; `argumentClause` says what may stand in its arguments: over a window, other aggregates may. */
function writeAggregate(node: NodeOf<'aggregate'>, ctx: CompileContext, argumentClause: Clause): void {
  if (node.isDistinct && node.args.length === 0)
    throw new CompileError(`${node.name}(DISTINCT) needs something to be distinct: name a column.`)
  ctx.functionName(node.name).write('(')
  ctx.within(argumentClause, () => {
    if (node.isDistinct) ctx.write('distinct ')
    if (node.args.length === 0 && node.withinGroup.length === 0 && node.name === 'count') ctx.write('*')
    ctx.list(node.args)
    if (node.orderBy.length > 0) ctx.write(' order by ').list(node.orderBy)
  })
  ctx.write(')')
  if (node.withinGroup.length > 0)
    ctx.within(argumentClause, () => ctx.write(' within group (order by ').list(node.withinGroup).write(')'))
  const { filter } = node
  if (!filter) return
  if (!ctx.dialect.supports.filterClause)
    throw new UnsupportedByDialectError(`${ctx.dialect.name} has no FILTER clause.`)
  ctx.within('FILTER', () => ctx.write(' filter (where ').visit(filter).write(')'))
}

function writeWindowCall(node: NodeOf<'windowCall'>, ctx: CompileContext): void {
  ctx.functionName(node.name).write('(')
  ctx.within('the arguments of a window function', () => ctx.list(node.args))
  ctx.write(')')
}

export const windowHandlers = {
  aggregate: (node, ctx) => {
    refuseMisplacedAggregate(node, ctx)
    writeAggregate(node, ctx, 'the arguments of an aggregate')
  },
  windowCall: (node) => {
    throw new CompileError(`${describe(node)} is a window function and needs .over(…).`)
  },
  window: (node, ctx) => {
    refuseMisplacedWindow(node, ctx)
    const { call, over } = node
    if (call.kind === 'aggregate') {
      if (call.isDistinct || call.orderBy.length > 0 || call.withinGroup.length > 0)
        throw new CompileError(
          `${describe(call)} is DISTINCT or ordered, which PostgreSQL does not allow over a window.`,
          { hint: 'Aggregate in a CTE or subquery and join its result.' },
        )
      writeAggregate(call, ctx, 'the arguments of a window function')
    } else if (call.kind === 'windowCall') writeWindowCall(call, ctx)
    else ctx.visit(call)
    ctx.write(' over ')
    if (typeof over === 'string') {
      const specification = ctx.scope.windows.get(over)
      if (!specification)
        throw new CompileError(`${describe(call)} runs over a window '${over}', and the query names none like that.`, {
          hint: `Add .window('${over}', { … }). ${suggest(over, ctx.scope.windows.keys(), 'Windows')}`,
        })
      judgeWindow(call, specification, ctx)
      ctx.identifier(over)
      return
    }
    judgeWindow(call, over, ctx)
    ctx.write('(')
    writeWindow(over, ctx)
    ctx.write(')')
  },
} satisfies Partial<Handlers>
