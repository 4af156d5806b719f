// Rows in: arrays, iterables, async iterables and streams, all read as slices. Nothing is read ahead of who asks.
import { CanceledError } from '@oriel/engine'
import { ArgumentError, InvalidRequestError } from '@oriel/sql'

/** So many rows are taken at a time; between two slices the connection gets its turn. */
const sliceSize = 1_000

/** Sources that can be read once, and were. */
const consumed = new WeakSet<object>()

interface Reader {
  /** Reads on: an item of the protocol of iterators, or a promise of one. */
  next(): unknown
  /** Tells the source that nobody reads on. */
  stop(): unknown
}

function has<K extends PropertyKey>(
  value: object,
  key: K,
): value is { readonly [P in K]: (...args: unknown[]) => unknown } {
  const member: unknown = Reflect.get(value, key)
  return typeof member === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function once(source: object): void {
  if (consumed.has(source))
    throw new InvalidRequestError('The source of this bulk load has been read already, and can be read only once.', {
      hint: 'Make a new one for each run: a function that opens it, or an array.',
    })
  consumed.add(source)
}

function notRows(source: unknown): ArgumentError {
  return new ArgumentError(
    `A bulk load takes an array, an iterable, an async iterable or a stream of rows, not ${typeof source === 'object' ? 'this object' : typeof source}.`,
    { hint: 'Give a list of objects: bulkInsert(Order, [{ … }]).' },
  )
}

function readerOfIterator(made: unknown, source: object): Reader {
  if (!isObject(made) || !has(made, 'next')) throw notRows(source)
  // Generators and iterators give themselves; streams give a new iterator over what is left.
  if (made === source || has(source, 'pipe') || has(source, 'getReader')) once(source)
  return {
    next: () => made.next(),
    stop: () => (has(made, 'return') ? made.return() : undefined),
  }
}

function readerOfStream(source: object & { readonly getReader: () => unknown }): Reader {
  once(source)
  const reader = source.getReader()
  if (!isObject(reader) || !has(reader, 'read')) throw notRows(source)
  return {
    next: () => reader.read(),
    stop: async () => {
      if (has(reader, 'cancel')) await reader.cancel()
    },
  }
}

function readerOf(source: unknown): Reader {
  if (!isObject(source)) throw notRows(source)
  if (has(source, Symbol.asyncIterator)) return readerOfIterator(source[Symbol.asyncIterator](), source)
  if (has(source, Symbol.iterator)) return readerOfIterator(source[Symbol.iterator](), source)
  if (has(source, 'getReader')) return readerOfStream(source)
  throw notRows(source)
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && has(value, 'then')
}

/** What comes next, or what the signal says first. */
async function orAborted(next: PromiseLike<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (!signal) return await next
  refuseAborted(signal)
  return await new Promise((resolve, reject) => {
    const stop = () => reject(aborted(signal))
    signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(next)
      .finally(() => signal.removeEventListener('abort', stop))
      .then(resolve, reject)
  })
}

function aborted(signal: AbortSignal): CanceledError {
  return new CanceledError('session.bulk(): its signal was aborted.', { cause: signal.reason })
}

/** Throws CanceledError once the signal is aborted. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal)
}

/**
 * The rows, slice by slice. What the source throws is thrown after the rows that came before it, and a source that is left early is told.
 * Throws InvalidRequestError for one that was read before and can be read only once, ArgumentError for what gives no rows.
 */
export async function* slicesOf(source: unknown, signal: AbortSignal | undefined): AsyncGenerator<readonly unknown[]> {
  refuseAborted(signal)
  if (Array.isArray(source)) {
    for (let at = 0; at < source.length; at += sliceSize) {
      yield source.slice(at, at + sliceSize)
      refuseAborted(signal)
    }
    return
  }
  const reader = readerOf(source)
  let isOpen = true
  try {
    while (isOpen) {
      const slice: unknown[] = []
      let failure: { readonly error: unknown } | null = null
      try {
        while (slice.length < sliceSize) {
          const next = reader.next()
          const item = isPromise(next) ? await orAborted(next, signal) : next
          if (!isObject(item)) throw notRows(source)
          isOpen = !('done' in item && item.done)
          if (!isOpen) break
          slice.push('value' in item ? item.value : undefined)
        }
      } catch (error) {
        failure = { error }
      }
      if (slice.length > 0) yield slice
      if (failure) throw failure.error
      refuseAborted(signal)
    }
  } finally {
    if (isOpen) await leave(reader)
  }
}

/** A source that hangs is not waited for, and what it says at its end changes nothing any more. */
async function leave(reader: Reader): Promise<void> {
  const stopped = Promise.resolve()
    .then(() => reader.stop())
    .catch(() => {})
  await Promise.race([stopped, new Promise((resolve) => setImmediate(resolve))])
}
