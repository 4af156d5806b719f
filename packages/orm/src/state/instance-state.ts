// What a session knows of one object. It sits beside the object: nothing of it can be seen, copied or printed.
import type { Mapper } from '../registry/mapper.ts'
import type { Before } from './before.ts'
import { SmallMap } from './small-map.ts'

/** Where an object stands. */
export type ObjectStatus = 'transient' | 'pending' | 'persistent' | 'deleted' | 'detached'

/** The database's own texts, by place; null for NULL, undefined for what was not loaded. */
export type RawRow = (string | null | undefined)[]

/** What a loaded relationship held when it was last known to agree with the database: a list, one object, or nothing. */
export type Members = readonly object[] | object | null

/** A session, as its objects know it: enough to tell one from another. */
export interface SessionMark {
  readonly isClosed: boolean
}

class Returned {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto an object that exists already
    return object
  }
}

/** Carries the state on the object itself, in a private field: faster than a WeakMap, and as invisible. */
class Stamp extends Returned {
  #state: InstanceState | null

  constructor(object: object, state: InstanceState | null) {
    super(object)
    this.#state = state
  }

  static stateOf(object: object): InstanceState | null {
    return #state in object ? object.#state : null
  }
}

/**
 * Objects of many classes are asked for their states. Engines that are told so at once look each up in a table. Otherwise they optimise
 * all that asks for the shapes of the first few classes, and throw that away when a collection finds no object of such a shape.
 */
function meetManyShapes(): void {
  const shapes = 12
  // Nothing is learnt from the first calls of a function.
  const calls = 50
  for (let i = 0; i < shapes * calls; i++) {
    const object = { [`shape${i % shapes}`]: null }
    if (Stamp.stateOf(object) === null) new Stamp(object, null)
    Stamp.stateOf(object)
  }
}

meetManyShapes()

const unread: Readonly<RawRow> = []

export class InstanceState {
  readonly mapper: Mapper
  readonly object: object
  session: SessionMark | null = null
  status: ObjectStatus = 'transient'
  /** Its key as text, once the database knows it. */
  identity: string | null = null
  /** Replaced, never changed: it may be the row that the driver gave, and journals hold it too. */
  row: Readonly<RawRow> = unread
  /** What the row said before columns of it were expired: loaded members of others still follow that. Null once all is read again. Replaced, never changed. */
  forgotten: Readonly<RawRow> | null = null
  /** Loaded relationships by name. */
  members: SmallMap<string, Members> | null = null
  /** What journals keep of it. */
  kept: Before | null = null
  /** What the sides of relationships agreed on since the last flush, where that is not what the database holds. */
  agreed: SmallMap<string, Members> | null = null
  /** What was known of relationships whose key was changed since the last flush: a rollback needs it again. */
  displaced: SmallMap<string, Members> | null = null
  /** Relationships that were loaded in part, with the array that was given. Replaced, never changed: journals hold it too. */
  partial: SmallMap<string, unknown> | null = null
  /** Was its row deleted by a transaction that is committed? No session takes it for a stored one. */
  isGone = false
  /** The number of the transaction in which all that is loaded of the row was read; 0 for none of this session. */
  readIn = 0

  constructor(mapper: Mapper, object: object) {
    this.mapper = mapper
    this.object = object
    new Stamp(object, this)
  }

  agree(relationship: string, members: Members): void {
    this.agreed ??= new SmallMap()
    this.agreed.set(relationship, members)
  }

  /** Its key names another object now: what was known is not shown any more, and not yet forgotten. */
  displace(relationship: string): void {
    const known = this.members?.get(relationship)
    if (known === undefined) return
    this.displaced ??= new SmallMap()
    this.displaced.set(relationship, known)
    this.members?.delete(relationship)
  }

  /** The row, and of columns that were expired what it said before. */
  get lastRow(): Readonly<RawRow> {
    return withForgotten(this.row, this.forgotten)
  }

  /** What the database is known to hold, what is displaced for now too. */
  get membership(): SmallMap<string, Members> | null {
    if (!this.members && !this.displaced) return null
    const all = new SmallMap(this.members)
    for (const [relationship, members] of this.displaced ?? []) all.set(relationship, members)
    return all
  }

  /** Only some of the members are known. `given` is the array that the user was given, and may change. */
  rememberPart(relationship: string, given: unknown): void {
    this.partial = new SmallMap(this.partial).set(relationship, given)
  }

  /** All members are known. */
  rememberWhole(relationship: string): void {
    if (!this.partial?.has(relationship)) return
    const others = new SmallMap(this.partial)
    others.delete(relationship)
    this.partial = others
  }

  remember(relationship: string, members: Members): void {
    this.members ??= new SmallMap()
    this.members.set(relationship, members)
  }
}

/** A row, with what an older one says of the columns that it does not hold. */
export function withForgotten(row: Readonly<RawRow>, forgotten: Readonly<RawRow> | null): Readonly<RawRow> {
  return forgotten ? Array.from(row, (text, i) => (text === undefined ? forgotten[i] : text)) : row
}

/** The state of an object, or null where no session has met it. */
export function stateOf(object: object): InstanceState | null {
  return Stamp.stateOf(object)
}
