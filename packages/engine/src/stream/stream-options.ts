// What a stream takes beside its statement, and what it refuses before anything is sent.
import { ArgumentError } from '@oriel/sql'
import { refuseUnknownOptions } from '../known-options.ts'
import type { ExecuteOptions } from '../statement.ts'

/** What `engine.stream` takes. `timeoutMs` holds for each batch. */
export interface StreamOptions extends ExecuteOptions {
  /** So many rows are asked for at a time. By default 1,000. */
  readonly yieldPer?: number
}

const known = ['signal', 'timeoutMs', 'yieldPer']
const usualSize = 1_000
const mostRows = 2_147_483_647

/** Throws ArgumentError for an option that does not exist; `more` are known to this door only. */
export function checkStreamOptions(options: StreamOptions, where: string, ...more: string[]): void {
  refuseUnknownOptions(options, [...known, ...more], where)
  batchSize(options.yieldPer, 'yieldPer')
}

/** The number of rows in a batch. Throws ArgumentError for what is none. */
export function batchSize(size: number | undefined, name: string): number {
  if (size === undefined) return usualSize
  if (Number.isInteger(size) && size >= 1 && size <= mostRows) return size
  throw new ArgumentError(`${name} is a whole number of rows from 1 up, not ${String(size)}.`)
}

const changing: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'ddl'])

const leading = /^(?:[\s(]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/
/** What DECLARE takes. */
const reading: ReadonlySet<string> = new Set(['select', 'with', 'values', 'table'])

/** Throws ArgumentError for raw SQL that no cursor can be declared for. */
export function refuseUndeclarable(text: string, where: string): void {
  const [word] = /^[a-z]+/i.exec(text.replace(leading, '')) ?? []
  if (word && !reading.has(word.toLowerCase())) refuse(word.toUpperCase(), where)
}

/** Throws ArgumentError for a statement that changes something: a cursor reads. */
export function refuseChange(verb: string, where: string): void {
  if (changing.has(verb)) refuse(verb === 'ddl' ? 'a definition' : verb.toUpperCase(), where)
}

function refuse(what: string, where: string): never {
  throw new ArgumentError(`${where} reads a SELECT, and this is ${what}.`, {
    hint: 'Run it with execute(): the rows of RETURNING come as a whole.',
  })
}
