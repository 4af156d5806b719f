// The one place of a child in a relationship whose key it holds, and who gets it. Pure: nothing is changed here.
import { FlushError } from '../error.ts'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { agreesWithKey, isKeyChanged } from './key-link.ts'

/** A property of an object that says something. */
interface Speaker {
  readonly state: InstanceState
  readonly relationship: RelationshipProperty
}

/** Somebody says to whom a child belongs. */
export interface Claim {
  readonly target: InstanceState | null
  readonly by: Speaker
  /** Said since the sides last agreed: it wins over what they had agreed on. */
  readonly isFresh: boolean
}

export interface Slot {
  readonly child: InstanceState
  readonly relationship: RelationshipProperty
  claims: readonly Claim[]
  /** Collections that let the child go. */
  released: readonly Speaker[]
  /** Parents that took back what had been agreed since the last flush. */
  withdrawn: ReadonlySet<InstanceState>
  /** Only the key was changed, and names this object, where the session knows it. */
  key: { readonly target: InstanceState | null } | null
  /** Another place of the same child. */
  next: Slot | null
}

export type Decision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'orphan' }
  /** The child's key becomes that of the target. */
  | { readonly kind: 'target'; readonly target: InstanceState | null }
  /** The child's key is as the user set it, and names the target. */
  | { readonly kind: 'key'; readonly target: InstanceState | null }

function label({ state, relationship }: Speaker): string {
  return `${relationship.label} of ${describeObject(state)}`
}

/** A reference says whom it names; a collection is that of its owner. */
function labelOfClaim({ by, target }: Claim): string {
  if (by.state === target) return label(by)
  return `${label(by)}, which is ${target ? describeObject(target) : 'null'}`
}

/** The claim that wins; undefined where there is none. */
function winner({ child, claims, withdrawn }: Slot): Claim | undefined {
  const isAnyFresh = claims.some(({ isFresh }) => isFresh)
  const counts = ({ isFresh, target }: Claim): boolean =>
    isAnyFresh ? isFresh : target === null || !withdrawn.has(target)
  const first = claims.find(counts)
  const rival = first && claims.find((claim) => claim.target !== first.target && counts(claim))
  if (rival)
    throw new FlushError(
      `${describeObject(child)} is claimed twice: by ${labelOfClaim(first)}, and by ${labelOfClaim(rival)}.`,
      {
        hint: 'An object has one parent: take it out of one of them.',
      },
    )
  return first
}

function refuseUnusableTarget({ by, target }: Claim, session: SessionState): void {
  if (target === null || by.state === target) return
  if (target.session === null && target.status !== 'detached')
    throw new FlushError(`${label(by)} is ${describeObject(target)}, which is in no session.`, {
      hint: `Add it with session.add(), or add 'save-update' to the cascades.`,
    })
  if (session.deleted.has(target) || target.status === 'deleted')
    throw new FlushError(`${label(by)} is ${describeObject(target)}, which is deleted.`)
}

/** A deleted object was in no collection any more: it was put there since. */
function refuseClaimed({ child, claims }: Slot): void {
  const claim = claims.find(({ target }) => target !== null)
  if (claim)
    throw new FlushError(`${label(claim.by)} holds ${describeObject(child)}, which is deleted.`, {
      hint: 'Take it out, and add a new object with its values; or roll back to have it again.',
    })
}

function orphanHint(relationship: RelationshipProperty): string {
  const inverse = relationship.inverse()
  return inverse ? `, or add 'delete-orphan' to the cascades of ${relationship.target().name}.${inverse.name}` : ''
}

/** Decides who gets the child. Throws FlushError where that cannot be said, or cannot be. */
export function decideSlot(slot: Slot, session: SessionState): Decision {
  const { child, relationship, released, withdrawn, key } = slot
  if (child.status === 'deleted') refuseClaimed(slot)
  if (session.deleted.has(child) || child.status === 'deleted') return { kind: 'nothing' }
  const claim = winner(slot)
  if (claim) refuseUnusableTarget(claim, session)
  if (claim?.isFresh && claim.target && withdrawn.has(claim.target))
    throw new FlushError(
      `${describeObject(child)}: ${label(claim.by)} was set, and ${describeObject(claim.target)} let it go from ${claim.target.mapper.name}.${relationship.inverse()?.name ?? ''}.`,
      { hint: 'Change one side; the other follows.' },
    )
  const hasKeyChanged = key !== null || (claim !== undefined && isKeyChanged(child, relationship, session))
  if (hasKeyChanged) {
    if (!claim) return { kind: 'key', target: key?.target ?? null }
    if (!agreesWithKey(child, relationship, claim.target))
      throw new FlushError(
        `${describeObject(child)}: ${label(claim.by)} and ${child.mapper.name}.${relationship.keyProperties.join(', ')} were both changed, and disagree.`,
        { hint: 'Change one of them; the other follows.' },
      )
    return { kind: 'target', target: claim.target }
  }
  if (!claim && released.length === 0 && withdrawn.size === 0) return { kind: 'nothing' }
  const target = claim?.target ?? null
  if (target === null) {
    const isLetGo = released.some(({ relationship: collection }) => collection.cascades.has('delete-orphan'))
    const isLeft = child.status === 'persistent' && relationship.inverse()?.cascades.has('delete-orphan') === true
    if (isLetGo || isLeft) return { kind: 'orphan' }
    if (child.status === 'persistent' && relationship.pairs.every(([mine]) => !mine.isNullable))
      throw new FlushError(
        `${describeObject(child)} cannot be without ${relationship.name}: ${relationship.keyProperties.join(', ')} cannot be null.`,
        { hint: `Delete it${orphanHint(relationship)}.` },
      )
  }
  return { kind: 'target', target }
}
