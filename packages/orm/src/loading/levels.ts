// Level by level through the graph behind a statement: one statement for each relationship and level, never one per row.

import type { Result } from '@oriel/engine'
import type { EntityReader } from '@oriel/engine/internal'
import type { Executable, WarningCode } from '@oriel/sql'
import { markRaised } from '../mapped/raised.ts'
import { followMoves } from '../session/collection-moves.ts'
import { sessionReader } from '../session/entity-rows.ts'
import type { SessionState } from '../session/session-state.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { assemble, type Found, itemsOf } from './assemble.ts'
import type { Assigner } from './assign.ts'
import type { Criteria } from './criteria.ts'
import { type Branch, branchLabel, type LoadNode } from './load-plan.ts'
import { LoadStatement } from './load-statement.ts'
import { keyColumns, keyPositions, memberQuery } from './member-query.ts'
import { keyReader, keyTexts, ownerKeys } from './owner-keys.ts'
import { shapeMembers } from './shape-select.ts'

/** Sends a statement of a loader, within the operation that it belongs to. */
export type Send = (
  statement: Executable<readonly unknown[]>,
  reader: EntityReader,
) => Promise<Result<readonly unknown[]>>

export interface LevelContext {
  readonly session: SessionState
  readonly criteria: Criteria
  readonly ignoresCriteria: boolean
  readonly allowed: readonly WarningCode[]
  readonly assigner: Assigner
  readonly send: Send
  /** Loaded along with rows that are read now: what an older transaction read of them is not enough. */
  readonly isFresh: boolean
}

/** What one statement brought: members by the key of their owner, and the objects that came along. */
interface Brought {
  readonly byKey: ReadonlyMap<string, readonly object[]>
  readonly found: Found
}

export class Levels {
  readonly #context: LevelContext

  constructor(context: LevelContext) {
    this.#context = context
  }

  /** Loads what hangs on the objects that were found, level by level. */
  async follow(found: Found): Promise<void> {
    const siblings: [Branch, Iterable<InstanceState>][] = []
    for (const [node, states] of found)
      for (const branch of node.branches) {
        if (branch.strategy === 'selectinload') siblings.push([branch, states])
        else if (branch.strategy === 'raiseload')
          for (const { object } of states)
            markRaised(object, branch.relationship.name, `raiseload(${branchLabel(branch)})`)
      }
    await this.#together(siblings)
  }

  /** Starts all, so that the next statement is at hand when the one before is answered; ends when all have ended. */
  async #together(siblings: readonly [Branch, Iterable<InstanceState>][]): Promise<void> {
    const [only, ...more] = siblings
    if (only && more.length === 0) return await this.load(...only)
    const failures: unknown[] = []
    const loads = siblings.map(async ([branch, states]) => {
      try {
        await this.load(branch, states)
      } catch (error) {
        failures.push(error)
      }
    })
    await Promise.all(loads)
    // The first to fail is the cause; what failed behind it in the same transaction only says so.
    if (failures.length > 0) throw failures[0]
  }

  /** Loads one relationship for these owners, and what hangs on its members. No owners, no statement. */
  async load(branch: Branch, owners: Iterable<InstanceState>): Promise<void> {
    const { session, assigner } = this.#context
    const { relationship, target } = branch
    const { byKey, withoutKey } = ownerKeys(owners, relationship, session)
    for (const owner of withoutKey) assigner.assign(owner, [], branch)
    if (byKey.size === 0) return
    const known = this.#knownTargets(branch, byKey.keys())
    const missing = [...byKey.keys()].filter((key) => !known.has(key))
    const brought = missing.length > 0 ? await this.#bring(branch, missing) : null
    for (const [key, sharing] of byKey) {
      const at = known.get(key)
      const members = at ? [at.object] : (brought?.byKey.get(key) ?? [])
      for (const owner of sharing) assigner.assign(owner, members, branch)
    }
    const found: Found = brought?.found ?? new Map<LoadNode, Set<InstanceState>>()
    const states = found.get(target) ?? new Set()
    for (const state of known.values()) states.add(state)
    found.set(target, states)
    await this.follow(found)
  }

  /** Targets of a reference that the session holds already, with all that is to be loaded of them. */
  #knownTargets({ relationship, filter, target }: Branch, keys: Iterable<string>): Map<string, InstanceState> {
    const known = new Map<string, InstanceState>()
    const { session, criteria, ignoresCriteria, assigner, isFresh } = this.#context
    const { mapper, element, branches } = target
    const isJoined = branches.some(({ strategy }) => strategy === 'joinedload' || strategy === 'containsEager')
    const isRestricted = filter.where.length > 0 || (!ignoresCriteria && criteria.restricts(mapper.element))
    if (!relationship.holdsKey || isJoined || isRestricted || assigner.populateExisting) return known
    const format = session.format(mapper)
    const isByKey =
      relationship.pairs.length === format.keys.length &&
      relationship.pairs.every(([, column], i) => column === format.keys[i]?.column)
    if (!isByKey) return known
    const places = element.loadedColumns.flatMap((column) => format.byColumn.get(column) ?? [])
    for (const key of keys) {
      const state = session.identityMap.get(mapper, key)
      if (isFresh && state && session.readsAgain(state)) continue
      if (state && places.every(({ index }) => state.row[index] !== undefined)) known.set(key, state)
    }
    return known
  }

  async #bring(branch: Branch, keys: readonly string[]): Promise<Brought> {
    const { session, criteria, ignoresCriteria, allowed, assigner, send } = this.#context
    const { relationship, target } = branch
    const positions = keyPositions(branch)
    const query = memberQuery(branch, keyTexts(keys, positions.length), criteria)
    const shaped = shapeMembers({ ...query, ignoresCriteria }, [{ item: 0, node: target }], criteria)
    const keyInRow = keyReader(keyColumns(branch), positions)
    const byKey = new Map<string, object[]>()
    const read = sessionReader(session, { isReset: assigner.populateExisting })
    const isRepeated = shaped.rows.isMultiplied || relationship.association !== null
    const met = new Map<string, Set<object>>()
    const reader: EntityReader = (item, codecs) => {
      const readEntity = read(item, codecs)
      // The members stand first; what stands behind them was joined to them.
      if (item.start !== 0) return readEntity
      return (row) => {
        const object = readEntity(row)
        const key = keyInRow(row)
        if (isRepeated) {
          const seen = met.get(key) ?? new Set()
          met.set(key, seen)
          if (seen.has(object)) return object
          seen.add(object)
        }
        const members = byKey.get(key)
        if (members) members.push(object)
        else byKey.set(key, [object])
        return object
      }
    }
    const result = await send(new LoadStatement(shaped.node, allowed, shaped.warning), reader)
    followMoves(session)
    const found = assemble(itemsOf(result, shaped.rows), shaped.rows, (owner, members, joined) =>
      assigner.assign(owner, members, joined),
    )
    return { byKey, found }
  }
}
