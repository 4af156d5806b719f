// What every driver of a server may be told beside the address.
import { ArgumentError, checkOptions, type Dialect, type ServerErrorFields } from '@oriel/sql'

export interface ServerDriverOptions {
  /** The grammar to speak; PostgreSQL's unless given. */
  readonly dialect?: Dialect
  /** How long making a connection may take. 30 s unless given. */
  readonly connectTimeoutMs?: number
  /** Called with each notice that the server sends; they are dropped otherwise. */
  readonly onNotice?: (notice: ServerErrorFields) => void
}

const known = ['dialect', 'connectTimeoutMs', 'onNotice'] satisfies (keyof ServerDriverOptions)[]

/** Throws ArgumentError for an option that does not exist or cannot be; `door` is the function that was called. */
export function checkServerOptions(options: ServerDriverOptions, door: string): void {
  checkOptions(options, known, `${door}()`)
  const { connectTimeoutMs } = options
  if (connectTimeoutMs !== undefined && !(connectTimeoutMs > 0 && connectTimeoutMs <= 2_147_483_647))
    throw new ArgumentError(`${door}(): connectTimeoutMs is a number of milliseconds, not ${String(connectTimeoutMs)}.`)
}
