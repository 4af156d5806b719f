// A row's key names another object than it did: somebody else moved it. What was known of both ends follows the row; what the user
// assigned and has not written stays.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { InstanceState, Members, RawRow } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { areSameMembers, isObject, listOf, membersNow, own } from '../unit-of-work/members.ts'
import { replaceItems } from '../unit-of-work/side-edits.ts'
import type { SessionState } from './session-state.ts'

/** A reference, and the row in which its key was another one. */
export interface Move {
  readonly reference: RelationshipProperty
  readonly before: Readonly<RawRow>
}

/** Makes the reference unloaded, and takes the object over from the loaded collection of the one it was with to that of the other. */
export function referenceMoved(child: InstanceState, { reference, before }: Move, session: SessionState): void {
  const { object, members } = child
  const { name } = reference
  const value = own(object, name)
  if (value !== undefined && value === members?.get(name)) Reflect.deleteProperty(object, name)
  members?.delete(name)
  child.displaced?.delete(name)
  const inverse = reference.inverse()
  if (!inverse || inverse.association) return
  const old = targetIn(before, child, { reference, session })
  const target = targetIn(child.row, child, { reference, session })
  if (old === target) return
  if (old) edit(old, inverse, { session, change: (known) => without(known, object), item: object })
  // A list that was loaded in part, by a filter or a limit, may be one that it does not belong to.
  if (target && !target.partial?.has(inverse.name))
    edit(target, inverse, { session, change: (known) => withMember(known, object), item: object })
}

/** The key of a reference is not known any more: neither is who has the object. */
export function forgetHolders(child: InstanceState, { reference, before }: Move, session: SessionState): void {
  const inverse = reference.inverse()
  const old = inverse && targetIn(before, child, { reference, session })
  if (!old || inverse.association) return
  const known = old.members?.get(inverse.name)
  if (!listOf(known).includes(child.object)) return
  // What the user changed there, and has not written, stays.
  if (!areSameMembers(known, membersNow(old, inverse) ?? known)) return
  session.journal?.keep(old)
  old.members?.delete(inverse.name)
  Reflect.deleteProperty(old.object, inverse.name)
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

interface Edit {
  readonly session: SessionState
  readonly item: object
  readonly change: (known: readonly object[]) => readonly object[]
}

/** Changes what a loaded collection, or the other side of one-to-one, holds and is known to hold. */
function edit(parent: InstanceState, { name, isMany }: RelationshipProperty, { session, item, change }: Edit): void {
  const known = parent.members?.get(name)
  if (known === undefined) return
  const list = listOf(known)
  const next = change(list)
  if (next === list) return
  session.journal?.keep(parent)
  const formOf = (list: readonly object[]): Members => (isMany ? list : (list.find((each) => each === item) ?? null))
  parent.remember(name, formOf(next))
  const agreed = parent.agreed?.get(name)
  if (agreed !== undefined) parent.agree(name, formOf(change(listOf(agreed))))
  const value = own(parent.object, name)
  if (!isMany) {
    if (value === known) setLoaded(parent.object, name, formOf(next))
  } else if (Array.isArray(value)) {
    const shown: unknown[] = value
    const items = shown.filter(isObject)
    if (items.length === shown.length) replaceItems(shown, change(items))
  }
}

function without(members: readonly object[], object: object): readonly object[] {
  return members.includes(object) ? members.filter((member) => member !== object) : members
}

function withMember(members: readonly object[], object: object): readonly object[] {
  return members.includes(object) ? members : [...members, object]
}
