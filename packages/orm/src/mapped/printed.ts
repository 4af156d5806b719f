// What console.log shows of an entity: its class and key, what it holds, and what is not loaded; another way to the same object is a
// reference, so nothing goes in circles. What counts as stored is unloaded.ts's to say.
import type { InspectOptions } from 'node:util'
import { stateOf } from '../state/instance-state.ts'
import { isKnownNull, isStored, ownValue, type UnloadedPlan } from './unloaded.ts'

type Inspect = (value: unknown, options: InspectOptions) => string

const inspectKey: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** A word in the place of a value. */
class Word {
  readonly [inspectKey]: () => string

  constructor(text: string) {
    this[inspectKey] = () => text
  }
}

const notLoaded = new Word('[not loaded]')
const ours = new WeakSet<object>()
/** The entities that are being printed, outermost first: printing is synchronous. */
const path: object[] = []
/** Where somebody asks for everything, each is printed whole once: the ways through a graph are many more than its objects. */
const whole = new Set<object>()
const deep = 10

function keyOf(object: object, { keyProperties }: UnloadedPlan): unknown[] | null {
  const key = keyProperties.map((property) => ownValue(object, property))
  return key.length === 0 || key.some((part) => part === undefined || part === null) ? null : key
}

/** `Order#7`, `OrderLine#(7, 2)`, and the name alone where there is no key yet. */
function label(object: object, plan: UnloadedPlan): string {
  const key = keyOf(object, plan)
  if (!key) return plan.name
  const parts = key.map((part) => (part instanceof Date ? part.toISOString() : String(part)))
  return `${plan.name}#${parts.length === 1 ? parts[0] : `(${parts.join(', ')})`}`
}

/** Entities that are known by heart, but not held as a property, are named and not entered. */
function reference(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reference)
  const print: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, inspectKey) : undefined
  if (typeof print !== 'function' || !ours.has(print)) return value
  return new Word(String(Reflect.apply(print, value, [Number.NEGATIVE_INFINITY])))
}

/** What is printed between the braces: the key stands in front of them. */
function shown(object: object, plan: UnloadedPlan): Record<string, unknown> {
  const isKeyed = keyOf(object, plan) !== null
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object))
    if (!(isKeyed && plan.keyProperties.includes(name)) && !(value === undefined && isMapped(name, plan)))
      values[name] = value
  if (!isStored(object, plan)) return values
  for (const name of [...plan.columns, ...plan.relationships]) {
    if (Object.hasOwn(object, name)) continue
    const known = stateOf(object)?.members?.get(name)
    if (known !== undefined) values[name] = reference(known)
    else values[name] = isKnownNull(object, name, plan.references.get(name)) ? null : notLoaded
  }
  return values
}

function isMapped(name: string, { columns, relationships }: UnloadedPlan): boolean {
  return columns.includes(name) || relationships.includes(name)
}

/** Tells consoles how to print the entities of a class; a class that says so itself is left alone. */
export function definePrinted(plan: UnloadedPlan): void {
  const prototype: object = plan.entityClass.prototype
  const known: unknown = Reflect.get(prototype, inspectKey)
  if (typeof known === 'function' && !ours.has(known)) return
  const print = function (this: object, depth: number | null, options: InspectOptions, inspect: Inspect): string {
    const name = label(this, plan)
    if (path.length === 0) whole.clear()
    const isRepeated = (depth === null || depth > deep) && whole.has(this)
    if (path.includes(this) || isRepeated || depth === Number.NEGATIVE_INFINITY) return `${name} (reference)`
    if (depth !== null && depth < 0) return `[${name}]`
    path.push(this)
    whole.add(this)
    try {
      return `${name} ${inspect(shown(this, plan), { ...options, depth })}`
    } finally {
      path.pop()
      if (path.length === 0) whole.clear()
    }
  }
  ours.add(print)
  Object.defineProperty(prototype, inspectKey, { configurable: true, writable: true, enumerable: false, value: print })
}
