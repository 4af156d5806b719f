// A row's key names another object than it did: somebody else moved it. What was known of both ends follows the row; what the user
// assigned and has not written stays. Collections follow behind the rows: collection-moves.ts does that.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { own } from '../unit-of-work/members.ts'
import { movesOf, type Side } from './collection-moves.ts'
import type { SessionState } from './session-state.ts'

/** A reference, and the row in which its key was another one. */
export interface Move {
  readonly reference: RelationshipProperty
  readonly before: Readonly<RawRow>
}

/**
 * Makes the reference unloaded, and takes the object over from the side of the one it was with to that of the other: collections
 * with the next `followMoves`.
 */
export function referenceMoved(child: InstanceState, { reference, before }: Move, session: SessionState): void {
  const { object, members } = child
  const { name } = reference
  const value = own(object, name)
  if (value !== undefined && value === members?.get(name)) Reflect.deleteProperty(object, name)
  members?.delete(name)
  child.displaced?.delete(name)
  const relationship = reference.inverse()
  if (!relationship || relationship.association) return
  const old = targetIn(before, child, { reference, session })
  const target = targetIn(child.row, child, { reference, session })
  if (old === target) return
  if (old) leave({ owner: old, relationship }, object, session)
  // A list that was loaded in part, by a filter or a limit, may be one that it does not belong to.
  if (target && !target.partial?.has(relationship.name)) join({ owner: target, relationship }, object, session)
}

/** The key of a reference is not known any more: neither is who has the object, once `followMoves` is called. */
export function forgetHolders(child: InstanceState, { reference, before }: Move, session: SessionState): void {
  const relationship = reference.inverse()
  const owner = relationship && targetIn(before, child, { reference, session })
  if (owner && !relationship.association && owner.members?.has(relationship.name))
    movesOf(session).doubt({ owner, relationship }, child.object)
}

/** The object of the session that the key in a row names. */
function targetIn(
  row: Readonly<RawRow>,
  child: InstanceState,
  { reference, session }: { reference: RelationshipProperty; session: SessionState },
): InstanceState | null {
  const { byColumn } = session.format(child.mapper)
  const target = reference.target()
  const texts: string[] = []
  for (const key of session.format(target).keys) {
    const pair = reference.pairs.find(([, theirs]) => theirs === key.column)
    const text = pair && row[byColumn.get(pair[0])?.index ?? -1]
    if (text === undefined || text === null) return null
    texts.push(key.form?.(text) ?? text)
  }
  return session.identityMap.get(target, texts.join('\u0000')) ?? null
}

function leave(side: Side, member: object, session: SessionState): void {
  const known = side.owner.members?.get(side.relationship.name)
  if (known === undefined) return
  if (side.relationship.isMany) movesOf(session).leave(side, member)
  else if (known === member) replaceOne(side, null, session)
}

function join(side: Side, member: object, session: SessionState): void {
  const known = side.owner.members?.get(side.relationship.name)
  if (known === undefined) return
  if (side.relationship.isMany) movesOf(session).join(side, member)
  else if (known !== member) replaceOne(side, member, session)
}

/** Changes what the other side of one-to-one holds and is known to hold. */
function replaceOne({ owner, relationship: { name } }: Side, member: object | null, session: SessionState): void {
  const known = owner.members?.get(name)
  session.journal?.keep(owner)
  owner.remember(name, member)
  if (owner.agreed?.has(name)) owner.agree(name, member)
  if (own(owner.object, name) === known) setLoaded(owner.object, name, member)
}
