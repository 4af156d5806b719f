// A select, or another statement, over CTEs that change rows: which rows is not known here, so what they may have changed of the
// session's objects is forgotten, and read again when it is asked for.
import { type NodeOf, type Query, type QueryNode, queryNode, walk } from '@oriel/sql'
import { markExpired } from '../mapped/expired.ts'
import type { Mapper } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { Place } from '../state/row-format.ts'
import { followMoves } from './collection-moves.ts'
import { expireObject } from './expire.ts'
import { forgetHolders } from './moved-reference.ts'
import type { SessionState } from './session-state.ts'

type InnerChange = NodeOf<'update'> | NodeOf<'delete'> | NodeOf<'insert'>

interface Target {
  readonly mapper: Mapper
  readonly node: InnerChange
}

/** What is asked of the session around a statement. */
export interface Surroundings {
  readonly state: SessionState
  readonly unitOfWork: { isModified(state: InstanceState): boolean }
}

/** Sends a statement that may change rows in its CTEs, which the session's objects then no longer know. */
export async function beside<T>(
  statement: Query<unknown>,
  { state, unitOfWork }: Surroundings,
  send: () => Promise<T>,
): Promise<T> {
  const inner = new InnerChanges(statement[queryNode], state)
  const isModified = (each: InstanceState): boolean => unitOfWork.isModified(each)
  inner.before(isModified)
  const result = await send()
  inner.after(isModified)
  return result
}

class InnerChanges {
  readonly #session: SessionState
  readonly #targets: readonly Target[]
  /** Classes that the statement reads from their tables, too: as they were before. */
  readonly #read = new Set<Mapper>()

  constructor(query: QueryNode, session: SessionState) {
    this.#session = session
    const targets: Target[] = []
    walk(query, (node) => {
      if (node === query || (node.kind !== 'update' && node.kind !== 'delete' && node.kind !== 'insert')) {
        const mapper = node.kind === 'table' ? session.mapperOfTable(node.table) : null
        if (mapper) this.#read.add(mapper)
        return undefined
      }
      const mapper = session.mapperOfTable(node.kind === 'insert' ? node.into.table : node.table.table)
      // A new row is nobody's here.
      if (mapper && (node.kind !== 'insert' || node.onConflict?.action)) targets.push({ mapper, node })
      return false
    })
    this.#targets = targets
  }

  /** Before it is sent: what it gives of the objects is taken over as it comes. */
  before(isModified: (state: InstanceState) => boolean): void {
    for (const target of this.#targets) this.#forget(target, isModified)
  }

  /** Behind it: what it read of the tables themselves is older than what it did. */
  after(isModified: (state: InstanceState) => boolean): void {
    for (const target of this.#targets) if (this.#read.has(target.mapper)) this.#forget(target, isModified)
  }

  #forget({ mapper, node }: Target, isModified: (state: InstanceState) => boolean): void {
    const session = this.#session
    const format = session.format(mapper)
    const changed = format.places.filter((place) => isChanged(place, node))
    const references = new Set(changed.flatMap((place) => place.references))
    const names = [...changed, ...references].map(({ name }) => name)
    for (const state of session.identityMap.of(mapper).values()) {
      if (session.deleted.has(state) || isModified(state)) continue
      session.journal?.keep(state)
      for (const reference of references) forgetHolders(state, { reference, before: state.lastRow }, session)
      expireObject(state, format, node.kind === 'delete' ? undefined : names)
      markExpired(
        state.object,
        'a statement that changes rows inside of it',
        node.kind === 'delete' ? undefined : names,
      )
    }
    followMoves(session)
  }
}

function isChanged({ property, column }: Place, node: InnerChange): boolean {
  if (node.kind === 'delete' || property.isComputed) return true
  const assignments = node.kind === 'update' ? node.assignments : (node.onConflict?.action?.assignments ?? [])
  return assignments.some((assignment) => assignment.column === column.name)
}
