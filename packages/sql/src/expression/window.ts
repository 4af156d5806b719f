// Aggregates and window functions before and after OVER, and the windows they run over.
import type { Frame, FrameBound, FrameUnit, NodeOfWindow } from '../ast/expression-node.ts'
import type { ExpressionNode } from '../ast/node.ts'
import { checkOptions } from '../error/known-options.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import type { SqlType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'
import type { Interval } from '../type/value.ts'
import { Expression } from './expression.ts'
import {
  bareType,
  conditionNodeOf,
  Element,
  frozen,
  nodeOf,
  type Operand,
  parameter,
  type RowCondition,
  type Several,
  type Sortable,
  shown,
} from './operand.ts'

type NoWindowInside = 'no window inside a window: compute it in a CTE'

/** Whose rows belong together, and in which order. */
export interface Partition {
  readonly partitionBy?: Several<Sortable<'scalar' | 'aggregate' | NoWindowInside>>
  readonly orderBy?: Several<Sortable<'scalar' | 'aggregate' | NoWindowInside>>
}
type NoFrameHere = 'this function takes no frame'
/** For functions that take no frame; the literal is what the compiler prints. */
export interface NoFrame {
  readonly rows?: NoFrameHere
  readonly range?: NoFrameHere
  readonly groups?: NoFrameHere
  readonly exclude?: NoFrameHere
}
type Bound = number | null
/**
 * A window. In a frame `null` is UNBOUNDED, `0` the current row, a negative number PRECEDING and a positive one FOLLOWING:
 * `rows: [null, 0]` runs from the start, `rows: [-2, 0]` over the last three. `range` also takes intervals.
 */
export interface WindowSpec extends Partition {
  readonly rows?: readonly [Bound, Bound]
  readonly range?: readonly [Bound | Interval | string, Bound | Interval | string]
  readonly groups?: readonly [Bound, Bound]
  readonly exclude?: 'current row' | 'group' | 'ties'
}

const intervalType = types.interval()
const order: readonly FrameBound['at'][] = [
  'unbounded preceding',
  'preceding',
  'current row',
  'following',
  'unbounded following',
]
const exclusions = ['current row', 'group', 'ties'] as const

/** A window as it arrives at run time, types cast away or not. */
interface GivenWindow {
  readonly partitionBy?: unknown
  readonly orderBy?: unknown
  readonly rows?: unknown
  readonly range?: unknown
  readonly groups?: unknown
  readonly exclude?: unknown
}

/** Only one quantity can stand behind a minus: in `-1 day 2 hours` the hours go forward. */
function refuseMixedSigns(text: string): void {
  const isMixed = text.startsWith('-') ? !/^-\s*[\d.:]+\s*[a-z]*$/i.test(text) : /-\s*[\d.]/.test(text)
  if (isMixed)
    throw new ArgumentError(`A frame's interval ${shown(text)} may point in two directions.`, {
      hint: 'Write it as parts: { days: -1, hours: -2 }.',
    })
}

function signOf(offset: object | string): 'preceding' | 'following' {
  if (typeof offset === 'string') return offset.trim().startsWith('-') ? 'preceding' : 'following'
  const parts: unknown[] = Object.values(offset)
  const isBackward = (part: unknown) => typeof part === 'number' && part < 0
  const isForward = (part: unknown) => typeof part === 'number' && part > 0
  if (parts.some(isBackward) && parts.some(isForward))
    throw new ArgumentError("The parts of a frame's interval point in two directions: give them all the same sign.")
  return parts.some(isBackward) ? 'preceding' : 'following'
}

function withoutSign(offset: object | string): unknown {
  if (typeof offset === 'string') return offset.trim().replace(/^[-+]/, '')
  return Object.fromEntries(Object.entries(offset).map(([unit, part]) => [unit, Math.abs(Number(part))]))
}

function bound(value: unknown, end: 'start' | 'end', order: SqlType<unknown> | null): FrameBound {
  if (value === null) return { at: end === 'start' ? 'unbounded preceding' : 'unbounded following' }
  if (value === 0) return { at: 'current row' }
  if (typeof value === 'number') {
    const at = value < 0 ? 'preceding' : 'following'
    if (Number.isSafeInteger(value)) return { at, offset: Math.abs(value) }
    if (order && Number.isFinite(value)) return { at, offset: cast(Math.abs(value), order) }
    throw new ArgumentError(`A frame begins and ends at a whole number of rows, got ${value}.`)
  }
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null))
    throw new ArgumentError(`A frame's bound is null, a number or an interval, got ${shown(value)}.`)
  if (typeof value === 'string') refuseMixedSigns(value.trim())
  if (!order) throw new ArgumentError(`Only a range frame takes an interval, got ${shown(value)}.`)
  return { at: signOf(value), offset: cast(withoutSign(value), intervalType) }
}

function cast(value: unknown, type: SqlType<unknown>): ExpressionNode {
  return frozen({ kind: 'cast', operand: parameter(value, type, 'The frame'), type })
}

function frameOf(spec: GivenWindow, orderBy: readonly ExpressionNode[]): Frame | null {
  const units = (['rows', 'range', 'groups'] as const).filter((unit) => spec[unit] !== undefined)
  const [unit, ...others]: FrameUnit[] = units
  if (!unit) {
    if (spec.exclude) throw new ArgumentError('exclude needs a frame: add rows, range or groups.')
    return null
  }
  if (others.length > 0) throw new ArgumentError(`A window has one frame, got ${units.join(' and ')}.`)
  const edges = spec[unit]
  if (!Array.isArray(edges) || edges.length !== 2)
    throw new ArgumentError(`${unit} takes two bounds, such as [null, 0], got ${shown(edges)}.`)
  const exclude = exclusions.find((name) => name === spec.exclude) ?? null
  if (spec.exclude !== undefined && exclude === null)
    throw new ArgumentError(`exclude is one of ${exclusions.join(', ')}, got ${shown(spec.exclude)}.`)
  const type = unit === 'range' ? bareType(orderBy[0]?.type ?? intervalType) : null
  if (unit === 'range' && orderBy.length !== 1 && edges.some((edge: unknown) => edge !== null && edge !== 0))
    throw new ArgumentError('A range frame with an offset needs exactly one orderBy.')
  if (unit === 'groups' && orderBy.length === 0) throw new ArgumentError('A groups frame needs orderBy.')
  const [start, end] = [bound(edges[0], 'start', type), bound(edges[1], 'end', type)]
  if (order.indexOf(start.at) > order.indexOf(end.at))
    throw new ArgumentError(`A frame cannot begin at ${start.at} and end at ${end.at}.`, {
      hint: 'The first bound is the earlier one: [-2, 0], [null, 0], [0, null].',
    })
  return { unit, start, end, exclude }
}

/** Refuses a column's name where the column itself is meant. */
function refuseName(item: unknown, where: string): void {
  if (typeof item !== 'string') return
  const column = `o.${/^[\p{L}_$][\w$]*/u.exec(item)?.[0] ?? 'id'}`
  const written = where.endsWith('()') ? `${where.slice(0, -1)}${column})` : column
  throw new ArgumentError(`${where} takes an expression, got ${shown(item)}.`, {
    hint: `Write ${written}, where o is entity(Class), or the expression under that key.`,
  })
}

/** A list from one item or several. */
export function several(items: unknown, where: string): readonly ExpressionNode[] {
  if (items === undefined) return []
  return Object.freeze(
    (Array.isArray(items) ? items : [items]).map((item: unknown) => {
      refuseName(item, where)
      return item instanceof Element ? item.node : nodeOf(item, where)
    }),
  )
}

/** The node of a window. Throws for what no window can be. */
export function windowNode(spec: GivenWindow): NodeOfWindow {
  checkOptions(spec, ['partitionBy', 'orderBy', 'rows', 'range', 'groups', 'exclude'], 'A window')
  const partitionBy = several(spec.partitionBy, 'partitionBy')
  const orderBy = several(spec.orderBy, 'orderBy')
  return frozen({ partitionBy, orderBy, frame: frameOf(spec, orderBy) })
}

function over(call: ExpressionNode, window: WindowSpec | (Partition & NoFrame) | string | undefined): ExpressionNode {
  return frozen({
    kind: 'window',
    call,
    over: typeof window === 'string' ? window : windowNode(window ?? {}),
    type: call.type,
  })
}

/** An aggregate call: it may be filtered, and `over` makes it a window. */
export class Aggregate<T, S = never, K = 'aggregate'> extends Expression<T, K, S> {
  /** `FILTER (WHERE condition)`: only these rows are aggregated; said again, both conditions hold. */
  filter(condition: RowCondition): Aggregate<T, S, K> {
    const added = conditionNodeOf(condition, 'filter()')
    const before = this.node.kind === 'aggregate' ? this.node.filter : null
    return this.#revised({
      filter: before
        ? frozen({ kind: 'logical', operator: 'and', operands: [before, added], type: before.type })
        : added,
    })
  }

  /** `agg(DISTINCT x)`: equal values count once. */
  distinct(): Aggregate<T, S, K> {
    return this.#revised({ isDistinct: true })
  }

  /** `agg(x ORDER BY …)`: the order in which values arrive, for arrayAgg and stringAgg. */
  orderBy(...keys: Sortable<'scalar'>[]): Aggregate<T, S, K> {
    return this.#revised({ orderBy: several(keys, 'orderBy()') })
  }

  /** Over a window: `sum(x) OVER (PARTITION BY … ORDER BY … ROWS …)`, or over the name of one. */
  over(window?: WindowSpec | string): Expression<T, 'window', S> {
    return new Expression(over(this.node, window))
  }

  #revised(change: {
    filter?: ExpressionNode
    isDistinct?: boolean
    orderBy?: readonly ExpressionNode[]
  }): Aggregate<T, S, K> {
    const { node } = this
    if (node.kind !== 'aggregate')
      throw new ArgumentError(
        `${Object.keys(change)[0]}() belongs to an aggregate of func; write it into the template instead.`,
      )
    return new Aggregate(frozen({ ...node, ...change }))
  }
}

/** A window function before `over`. Not an expression: its kind says so wherever it is put. */
class WindowCall extends Element {
  declare readonly '~kind': 'window function without .over()'
  declare readonly '~type': never
  declare readonly '~source': never
}

/** A window function that takes no frame: rank and its family, lag, lead. */
export class RankingCall<T, S = never> extends WindowCall {
  declare readonly '~result': T
  /** Over a window: `row_number() OVER (PARTITION BY … ORDER BY …)`. */
  over(window?: (Partition & NoFrame) | string): Expression<T, 'window', S> {
    if (
      typeof window === 'object' &&
      ['rows', 'range', 'groups', 'exclude'].some((key) => Reflect.get(window, key) !== undefined)
    )
      throw new ArgumentError(
        `${this.node.kind === 'windowCall' ? this.node.name : 'This function'}() takes no frame.`,
        {
          hint: 'The database would ignore it. Leave out rows, range, groups and exclude.',
        },
      )
    return new Expression(over(this.node, window))
  }
}

/** A window function that looks at one row of its frame. */
export class FrameCall<T, S = never> extends WindowCall {
  declare readonly '~result': T
  /** Over a window. With a frame it may be null, since a frame may be empty; a named window may have one. */
  over(window: Partition & NoFrame): Expression<T, 'window', S>
  over(window: WindowSpec | string): Expression<T | null, 'window', S>
  over(window: WindowSpec | (Partition & NoFrame) | string): Expression<T | null, 'window', S> {
    return new Expression(over(this.node, window))
  }
}

/** percentile_cont, percentile_disc, mode: they need an order inside the group. */
export class OrderedSet<Out, A> extends Element {
  declare readonly '~kind': 'ordered-set aggregate without .withinGroup()'
  declare readonly '~accepts': A
  /** `WITHIN GROUP (ORDER BY x)`. */
  withinGroup<T extends A, S>(
    order:
      | Operand<T, 'scalar', S>
      | (Sortable<'scalar'> & { readonly '~ordering': true; readonly '~type'?: T; readonly '~source'?: S }),
  ): Aggregate<Out extends 'argument' ? NonNullable<T> | null : Out, S> {
    const { node } = this
    const [key = node] = several(order, 'withinGroup()')
    const value = key.kind === 'ordering' ? key.operand : key
    return new Aggregate(
      node.kind === 'aggregate'
        ? frozen({ ...node, withinGroup: [key], type: node.type.spec.name === 'unknown' ? value.type : node.type })
        : node,
    )
  }
}

/** rank(x) and its family as aggregates: which rank the values would have in the group. */
export class HypotheticalSet<T> extends Element {
  declare readonly '~kind': 'hypothetical-set aggregate without .withinGroup()'
  /** @internal Types cast away, a call over a window would have to drop the values. */
  over(this: never): never {
    throw new ArgumentError('A rank that was given values is asked of a group: it runs over no window.', {
      hint: 'Write .withinGroup(…), or leave out the values.',
    })
  }

  /** `WITHIN GROUP (ORDER BY x, …)`, as many keys as there are values. */
  withinGroup(...order: Sortable<'scalar'>[]): Aggregate<T> {
    const { node } = this
    const keys = several(order, 'withinGroup()')
    if (node.kind !== 'aggregate') return new Aggregate(node)
    if (keys.length !== node.args.length)
      throw new ArgumentError(
        `${node.name} was given ${node.args.length} values and ${keys.length} order keys: they go in pairs.`,
      )
    const args = node.args.map((arg, i) => {
      const key = keys[i]
      const type = key?.kind === 'ordering' ? key.operand.type : key?.type
      return arg.kind === 'parameter' && type ? frozen({ ...arg, type }) : arg
    })
    return new Aggregate(frozen({ ...node, args, withinGroup: keys }))
  }
}
