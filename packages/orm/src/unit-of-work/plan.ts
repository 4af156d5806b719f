// From what changed to the order in which it is written: parents before children, rows of association tables behind both, deletes in reverse.
import type { Table } from '@oriel/sql'
import { CircularDependencyError } from '../error.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { type InstanceState, type RawRow, stateOf } from '../state/instance-state.ts'
import type { RowFormat } from '../state/row-format.ts'
import type { FlushAction, LateReference } from './flush-plan.ts'
import { FlushPlan } from './flush-plan.ts'
import type { Links } from './links.ts'
import { isWhole, listOf, membersNow } from './members.ts'
import type { PairChange } from './pair-links.ts'
import { isCanonical } from './pairing.ts'
import { layers, stronglyConnected } from './topological.ts'

/** Everything that a flush has to write. */
export interface Work {
  readonly inserts: readonly InstanceState[]
  readonly updates: readonly InstanceState[]
  readonly deletes: readonly InstanceState[]
  readonly links: Links
  /** The texts of new objects, as far as they are known before anything is sent. */
  readonly texts: ReadonlyMap<InstanceState, RawRow>
  readonly formatOf: (mapper: Mapper) => RowFormat
  /** Deleted objects whose key, or whose only place beside another, a new object takes. */
  readonly replaced: ReadonlySet<InstanceState>
}

/** Objects by class, in the order in which the classes are met. */
export function byMapper(states: Iterable<InstanceState>): Map<Mapper, InstanceState[]> {
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

/** May its rows refer to each other? */
export function refersToItself(mapper: Mapper): boolean {
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

/** Objects that depend on each other are asked so often; then all keys between them that may be null are written late. */
const mostPasses = 4

type LateKeys = Map<InstanceState, Set<RelationshipProperty>>

/** Inserts of classes that refer to each other: in layers by object; a circle is broken at a key that may be null for a moment. */
function insertInLayers(
  states: readonly InstanceState[],
  links: Links,
): { layers: InstanceState[][]; late: LateReference[] } {
  const late: LateReference[] = []
  const lateKeys: LateKeys = new Map()
  const waitsFor = (state: InstanceState): InstanceState[] => {
    const isLate = lateKeys.get(state)
    return targetsOf(state, links).flatMap(([relationship, target]) => (isLate?.has(relationship) ? [] : [target]))
  }
  const found: InstanceState[][] = []
  let rest = states
  for (let pass = 1; rest.length > 0; pass++) {
    const sorted = layers(rest, waitsFor)
    for (const layer of sorted.layers) found.push(layer)
    rest = sorted.stuck
    const stuck = new Set(rest)
    for (const circle of stronglyConnected(rest, (state) => waitsFor(state).filter((target) => stuck.has(target)))) {
      const [only, ...more] = circle
      if (only && more.length === 0 && !waitsFor(only).includes(only)) continue
      const broken = breakCircle(circle, { links, lateKeys, isWhole: pass > mostPasses })
      if (broken.length === 0) throw circular(circle, links)
      late.push(...broken)
    }
  }
  return { layers: found, late }
}

/** The keys of a circle that are written late: one, or all that can be. */
function breakCircle(
  circle: readonly InstanceState[],
  { links, lateKeys, isWhole }: { links: Links; lateKeys: LateKeys; isWhole: boolean },
): LateReference[] {
  const members = new Set(circle)
  const broken: LateReference[] = []
  for (const child of circle)
    for (const [relationship, target] of targetsOf(child, links)) {
      if (!members.has(target) || lateKeys.get(child)?.has(relationship) || !canBeNull(relationship)) continue
      const late = lateKeys.get(child) ?? new Set()
      lateKeys.set(child, late.add(relationship))
      broken.push({ child, relationship, target })
      if (!isWhole) return broken
    }
  return broken
}

/** One null is enough for a key not to be checked. */
function canBeNull({ pairs }: RelationshipProperty): boolean {
  return pairs.some(([mine]) => mine.isNullable)
}

function circular(circle: readonly InstanceState[], links: Links): CircularDependencyError {
  const members = new Set(circle)
  const path: string[] = []
  const seen = new Set<InstanceState>()
  let state = circle[0]
  while (state && !seen.has(state)) {
    seen.add(state)
    const next: [RelationshipProperty, InstanceState] | undefined = targetsOf(state, links).find(([, target]) =>
      members.has(target),
    )
    path.push(`${state.mapper.name}.${next?.[0].name ?? ''}`)
    state = next?.[1]
  }
  return new CircularDependencyError(`New objects refer to each other in a circle: ${path.join(' → ')}.`, {
    hint: 'Make one of these keys nullable: it is then filled in by a second statement.',
  })
}

/** The columns by which objects of a class refer to others of it. A column with a default is left to the database. */
export function selfKeys(mapper: Mapper): ReadonlySet<string> {
  const own = [...mapper.relationships.values()].filter((each) => each.holdsKey && each.target() === mapper)
  const names = own.flatMap(({ keyProperties }) => keyProperties)
  return new Set(names.filter((name) => mapper.properties.get(name)?.isFilled === false))
}

/**
 * Can objects of one class that refer to each other be written by one statement? Keys are checked at its end: where they are known
 * before, neither order nor circles matter, as long as all rows have the same columns.
 */
function fitOneStatement(mapper: Mapper, states: readonly InstanceState[], work: Work): boolean {
  const { keys, places } = work.formatOf(mapper)
  const references = selfKeys(mapper)
  const [first, ...rest] = states.map((state) => writtenPlaces(state, work))
  if (!first || rest.length === 0 || references.size === 0) return false
  if (!keys.every((key) => isCanonical(key) && first.has(key.name) && !references.has(key.name))) return false
  const leadsToKey = [...mapper.relationships.values()].every(
    ({ holdsKey, target, pairs }) =>
      !holdsKey || target() !== mapper || pairs.every(([, theirs]) => keys.some(({ column }) => column === theirs)),
  )
  const others = places.filter(({ name }) => !references.has(name))
  return leadsToKey && rest.every((row) => others.every(({ name }) => row.has(name) === first.has(name)))
}

/** The properties that the row of a new object has: its own, and those that a relationship gives it. */
function writtenPlaces(state: InstanceState, { texts, formatOf, links }: Work): ReadonlySet<string> {
  const row = texts.get(state) ?? []
  const written = new Set<string>()
  for (const { name, index } of formatOf(state.mapper).places) if (row[index] !== undefined) written.add(name)
  for (const [{ pairs }, target] of links.targets.get(state) ?? [])
    for (const [mine] of pairs) if (target || mine.isNullable) written.add(mine.property)
  return written
}

function planInserts(work: Work): FlushAction[] {
  const { inserts, links } = work
  const groups = byMapper(inserts)
  const actions: FlushAction[] = []
  for (const group of mapperOrder(groups.keys())) {
    const [only, ...more] = group
    const alone = only && more.length === 0 ? (groups.get(only) ?? []) : []
    if (only && alone.length > 0 && !refersToItself(only)) {
      actions.push({ kind: 'insert', mapper: only, states: alone })
      continue
    }
    if (only && alone.length > 0 && fitOneStatement(only, alone, work)) {
      actions.push({ kind: 'insert', mapper: only, states: alone, isTogether: true })
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

/** Referred tables first: a changed key is there before those that refer to it, and two flushes go through the tables in one order. */
function planUpdates(updates: readonly InstanceState[]): FlushAction[] {
  const groups = byMapper(updates)
  const mappers = [...groups.keys()].sort((a, b) => (a.table.qualifiedName < b.table.qualifiedName ? -1 : 1))
  return mapperOrder(mappers)
    .flat()
    .map((mapper) => ({ kind: 'update', mapper, states: groups.get(mapper) ?? [] }))
}

/** Rows of association tables go before the objects that they belong to. */
function planUnlinkAll(deletes: readonly InstanceState[]): FlushAction[] {
  const actions: FlushAction[] = []
  for (const [mapper, states] of byMapper(deletes))
    for (const relationship of mapper.relationships.values()) {
      if (relationship.association === null) continue
      const owners = states.filter((state) => {
        const { name } = relationship
        return !isWhole(state, name) || listOf(state.members?.get(name)).length > 0
      })
      if (owners.length > 0) actions.push({ kind: 'unlink all', mapper, relationship, states: owners })
    }
  return actions
}

/** Children before parents. Where classes refer to each other, the keys between them that may be null are let go first. */
function planDeletes(deletes: readonly InstanceState[]): FlushAction[] {
  const groups = byMapper(deletes)
  const actions: FlushAction[] = []
  for (const group of mapperOrder(groups.keys()).reverse()) {
    let order = group
    if (group.length > 1) {
      const members = new Set(group)
      for (const mapper of group) {
        const references = releasesOf(mapper, groups.get(mapper) ?? [], members)
        if (references.length > 0) actions.push({ kind: 'late reference', mapper, references })
      }
      order = stronglyConnected(group, (mapper) => firmTargets(mapper, members))
        .flat()
        .reverse()
    }
    for (const mapper of order) actions.push({ kind: 'delete', mapper, states: groups.get(mapper) ?? [] })
  }
  return actions
}

function releasesOf(mapper: Mapper, states: readonly InstanceState[], targets: ReadonlySet<Mapper>): LateReference[] {
  return [...mapper.relationships.values()]
    .filter((relationship) => relationship.holdsKey && canBeNull(relationship))
    .filter((relationship) => relationship.target() !== mapper && targets.has(relationship.target()))
    .flatMap((relationship) => states.map((child) => ({ child, relationship, target: null })))
}

function firmTargets(mapper: Mapper, members: ReadonlySet<Mapper>): Mapper[] {
  return [...mapper.relationships.values()]
    .filter((relationship) => relationship.holdsKey && !canBeNull(relationship))
    .map((relationship) => relationship.target())
    .filter((target) => target !== mapper && members.has(target))
}

/** What has to be gone before the inserts: the replaced, and what is deleted and may refer to them. */
function splitDeletes({ deletes, replaced }: Work): { early: InstanceState[]; late: InstanceState[] } {
  if (replaced.size === 0) return { early: [], late: [...deletes] }
  const tables = new Set(Array.from(replaced, ({ mapper }) => mapper.table))
  const mappers = new Set(deletes.map(({ mapper }) => mapper))
  for (let size = 0; size < tables.size; ) {
    size = tables.size
    for (const { table } of mappers) if (table.foreignKeys.some((key) => tables.has(key.target()))) tables.add(table)
  }
  const own = new Set(Array.from(replaced, ({ mapper }) => mapper.table))
  const isEarly = (state: InstanceState): boolean =>
    replaced.has(state) || (tables.has(state.mapper.table) && !own.has(state.mapper.table))
  return { early: deletes.filter(isEarly), late: deletes.filter((state) => !isEarly(state)) }
}

/** The only place beside another object is left before somebody else takes it. */
function planReleases(updates: readonly InstanceState[], links: Links): FlushAction[] {
  const references: LateReference[] = []
  if (links.targets.size === 0) return []
  for (const child of updates)
    for (const [relationship, target] of links.targets.get(child) ?? []) {
      const inverse = relationship.inverse()
      if (!inverse || inverse.isMany || !canBeNull(relationship)) continue
      if (target === null || isTaken(child, relationship, links)) references.push({ child, relationship, target: null })
    }
  return [...byMapper(references.map(({ child }) => child)).keys()].map((mapper) => ({
    kind: 'late reference',
    mapper,
    references: references.filter(({ child }) => child.mapper === mapper),
  }))
}

/** Does another child come to the object that this one leaves? */
function isTaken(child: InstanceState, relationship: RelationshipProperty, links: Links): boolean {
  const [before] = listOf(child.members?.get(relationship.name))
  const inverse = relationship.inverse()
  const left = before && stateOf(before)
  const [successor] = left && inverse ? listOf(membersNow(left, inverse)) : []
  const taker = successor ? stateOf(successor) : null
  return taker !== null && taker !== child && links.targets.get(taker)?.get(relationship) === left
}

/** The order of a flush. Throws CircularDependencyError before anything is sent. */
export function planFlush(work: Work): FlushPlan {
  const { updates, links } = work
  const { early, late } = splitDeletes(work)
  return new FlushPlan([
    ...planUnlinkAll(early),
    ...planDeletes(early),
    ...planReleases(updates, links),
    ...planInserts(work),
    ...planUpdates(updates),
    ...planPairs(links.pairs, false),
    ...planPairs(links.pairs, true),
    ...planUnlinkAll(late),
    ...planDeletes(late),
  ])
}
