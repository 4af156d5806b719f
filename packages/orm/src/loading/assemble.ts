// Rows of a shaped select, taken apart: what was joined goes onto its parents, the user's items remain.
import { Result, type RowForm } from '@oriel/engine'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import type { Branch, LoadNode } from './load-plan.ts'
import type { JoinedItem, RowPlan } from './row-plan.ts'

/** The objects that were met at each place of the graph. */
export type Found = Map<LoadNode, Set<InstanceState>>

/** Gives a parent the members that came with its rows. */
export type AssignJoined = (owner: InstanceState, members: readonly object[], branch: Branch) => void

/** The items at one position of the rows. */
export type ItemsAt = (position: number) => readonly unknown[]

/** The items of a result. Rows of one item, which most are, are not even made. */
export function itemsOf(result: Result<unknown>, plan: RowPlan): ItemsAt {
  if (isSingle(plan)) {
    const items = result.scalars().all()
    return () => items
  }
  const rows = rowsOf(result, plan)
  return (position) => rows.map((row) => row[position])
}

function isSingle({ width, joined }: RowPlan): boolean {
  return width === 1 && joined.length === 0
}

function rowsOf(result: Result<unknown>, { names }: RowPlan): readonly (readonly unknown[])[] {
  return result.all().map((row) => {
    if (Array.isArray(row)) return row
    return names && typeof row === 'object' && row !== null ? names.map((name) => Reflect.get(row, name)) : [row]
  })
}

function stateIn(item: unknown): InstanceState | null {
  return typeof item === 'object' && item !== null ? stateOf(item) : null
}

function setIn<K>(map: Map<K, Set<InstanceState>>, key: K): Set<InstanceState> {
  let set = map.get(key)
  if (!set) {
    set = new Set()
    map.set(key, set)
  }
  return set
}

function attach(itemsAt: ItemsAt, { parent, position }: JoinedItem) {
  const members = new Map<InstanceState, Set<InstanceState>>()
  const joined = itemsAt(position)
  for (const [i, item] of itemsAt(parent).entries()) {
    const owner = stateIn(item)
    if (!owner) continue
    const member = stateIn(joined[i])
    const set = setIn(members, owner)
    if (member) set.add(member)
  }
  return members
}

/** Assigns what was joined, and tells which objects stand where. */
export function assemble(itemsAt: ItemsAt, plan: RowPlan, assign: AssignJoined): Found {
  const found: Found = new Map()
  for (const { position, node } of plan.roots) {
    // Nothing hangs on them: nobody asks which they are.
    if (node.branches.length === 0) continue
    const states = setIn(found, node)
    for (const item of itemsAt(position)) {
      const state = stateIn(item)
      if (state) states.add(state)
    }
  }
  for (const item of plan.joined) {
    const states = setIn(found, item.branch.target)
    for (const [owner, members] of attach(itemsAt, item)) {
      for (const member of members) states.add(member)
      assign(
        owner,
        Array.from(members, ({ object }) => object),
        item.branch,
      )
    }
  }
  return found
}

/** What a row says at these places, in a form that can be looked up. */
function keyAt(places: readonly number[]): (row: readonly unknown[]) => unknown {
  const [place = 0, ...more] = places
  if (more.length === 0) return (row) => row[place]
  const ids = new Map<unknown, number>()
  const idOf = (value: unknown): number => {
    const id = ids.get(value) ?? ids.size
    ids.set(value, id)
    return id
  }
  return (row) => places.map((each) => idOf(row[each])).join(' ')
}

/** The rows of which no earlier one says the same at these places. */
function firsts(rows: readonly (readonly unknown[])[], places: readonly number[]): readonly (readonly unknown[])[] {
  const keyOf = keyAt(places)
  const first = new Map<unknown, readonly unknown[]>()
  for (const row of rows) {
    const key = keyOf(row)
    if (!first.has(key)) first.set(key, row)
  }
  return [...first.values()]
}

/** The user's part of the rows: without our items, without the repetitions that joined collections made. */
export function ownRows<R>(result: Result<unknown>, plan: RowPlan): Result<R> {
  const { width, names, joined, sameBy } = plan
  if (isSingle(plan) && !names) return Result.of<R>(result.scalars().all(), { kind: 'single' }, result.rowCount)
  const form: RowForm = names ? { kind: 'object', names } : { kind: 'tuple', width }
  if (joined.length === 0) return Result.of<R>(result.all(), form, result.rowCount)
  const rows = rowsOf(result, plan)
  const own = (sameBy ? firsts(rows, sameBy) : rows).map((row) =>
    names ? Object.fromEntries(names.map((name, i) => [name, row[i]])) : row.slice(0, width),
  )
  return Result.of<R>(own, form, own.length)
}
