// Where rows come from: arrays, iterables, async iterables, streams, and functions that open one. How they are read is row-reader.ts's.
import { ArgumentError, InvalidRequestError } from '@oriel/sql'

/** Sources that can be read once, and were. */
const consumed = new WeakSet<object>()

/** A source that is being read. */
export interface OpenSource {
  /** Reads on: an item of the protocol of iterators, or a promise of one. */
  next(): unknown
  /** Tells the source that nobody reads on, also while it is being waited for. */
  stop(): unknown
  /** The source has come to its end. */
  done(): void
}

type Method = (...args: unknown[]) => unknown

function has<K extends PropertyKey>(value: object, key: K): value is { readonly [P in K]: Method } {
  const member: unknown = Reflect.get(value, key)
  return typeof member === 'function'
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Errors that say that a source was read before. */
const readBefore = new WeakSet<Error>()

/** Says of a source that was read in an earlier attempt why there is another one. */
export function explainAttempt(error: unknown, earlier: unknown): void {
  if (error instanceof Error && readBefore.has(error))
    Object.defineProperty(error, 'cause', { value: earlier, enumerable: false, configurable: true })
}

function once(source: object): void {
  if (!consumed.has(source)) {
    consumed.add(source)
    return
  }
  const error = new InvalidRequestError(
    'The source of this bulk load has been read already, and can be read only once.',
    { hint: 'Give a function that opens it, or an array: bulkInsert(Order, () => read(file)).' },
  )
  readBefore.add(error)
  throw error
}

/** The error for what gives no rows. */
export function notRows(source: unknown): ArgumentError {
  return new ArgumentError(
    `A bulk load takes an array, an iterable, an async iterable or a stream of rows, or a function that opens one, not ${typeof source === 'object' ? 'this object' : typeof source}.`,
    { hint: 'Give a list of objects: bulkInsert(Order, [{ … }]).' },
  )
}

function iterating(made: unknown, source: object): OpenSource {
  if (!isObject(made) || !has(made, 'next')) throw notRows(source)
  const isStream = has(source, 'pipe')
  // Generators and iterators give themselves; streams give a new iterator over what is left.
  if (made === source || isStream) once(source)
  return {
    next: () => made.next(),
    stop: () => {
      // What an iterator is told waits for the row that it was asked for before, and that may never come.
      if (isStream && has(source, 'destroy')) return source.destroy()
      return has(made, 'return') ? made.return() : undefined
    },
    done: () => {},
  }
}

/** By its reader and not by its iterator, which could not be stopped while it waits. */
function readingWeb(source: object & { readonly getReader: Method }): OpenSource {
  once(source)
  const reader = source.getReader()
  if (!isObject(reader) || !has(reader, 'read')) throw notRows(source)
  const release = (): void => {
    if (has(reader, 'releaseLock')) reader.releaseLock()
  }
  return {
    next: () => reader.read(),
    stop: async () => {
      const canceled = has(reader, 'cancel') ? reader.cancel() : undefined
      release()
      await canceled
    },
    done: release,
  }
}

function listing(rows: readonly unknown[]): OpenSource {
  let at = 0
  return {
    next: () => (at < rows.length ? { done: false, value: rows[at++] } : { done: true }),
    stop: () => {},
    done: () => {},
  }
}

/** Begins to read. Throws InvalidRequestError for one that was read before and can be read only once, ArgumentError for what gives no rows. */
export function openSource(source: unknown): OpenSource {
  if (Array.isArray(source)) return listing(source)
  if (!isObject(source)) throw notRows(source)
  if (has(source, 'getReader')) return readingWeb(source)
  if (has(source, Symbol.asyncIterator)) return iterating(source[Symbol.asyncIterator](), source)
  if (has(source, Symbol.iterator)) return iterating(source[Symbol.iterator](), source)
  throw notRows(source)
}

/** The source itself, from the function that opens it where there is one: each run of a load then reads from its beginning. */
export function sourceOf(source: unknown): unknown {
  return typeof source === 'function' ? Reflect.apply(source, undefined, []) : source
}
