// Many-to-many: the rows of association tables, whichever side speaks of them. Reconciliation in links.ts hands over here.
import { FlushError } from '../error.ts'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { type InstanceState, stateOf } from '../state/instance-state.ts'
import { areEqual, currentMembers, isQuiet, knownMembers, listOf, memberState, refuseReplaced } from './members.ts'
import type { SideEdits } from './side-edits.ts'

/** A row of an association table: added or removed. */
export interface PairChange {
  readonly relationship: RelationshipProperty
  readonly owner: InstanceState
  readonly target: InstanceState
  readonly isAdded: boolean
}

interface Pair extends PairChange {
  /** Said since the sides last agreed. */
  readonly isFresh: boolean
  /** Known to be in the database. */
  readonly isStored: boolean
}

/** What one side says of one member. */
interface Said {
  readonly member: object
  readonly isAdded: boolean
  readonly isFresh: boolean
  readonly isStored: boolean
}

export class PairLinks {
  readonly #session: SessionState
  readonly #edits: SideEdits
  readonly #pairs = new Map<string, Pair>()
  readonly #ids = new Map<InstanceState, number>()

  constructor(session: SessionState, edits: SideEdits) {
    this.#session = session
    this.#edits = edits
  }

  /** Who was spoken of. */
  get states(): Iterable<InstanceState> {
    return this.#ids.keys()
  }

  /** Tells the other sides of what new objects hold. */
  propagate(): void {
    for (const { owner, target, relationship, isAdded } of this.#pairs.values()) {
      const inverse = relationship.inverse()
      if (inverse && isAdded) this.#edits.add(target, inverse, owner.object)
    }
  }

  /** Reads what one side says of its members. */
  read(state: InstanceState, relationship: RelationshipProperty): void {
    if (isQuiet(state, relationship)) return
    const current = currentMembers(state, relationship)
    if (current === undefined) return
    const known = knownMembers(state, relationship)
    const agreed = state.agreed?.get(relationship.name)
    if (agreed === undefined && areEqual(current, known)) return
    refuseReplaced(state, relationship)
    const before = new Set(known)
    const agreedMembers = agreed === undefined ? before : new Set(listOf(agreed))
    const now = new Set(current)
    // What differs from the database, and what came or went with the other side and was changed back here since.
    for (const member of new Set([...now, ...before, ...agreedMembers])) {
      const isAdded = now.has(member)
      const isFresh = isAdded !== agreedMembers.has(member)
      const isStored = before.has(member)
      if (isAdded !== isStored || isFresh) this.#pair(state, relationship, { member, isAdded, isFresh, isStored })
    }
  }

  /** One row of an association table, whichever side speaks of it. */
  #pair(state: InstanceState, relationship: RelationshipProperty, said: Said): void {
    const member = said.isAdded ? memberState(said.member, relationship, this.#session) : stateOf(said.member)
    const table = relationship.association?.table
    if (!member || !table) return
    // Named from the side whose columns come first, so that both sides speak of the same row.
    const isFirst = relationship.association?.toOwner[0]?.[0] === table.columns[0]
    const ids = isFirst ? [this.#idOf(state), this.#idOf(member)] : [this.#idOf(member), this.#idOf(state)]
    const key = `${table.qualifiedName} ${ids.join(' ')}`
    const { isAdded, isFresh, isStored } = said
    const pair: Pair = { relationship, owner: state, target: member, isAdded, isFresh, isStored }
    const other = this.#pairs.get(key)
    if (other && other.isAdded !== pair.isAdded && other.isFresh && pair.isFresh)
      throw new FlushError(`${labelOf(other)} ${verbOf(other)} what ${labelOf(pair)} ${verbOf(pair)}.`, {
        hint: 'Change one side; the other follows.',
      })
    if (!other || (pair.isFresh && !other.isFresh)) this.#pairs.set(key, pair)
  }

  /** The rows to add and to remove; both sides are edited to say so. */
  decide(): PairChange[] {
    const changes: PairChange[] = []
    for (const pair of this.#pairs.values()) {
      const { owner, target, relationship, isAdded, isStored } = pair
      if (this.#session.deleted.has(owner) || this.#session.deleted.has(target)) continue
      const inverse = relationship.inverse()
      if (isAdded) {
        refuseUnsaved(pair)
        this.#edits.add(owner, relationship, target.object)
        if (inverse) this.#edits.add(target, inverse, owner.object)
      } else {
        this.#edits.remove(owner, relationship, target.object)
        if (inverse) this.#edits.remove(target, inverse, owner.object)
      }
      // Whether the row is there is what the database was known to hold, not what the sides said since.
      if (isStored !== isAdded) changes.push(pair)
    }
    return changes
  }

  #idOf(state: InstanceState): number {
    let id = this.#ids.get(state)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(state, id)
    }
    return id
  }
}

function labelOf({ owner, relationship }: PairChange): string {
  return `${relationship.label} of ${describeObject(owner)}`
}

function verbOf({ isAdded }: PairChange): string {
  return isAdded ? 'adds' : 'removes'
}

function refuseUnsaved(pair: PairChange): void {
  if (pair.target.status === 'deleted')
    throw new FlushError(`${labelOf(pair)} holds ${describeObject(pair.target)}, which is deleted.`, {
      hint: 'Take it out, and add a new object with its values; or roll back to have it again.',
    })
  if (pair.target.session !== null) return
  throw new FlushError(`${labelOf(pair)} holds ${describeObject(pair.target)}, which is in no session.`, {
    hint: `Add it with session.add(), or add 'save-update' to the cascades.`,
  })
}
