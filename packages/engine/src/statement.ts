// What a caller may say beside a statement. The statement itself is the language's: anything `Executable`.

import { refuseUnknownOptions } from './known-options.ts'

const known = ['signal', 'timeoutMs']

/** @internal Throws ArgumentError for an option that does not exist; `more` are known to this door only. */
export function checkExecuteOptions(options: ExecuteOptions | undefined, where: string, ...more: string[]): void {
  if (options !== undefined) refuseUnknownOptions(options, [...known, ...more], where)
}

/** What a caller may say for one statement. */
export interface ExecuteOptions {
  /** Ends the wait and, where the driver can, the statement on the server. */
  readonly signal?: AbortSignal
  /** The same after so many milliseconds, the wait for a connection included. */
  readonly timeoutMs?: number
}
