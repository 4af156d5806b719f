// What `createEngine` takes beside the driver.
import { ArgumentError } from '@oriel/sql'
import type { Echo } from './event/echo.ts'
import { refuseUnknownOptions, wholeNumber } from './known-options.ts'
import type { PoolOptions } from './pool/pool-options.ts'
import type { Strict } from './prepare/warning-policy.ts'

export interface EngineOptions {
  readonly pool?: PoolOptions
  /** Print each statement: true with placeholders, 'params' with values, or a function that takes the lines. */
  readonly echo?: Echo
  /** Make errors of warnings: all, or those with these codes. */
  readonly strict?: Strict
  /** The time limit of a statement that gives none, the wait for a connection included. */
  readonly timeoutMs?: number
}

const known = ['pool', 'echo', 'strict', 'timeoutMs']

/** Throws ArgumentError for an option that does not exist or cannot be. */
export function checkEngineOptions(options: EngineOptions): void {
  refuseUnknownOptions(options, known, 'createEngine')
  const { echo, strict, timeoutMs } = options
  if (echo !== undefined && typeof echo !== 'boolean' && echo !== 'params' && typeof echo !== 'function')
    throw new ArgumentError(`createEngine: echo is true, false, 'params' or a function, not ${JSON.stringify(echo)}.`)
  if (strict !== undefined && typeof strict !== 'boolean' && !Array.isArray(strict))
    throw new ArgumentError(`createEngine: strict is true, false or a list of codes, not ${JSON.stringify(strict)}.`)
  if (timeoutMs !== undefined) wholeNumber(timeoutMs, 1, 'createEngine: timeoutMs')
}

/** Throws ArgumentError, in the words of what was given, for what is no driver. */
export function checkDriver(driver: unknown): void {
  if (typeof driver === 'object' && driver !== null && 'connect' in driver && 'capabilities' in driver) return
  if (typeof driver === 'string')
    throw new ArgumentError('createEngine takes a driver, not a URL.', {
      hint: `Hand the URL to a driver: createEngine(postgresJs('postgres://…')).`,
    })
  if (typeof driver === 'function')
    throw new ArgumentError(`createEngine takes a driver, not the function ${driver.name}.`, {
      hint: `Call it: createEngine(${driver.name}()).`,
    })
  throw new ArgumentError(`createEngine takes a driver, got ${driver === null ? 'null' : typeof driver}.`, {
    hint: "A driver is what postgresJs('postgres://…') or pglite() gives.",
  })
}
