// The collections that objects left and joined because their keys were moved by somebody else. Collected while rows are read, and
// followed once behind them: a collection may lose and gain many. Which those are is moved-reference.ts's.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { allObjects, areSameMembers, listOf, membersNow, own } from '../unit-of-work/members.ts'
import { replaceItems } from '../unit-of-work/side-edits.ts'
import type { SessionState } from './session-state.ts'

/** A collection, or the other side of one-to-one. */
export interface Side {
  readonly owner: InstanceState
  readonly relationship: RelationshipProperty
}

/** What became of one of them. */
interface Moves extends Side {
  readonly left: Set<object>
  /** In the order in which they came. */
  readonly joined: Set<object>
  /** Members of which nobody knows any more whether they are. */
  readonly doubted: Set<object>
}

/** What sessions are to follow. Most reads move nothing, and most sessions have none. */
const collected = new WeakMap<SessionState, CollectionMoves>()

/** What was collected for a session since its moves were last followed. */
export function movesOf(session: SessionState): CollectionMoves {
  let moves = collected.get(session)
  if (!moves) {
    moves = new CollectionMoves()
    collected.set(session, moves)
  }
  return moves
}

/** Brings the collections to what was read since the last call. Whoever reads rows calls it before anybody looks at a collection. */
export function followMoves(session: SessionState): void {
  const moves = collected.get(session)
  if (!moves) return
  collected.delete(session)
  moves.follow(session)
}

class CollectionMoves {
  readonly #byOwner = new Map<InstanceState, Map<RelationshipProperty, Moves>>()

  leave(side: Side, member: object): void {
    const { left, joined } = this.#of(side)
    joined.delete(member)
    left.add(member)
  }

  join(side: Side, member: object): void {
    this.#of(side).joined.add(member)
  }

  doubt(side: Side, member: object): void {
    this.#of(side).doubted.add(member)
  }

  follow(session: SessionState): void {
    for (const sides of this.#byOwner.values())
      for (const moves of sides.values()) {
        exchange(moves, session)
        forget(moves, session)
      }
  }

  #of({ owner, relationship }: Side): Moves {
    let sides = this.#byOwner.get(owner)
    if (!sides) {
      sides = new Map()
      this.#byOwner.set(owner, sides)
    }
    let moves = sides.get(relationship)
    if (!moves) {
      moves = { owner, relationship, left: new Set(), joined: new Set(), doubted: new Set() }
      sides.set(relationship, moves)
    }
    return moves
  }
}

/** Changes what a loaded collection holds and is known to hold: in the same array, and with those that came at its end. */
function exchange({ owner, relationship: { name }, left, joined }: Moves, session: SessionState): void {
  const known = owner.members?.get(name)
  if (known === undefined || left.size + joined.size === 0) return
  const list = listOf(known)
  const isKnown = membership(list, left.size + joined.size)
  const gone = new Set([...left].filter(isKnown))
  const come = [...joined].filter((member) => gone.has(member) || !isKnown(member))
  if (gone.size + come.length === 0) return
  session.journal?.keep(owner)
  const change = (members: readonly object[]): readonly object[] => {
    const kept = gone.size > 0 ? members.filter((member) => !gone.has(member)) : members
    const isKept = membership(kept, come.length)
    return [...kept, ...come.filter((member) => !isKept(member))]
  }
  owner.remember(name, change(list))
  const agreed = owner.agreed?.get(name)
  if (agreed !== undefined) owner.agree(name, change(listOf(agreed)))
  const value = own(owner.object, name)
  if (!Array.isArray(value)) return
  const shown: unknown[] = value
  if (allObjects(shown)) replaceItems(shown, change(shown))
}

/** Makes a side unloaded that holds a doubted member. What the user changed there, and has not written, stays. */
function forget({ owner, relationship, doubted }: Moves, session: SessionState): void {
  const { name } = relationship
  if (doubted.size === 0) return
  const known = owner.members?.get(name)
  if (!listOf(known).some((member) => doubted.has(member))) return
  if (!areSameMembers(known, membersNow(owner, relationship) ?? known)) return
  session.journal?.keep(owner)
  owner.members?.delete(name)
  Reflect.deleteProperty(owner.object, name)
}

/** So many are looked for one by one sooner than a set is made of a long list. */
const few = 16

function membership(list: readonly object[], asked: number): (member: object) => boolean {
  if (asked <= few) return (member) => list.includes(member)
  const members = new Set(list)
  return (member) => members.has(member)
}
