// Objects from rows. By default no constructor runs and no field is initialised: the object has the class's prototype and the row's
// values as plain fields. What is not loaded is left to the accessors of unloaded.ts.
import { ArgumentError } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'
import type { EntityOptions } from '../draft/options.ts'
import { generateShell } from './codegen.ts'
import { isMarkedLoaded, markLoaded } from './loaded-mark.ts'

/** Makes an object from the values of the loaded columns, in their order. */
export type Instantiate = (values: readonly unknown[]) => object

/** How objects of a class are made, and how they are told from new ones. */
export interface Shell {
  readonly instantiate: Instantiate
  /** An object like those that are made, without contents; null where making one would run code of the user's. */
  readonly blank: (() => object) | null
  isLoaded(object: object): boolean
}

export interface ShellPlan {
  readonly entityClass: AnyClass
  /** The properties of the loaded columns, in their order. */
  readonly fields: readonly string[]
  readonly construct: EntityOptions['construct']
}

function setField(object: object, field: string, value: unknown): void {
  Object.defineProperty(object, field, { value, writable: true, enumerable: true, configurable: true })
}

function fill(object: object, fields: readonly string[], values: readonly unknown[]): object {
  for (let i = 0; i < fields.length; i++) setField(object, fields[i] ?? '', values[i])
  markLoaded(object)
  return object
}

/** The way without generated code: slower, and the same for all who look at the object. */
export function loopShell({ entityClass, fields }: ShellPlan): Shell {
  const prototype: object = entityClass.prototype
  const instantiate: Instantiate = (values) => fill(Object.create(prototype), fields, values)
  return { instantiate, blank: () => instantiate([]), isLoaded: isMarkedLoaded }
}

function constructingShell({ entityClass, fields }: ShellPlan): Shell {
  const instantiate: Instantiate = (values) => fill(Reflect.construct(entityClass, []), fields, values)
  return { instantiate, blank: null, isLoaded: isMarkedLoaded }
}

function customShell(
  { entityClass, fields }: ShellPlan,
  construct: (row: Readonly<Record<string, unknown>>) => object,
): Shell {
  const instantiate: Instantiate = (values) => {
    const made: unknown = construct(Object.fromEntries(fields.map((field, i) => [field, values[i]])))
    if (typeof made !== 'object' || made === null)
      throw new ArgumentError(`construct of ${entityClass.name} gave no object.`, {
        hint: 'Return the object made from the row.',
      })
    markLoaded(made)
    return made
  }
  return { instantiate, blank: null, isLoaded: isMarkedLoaded }
}

/** The shell of a class, by its `construct` option. */
export function shellFor(plan: ShellPlan): Shell {
  if (plan.construct === true) return constructingShell(plan)
  if (plan.construct) return customShell(plan, plan.construct)
  const generated = generateShell(plan.entityClass.prototype, plan.fields)
  if (!generated) return loopShell(plan)
  return {
    instantiate: generated.instantiate,
    blank: () => generated.instantiate([]),
    isLoaded: (object) => generated.isLoaded(object) || isMarkedLoaded(object),
  }
}
