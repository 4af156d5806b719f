// What the types already refuse, refused again where types were cast away, and warnings for what is legal but rarely meant.
import type { Frame, NodeOfWindow } from '../ast/expression-node.ts'
import type { ExpressionNode, NodeOf } from '../ast/node.ts'
import { CompileError } from '../error/oriel-error.ts'
import type { Clause, CompileContext } from './context.ts'
import { describe } from './describe.ts'
import { isOneRow } from './group.ts'
import { isPinnedToOneRow, isTotalOrder } from './total-order.ts'

const windowsStandIn = new Set<Clause>(['SELECT', 'ORDER BY', 'DISTINCT ON'])
const aggregatesStandIn = new Set<Clause>([
  'SELECT',
  'ORDER BY',
  'DISTINCT ON',
  'HAVING',
  'the arguments of a window function',
  'a window definition',
])
const filters = new Set<Clause>(['WHERE', 'HAVING'])
const wrap = 'Wrap it in a CTE or subquery and filter outside.'

/** A window function outside of the select list and ORDER BY. */
export function refuseMisplacedWindow(node: ExpressionNode, ctx: CompileContext): void {
  if (windowsStandIn.has(ctx.clause)) return
  throw new CompileError(`A window function cannot stand in ${ctx.clause}: ${describe(node)}.`, {
    hint: filters.has(ctx.clause) ? `${wrap} In a SELECT, .qualify(…) does that.` : wrap,
  })
}

/** An aggregate where there is no group yet. */
export function refuseMisplacedAggregate(node: ExpressionNode, ctx: CompileContext): void {
  if (aggregatesStandIn.has(ctx.clause)) return
  throw new CompileError(
    ctx.clause === 'the arguments of an aggregate'
      ? `An aggregate cannot stand inside an aggregate: ${describe(node)}.`
      : `An aggregate cannot stand in ${ctx.clause}: ${describe(node)}.`,
    {
      hint:
        ctx.clause === 'the arguments of an aggregate'
          ? 'Add .over(…) to the outer one, or aggregate a subquery.'
          : ctx.clause === 'WHERE'
            ? `Conditions on groups go into .having(…). ${wrap}`
            : wrap,
    },
  )
}

/** A frame that ends somewhere among the rows: then their order matters. */
function isPartial(frame: Frame | null): boolean {
  if (frame?.unit !== 'rows') return false
  return frame.start.at !== 'unbounded preceding' || frame.end.at !== 'unbounded following'
}

const needOrder = new Set(['lag', 'lead', 'first_value', 'last_value'])

/** Warnings on one window: no order where order is the point, a default frame that is rarely meant. */
export function judgeWindow(call: ExpressionNode, specification: NodeOfWindow, ctx: CompileContext): void {
  const name = call.kind === 'windowCall' || call.kind === 'aggregate' ? call.name : ''
  if (specification.frame && call.kind === 'windowCall' && !call.takesFrame)
    throw new CompileError(`${name}() takes no frame: PostgreSQL would ignore it.`, {
      hint: 'Leave out rows, range, groups and exclude.',
    })
  if (needOrder.has(name) && specification.orderBy.length === 0)
    ctx.warn('window-without-order', `${name}() OVER without ORDER BY gives any row. Add orderBy.`)
  if (call.kind === 'aggregate' && specification.orderBy.length === 0 && isPartial(specification.frame))
    ctx.warn(
      'window-without-order',
      `${describe(call)} has a frame and no ORDER BY: which rows are before it is left to chance. Add orderBy.`,
    )
  if (specification.frame || specification.orderBy.length === 0) return
  if (name === 'last_value')
    ctx.warn(
      'last-value-default-frame',
      'last_value() under the default frame gives the current row, not the last of the partition. Add rows: [null, null].',
    )
  const { query } = ctx.scope
  if (call.kind === 'aggregate' && !(query && isTotalOrder(specification, query)))
    ctx.warn(
      'running-default-range',
      `${describe(call)} runs over the default RANGE, which gives rows with equal order keys the same total. Add rows: [null, 0] and end orderBy in a unique key.`,
    )
}

/** LIMIT without ORDER BY gives any rows, except where there is one at most: of an ungrouped aggregate, or by a key. */
export function judgeLimit(node: NodeOf<'select' | 'compound'>, ctx: CompileContext): void {
  if (!node.limit || node.orderBy.length > 0 || isOneRow(node)) return
  if (node.limit.kind === 'parameter' && node.limit.value === 0) return
  if (node.kind === 'select' && isPinnedToOneRow(node)) return
  ctx.warn('limit-without-order', 'LIMIT without ORDER BY gives any rows, and others each time. Add orderBy.')
}
