// What a caller may say beside a statement. The statement itself is the language's: anything `Executable`.

/** What a caller may say for one statement. */
export interface ExecuteOptions {
  /** Ends the wait and, where the driver can, the statement on the server. */
  readonly signal?: AbortSignal
  /** The same after so many milliseconds, the wait for a connection included. */
  readonly timeoutMs?: number
}
