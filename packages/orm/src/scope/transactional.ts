// @Transactional: a method that runs in a transaction of the scope it is called in. What that means is transact.ts.
import { ArgumentError, placeOf } from '@oriel/sql'
import { type ScopedSession, transactIn } from './scoped-session.ts'
import { type PropagationOptions, refuseWrongPropagation } from './transact.ts'

/** What `@Transactional` takes. */
export interface TransactionalOptions extends PropagationOptions {
  /** Whose scope the method runs in; where it is called outside of any, it opens one. By default the innermost scope of anybody. */
  readonly scope?: ScopedSession | (() => ScopedSession)
}

type AsyncMethod<This, A extends unknown[], R> = (this: This, ...args: A) => Promise<R>

/** A decorator of methods that give a promise. */
export interface TransactionalDecorator {
  <This, A extends unknown[], R>(
    method: AsyncMethod<This, A, R>,
    context: ClassMethodDecoratorContext<This, AsyncMethod<This, A, R>>,
  ): AsyncMethod<This, A, R>
  <A extends unknown[], R>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<(...args: A) => Promise<R>>,
  ): void
}

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown

/**
 * Runs the method in a transaction of its scope: joins the one that goes on, or begins one, commits it when the method ends,
 * and rolls it back when the method throws. `@Transactional({ propagation: 'nested' }) async reserve() { … current() … }`
 */
export function Transactional(options: TransactionalOptions = {}): TransactionalDecorator {
  if (typeof options === 'function') throw new ArgumentError('Write @Transactional() with its parentheses.')
  refuseWrongPropagation(options, ['scope'], '@Transactional')
  function decorate<This, A extends unknown[], R>(
    method: AsyncMethod<This, A, R>,
    context: ClassMethodDecoratorContext<This, AsyncMethod<This, A, R>>,
  ): AsyncMethod<This, A, R>
  function decorate<A extends unknown[], R>(
    target: object,
    property: string | symbol,
    descriptor: TypedPropertyDescriptor<(...args: A) => Promise<R>>,
  ): void
  function decorate(target: unknown, key: unknown, descriptor?: unknown): unknown {
    if (isMethod(target) && isContext(key)) {
      if (key.kind !== 'method') throw misplaced(String(key.name))
      return transactional(target, String(key.name), options)
    }
    if (!hasMethod(descriptor)) throw misplaced(String(key))
    descriptor.value = transactional(descriptor.value, String(key), options)
    return undefined
  }
  return decorate
}

function transactional(method: AnyMethod, property: string, { scope, ...options }: TransactionalOptions): AnyMethod {
  async function run(this: unknown, ...args: unknown[]): Promise<unknown> {
    const db = typeof scope === 'function' ? scope() : (scope ?? null)
    const part = {
      name: `${ownerName(this)}${property}()`,
      options,
      place: placeOf(run),
      work: async () => await method.apply(this, args),
    }
    return await transactIn(db, part)
  }
  return Object.defineProperties(run, {
    name: { value: property, configurable: true },
    length: { value: method.length, configurable: true },
  })
}

function ownerName(owner: unknown): string {
  if (typeof owner === 'function') return `${owner.name}.`
  return typeof owner === 'object' && owner !== null ? `${owner.constructor.name}.` : ''
}

function misplaced(property: string): ArgumentError {
  return new ArgumentError(`@Transactional stands on ${property}, which is no method.`, {
    hint: 'Only methods can run in a transaction: write a method that gives a promise.',
  })
}

function isMethod(value: unknown): value is AnyMethod {
  return typeof value === 'function'
}

function isContext(value: unknown): value is { readonly kind: string; readonly name: string | symbol } {
  return typeof value === 'object' && value !== null && 'kind' in value && 'name' in value
}

function hasMethod(descriptor: unknown): descriptor is { value: AnyMethod } {
  return typeof descriptor === 'object' && descriptor !== null && 'value' in descriptor && isMethod(descriptor.value)
}
