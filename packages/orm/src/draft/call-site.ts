// How a decorator was called: by which standard, and on what kind of member. The store for what it writes is in draft-store.ts.
import type { DecoratorMode } from './draft.ts'

/** What a decorator may stand on. Only fields and classes are mapped. */
export type Place =
  | 'field'
  | 'class'
  | 'getter'
  | 'setter'
  | 'method'
  | 'accessor'
  | 'static member'
  | 'private field'
  | 'constructor parameter'

export interface CallSite {
  readonly mode: DecoratorMode
  readonly place: Place
  /** The member's name; empty for the class itself. */
  readonly property: string
  /** Legacy: the prototype or the class. Standard: nothing for members, the class for classes. */
  readonly target: unknown
  /** Standard: the object shared by all decorators of the class, where the compiler gives one. */
  readonly metadata: object | null
}

/** What standard decorators are told. */
interface StandardContext {
  readonly kind: string
  readonly name?: string | symbol
  readonly static?: boolean
  readonly private?: boolean
  readonly metadata?: unknown
}

function isStandardContext(value: unknown): value is StandardContext {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
}

function standardPlace(context: StandardContext): Place {
  if (context.kind === 'class') return 'class'
  if (context.static) return 'static member'
  if (context.private) return 'private field'
  if (context.kind === 'getter' || context.kind === 'setter' || context.kind === 'method') return context.kind
  return context.kind === 'accessor' ? 'accessor' : 'field'
}

function legacyPlace(target: unknown, property: unknown, descriptor: unknown): Place {
  if (typeof descriptor === 'number') return 'constructor parameter'
  if (property === undefined) return 'class'
  if (typeof target === 'function') return 'static member'
  if (typeof descriptor !== 'object' || descriptor === null) return 'field'
  if ('get' in descriptor && descriptor.get) return 'getter'
  if ('set' in descriptor && descriptor.set) return 'setter'
  return 'value' in descriptor && typeof descriptor.value === 'function' ? 'method' : 'field'
}

/** Reads the arguments that the compiler called a decorator with. */
export function callSite(target: unknown, key: unknown, descriptor: unknown): CallSite {
  if (isStandardContext(key)) {
    const metadata = typeof key.metadata === 'object' ? key.metadata : null
    const place = standardPlace(key)
    const property = place === 'class' ? '' : String(key.name ?? '')
    return { mode: 'standard', place, property, target, metadata }
  }
  const property = typeof key === 'string' || typeof key === 'symbol' ? String(key) : ''
  return { mode: 'legacy', place: legacyPlace(target, key, descriptor), property, target, metadata: null }
}
