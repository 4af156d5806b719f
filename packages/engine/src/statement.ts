// What the engine asks of a statement: its row's type, and its compiled form. The language's `Query` is one.
import type { Compiled, Dialect, WarningCode } from '@oriel/sql'

/** A statement that can be sent. `R` is the type of one row. */
export interface Executable<out R> {
  /** Never exists at run time. */
  readonly '~row': R
  /** The statement as this dialect writes it. Throws CompileError. */
  compile(dialect: Dialect): Compiled
  /** Codes of warnings that are meant here. */
  readonly allowed: readonly WarningCode[]
}

/** What a caller may say for one statement. */
export interface ExecuteOptions {
  /** Ends the wait and, where the driver can, the statement on the server. */
  readonly signal?: AbortSignal
  /** The same after so many milliseconds, the wait for a connection included. */
  readonly timeoutMs?: number
}
