// What reading a property gives that is not there: on a loaded object an error with the ways out, on a new one undefined.
// The accessors stand on the prototype; a property that is loaded or assigned is a plain own field and hides them.

import type { AnyClass } from '../draft/draft.ts'
import { NotLoadedError } from '../error.ts'
import { stateOf } from '../state/instance-state.ts'
import { expiredBy } from './expired.ts'
import { raisedBy } from './raised.ts'

/** What the accessors of a class have to know. */
export interface UnloadedPlan {
  readonly entityClass: AnyClass
  readonly name: string
  readonly keyProperties: readonly string[]
  readonly columns: readonly string[]
  readonly relationships: readonly string[]
  /** The properties of the key, by the relationship that they hold. */
  readonly references: ReadonlyMap<string, readonly string[]>
  isLoaded(object: object): boolean
}

/** The value that an object holds itself; undefined where there is none. */
export function ownValue(object: object, property: string): unknown {
  return Object.getOwnPropertyDescriptor(object, property)?.value
}

/** `Order 7`, or `OrderLine (orderId 7, line 2)`. */
function describe(object: object, { name, keyProperties }: UnloadedPlan): string {
  const [only, ...more] = keyProperties
  if (only !== undefined && more.length === 0) return `${name} ${String(ownValue(object, only))}`
  return `${name} (${keyProperties.map((key) => `${key} ${String(ownValue(object, key))}`).join(', ')})`
}

function notLoaded(object: object, property: string, plan: UnloadedPlan): NotLoadedError {
  const { name } = plan
  const attribute = `entity(${name}).${property}`
  const variable = name.charAt(0).toLowerCase() + name.slice(1)
  const by = isReadWithTheRow(object, property) ? expiredBy(object, property) : null
  if (by !== null)
    return new NotLoadedError(
      `${name}.${property} is not loaded (${describe(object, plan)}): it was expired by ${by}.`,
      {
        hint: `Read the row again: await session.refresh(${variable}).`,
      },
    )
  const [loader, load] = plan.relationships.includes(property)
    ? ['selectinload', `session.load(${variable}, ${attribute})`]
    : ['undefer', `session.refresh(${variable}, ['${property}'])`]
  // Its session has ended, or let it go.
  const first = stateOf(object)?.status === 'detached' ? `add it to a session, session.add(${variable}), and ` : ''
  const hint = `Ask for it in the statement: .options(${loader}(${attribute})), or ${first}load it: await ${load}.`
  const option = raisedBy(object, property)
  const why = option === null ? '' : `: its statement asked for ${option}`
  return new NotLoadedError(`${name}.${property} is not loaded (${describe(object, plan)})${why}.`, { hint })
}

/** Is it a column that comes with the row, unless it was forgotten? */
function isReadWithTheRow(object: object, property: string): boolean {
  return stateOf(object)?.mapper.properties.get(property)?.isDeferred === false
}

/** Does the database have a row of the object, so that what it does not hold is not loaded? */
export function isStored(object: object, plan: UnloadedPlan): boolean {
  const state = stateOf(object)
  return state ? state.status !== 'pending' && state.status !== 'transient' : plan.isLoaded(object)
}

/** Is the reference null for certain, since its key is? What a statement asked to raise stays an error. */
export function isKnownNull(object: object, property: string, key: readonly string[] | undefined): boolean {
  return key?.some((part) => ownValue(object, part) === null) === true && raisedBy(object, property) === null
}

/** Puts an accessor for every mapped property onto the class's prototype, where it has none of its own. */
export function defineUnloaded(plan: UnloadedPlan): void {
  const prototype: object = plan.entityClass.prototype
  for (const property of [...plan.columns, ...plan.relationships]) {
    if (Object.hasOwn(prototype, property)) continue
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: false,
      get(this: object): unknown {
        // The other side of a loaded collection is known without being a property of its own.
        const known = stateOf(this)?.members?.get(property)
        if (known !== undefined) return known
        if (!isStored(this, plan)) return undefined
        if (isKnownNull(this, property, plan.references.get(property))) return null
        throw notLoaded(this, property, plan)
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, property, { value, writable: true, enumerable: true, configurable: true })
      },
    })
  }
}
