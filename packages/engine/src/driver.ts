// The contract of a driver: one wire, no decoding, no pool, no transactions. Everything a driver is not asked for, it must not do.
import type { Dialect, ServerErrorFields } from '@oriel/sql'

/** A row as it came: the database's own text by position, null for NULL. */
export type WireRow = readonly (string | null)[]

export interface WireColumn {
  readonly name: string
  /** The server's number of the type. */
  readonly oid: number
}

export interface WireResult {
  readonly columns: readonly WireColumn[]
  readonly rows: readonly WireRow[]
  /** Rows returned or changed, as the server counted them. */
  readonly rowCount: number
  /** The first word of the server's answer, such as `COMMIT`, where the driver is told: a COMMIT may be answered by `ROLLBACK`. */
  readonly command?: string
}

export interface WireStatement {
  readonly text: string
  /** Already encoded as text; null for NULL. */
  readonly params: readonly (string | null)[]
  /** The driver may keep a prepared statement for this text. */
  readonly isPreparable: boolean
}

/** The rows of one statement, some at a time. Until it is closed nothing else runs on its connection. */
export interface WireCursor {
  /** The next rows, at most so many; fewer mean that there are no more. Rejects as `execute` does. */
  read(count: number): Promise<WireResult>
  /** Ends the statement wherever it is. May be called again, and when the connection is gone. */
  close(): Promise<void>
}

export interface DriverCapabilities {
  /** The most connections that can be open at once; null for no limit of its own. */
  readonly maxConnections: number | null
  /** Can a running statement be cancelled on the server? */
  readonly cancel: boolean
  /** May several statements be sent before the first answer? */
  readonly pipelining: boolean
  readonly copyIn: boolean
  /** The most parameters of one statement, where the wire carries fewer than the dialect allows. */
  readonly maxParameters?: number
}

/** One connection to one server process. After it is lost it stays lost: a driver never reconnects behind it. */
export interface DriverConnection {
  /** Identifies the server process, where there is one: to cancel it, and to prove that it is still the same. */
  readonly backendPid: number | null
  readonly isClosed: boolean
  /** Runs one statement. Rejects with DriverError for what the server refused, and with ConnectionLostError when the connection is gone. */
  execute(statement: WireStatement): Promise<WireResult>
  /** Opens a cursor on the wire itself, outside any transaction, where the driver has one; nothing is sent before the first batch. */
  cursor?(statement: WireStatement): WireCursor
  /** Asks the server to cancel what runs here; resolves when the request was delivered. Where `capabilities.cancel`. */
  cancel?(): Promise<void>
  /** Called once, when the connection is lost without `close` having been called. */
  onLost(listener: (cause: unknown) => void): void
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly signal?: AbortSignal
}

export interface Driver {
  /** As messages and events say it: `postgres.js`, `pglite`. */
  readonly name: string
  readonly dialect: Dialect
  readonly capabilities: DriverCapabilities
  /** Host, port, database and user, for messages. Never a password. */
  readonly target: string
  connect(options?: ConnectOptions): Promise<DriverConnection>
  /** Frees what the driver holds beyond its connections (an embedded database). */
  close?(): Promise<void>
}

/** What a driver rejects with when the server refused a statement: the server's fields, and the driver's own error as cause. */
export class DriverError extends Error {
  readonly fields: ServerErrorFields

  constructor(fields: ServerErrorFields, cause: unknown) {
    super(fields.message, { cause })
    this.name = 'DriverError'
    this.fields = fields
  }
}
