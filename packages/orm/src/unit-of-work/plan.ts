// From what changed to the order in which it is written: parents before children, rows of association tables behind both, deletes in reverse.
import type { Table } from '@oriel/sql'
import { CircularDependencyError } from '../error.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { describeObject } from '../session/session-state.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { FlushAction, LateReference } from './flush-plan.ts'
import { FlushPlan } from './flush-plan.ts'
import type { Links, PairChange } from './links.ts'
import { layers, stronglyConnected } from './topological.ts'

/** Everything that a flush has to write. */
export interface Work {
  readonly inserts: readonly InstanceState[]
  readonly updates: readonly InstanceState[]
  readonly deletes: readonly InstanceState[]
  readonly links: Links
}

function byMapper(states: readonly InstanceState[]): Map<Mapper, InstanceState[]> {
  const groups = new Map<Mapper, InstanceState[]>()
  for (const state of states) {
    const group = groups.get(state.mapper)
    if (group) group.push(state)
    else groups.set(state.mapper, [state])
  }
  return groups
}

/** Groups of classes whose tables refer to each other, referred ones first. */
function mapperOrder(mappers: Iterable<Mapper>): Mapper[][] {
  const all = [...mappers]
  const byTable = new Map(all.map((mapper) => [mapper.table, mapper]))
  const dependencies = (mapper: Mapper): Mapper[] =>
    mapper.table.foreignKeys.flatMap((key) => byTable.get(key.target()) ?? [])
  return stronglyConnected(all, dependencies)
}

function refersToItself(mapper: Mapper): boolean {
  return mapper.table.foreignKeys.some((key) => key.target() === mapper.table)
}

/** The new objects that an object has to wait for. */
function targetsOf(state: InstanceState, links: Links): [RelationshipProperty, InstanceState][] {
  const targets = links.targets.get(state)
  if (!targets) return []
  const found: [RelationshipProperty, InstanceState][] = []
  for (const [relationship, target] of targets) if (target?.status === 'pending') found.push([relationship, target])
  return found
}

/** Inserts of classes that refer to each other: in layers by object; a circle is broken at a key that may be null for a moment. */
function insertInLayers(
  states: readonly InstanceState[],
  links: Links,
): { layers: InstanceState[][]; late: LateReference[] } {
  const late: LateReference[] = []
  const isLate = (child: InstanceState, relationship: RelationshipProperty) =>
    late.some((reference) => reference.child === child && reference.relationship === relationship)
  const found: InstanceState[][] = []
  let rest = states
  while (rest.length > 0) {
    const pass = layers(rest, (state) =>
      targetsOf(state, links).flatMap(([relationship, target]) =>
        late.length > 0 && isLate(state, relationship) ? [] : [target],
      ),
    )
    found.push(...pass.layers)
    rest = pass.stuck
    if (rest.length === 0) break
    const broken = breakCircle(rest, links, isLate)
    if (!broken) throw circular(rest, links)
    late.push(broken)
  }
  return { layers: found, late }
}

function breakCircle(
  stuck: readonly InstanceState[],
  links: Links,
  isLate: (child: InstanceState, relationship: RelationshipProperty) => boolean,
): LateReference | null {
  const members = new Set(stuck)
  for (const child of stuck)
    for (const [relationship, target] of targetsOf(child, links))
      if (members.has(target) && !isLate(child, relationship) && relationship.pairs.every(([mine]) => mine.isNullable))
        return { child, relationship, target }
  return null
}

function circular(stuck: readonly InstanceState[], links: Links): CircularDependencyError {
  const members = new Set(stuck)
  const path: string[] = []
  const seen = new Set<InstanceState>()
  let state = stuck[0]
  while (state && !seen.has(state)) {
    seen.add(state)
    const next: [RelationshipProperty, InstanceState] | undefined = targetsOf(state, links).find(([, target]) =>
      members.has(target),
    )
    path.push(`${describeObject(state)}.${next?.[0].name ?? ''}`)
    state = next?.[1]
  }
  return new CircularDependencyError(`New objects refer to each other in a circle: ${path.join(' → ')}.`, {
    hint: 'Make one of these keys nullable: it is then filled in by a second statement.',
  })
}

function planInserts(inserts: readonly InstanceState[], links: Links): FlushAction[] {
  const groups = byMapper(inserts)
  const actions: FlushAction[] = []
  for (const group of mapperOrder(groups.keys())) {
    const [only, ...more] = group
    if (only && more.length === 0 && !refersToItself(only)) {
      actions.push({ kind: 'insert', mapper: only, states: groups.get(only) ?? [] })
      continue
    }
    const { layers: found, late } = insertInLayers(
      group.flatMap((mapper) => groups.get(mapper) ?? []),
      links,
    )
    for (const layer of found)
      for (const [mapper, states] of byMapper(layer)) actions.push({ kind: 'insert', mapper, states })
    for (const mapper of group) {
      const references = late.filter((reference) => reference.child.mapper === mapper)
      if (references.length > 0) actions.push({ kind: 'late reference', mapper, references })
    }
  }
  return actions
}

function planPairs(pairs: readonly PairChange[], isAdded: boolean): FlushAction[] {
  const groups = new Map<Table, PairChange[]>()
  for (const pair of pairs) {
    const table = pair.relationship.association?.table
    if (!table || pair.isAdded !== isAdded) continue
    const group = groups.get(table)
    if (group) group.push(pair)
    else groups.set(table, [pair])
  }
  return [...groups].map(([table, group]) => ({ kind: isAdded ? 'link' : 'unlink', table, pairs: group }))
}

/** Rows of association tables go before the objects that they belong to. */
function planUnlinkAll(deletes: readonly InstanceState[]): FlushAction[] {
  return [...byMapper(deletes)].flatMap(([mapper, states]) =>
    [...mapper.relationships.values()]
      .filter((relationship) => relationship.association !== null)
      .map((relationship): FlushAction => ({ kind: 'unlink all', mapper, relationship, states })),
  )
}

function planDeletes(deletes: readonly InstanceState[]): FlushAction[] {
  const groups = byMapper(deletes)
  return mapperOrder(groups.keys())
    .reverse()
    .flatMap((group) =>
      group.map((mapper): FlushAction => ({ kind: 'delete', mapper, states: groups.get(mapper) ?? [] })),
    )
}

/** The order of a flush. Throws CircularDependencyError before anything is sent. */
export function planFlush({ inserts, updates, deletes, links }: Work): FlushPlan {
  return new FlushPlan([
    ...planInserts(inserts, links),
    ...[...byMapper(updates)].map(([mapper, states]): FlushAction => ({ kind: 'update', mapper, states })),
    ...planPairs(links.pairs, false),
    ...planPairs(links.pairs, true),
    ...planUnlinkAll(deletes),
    ...planDeletes(deletes),
  ])
}
