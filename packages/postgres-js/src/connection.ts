// One connection over a postgres.js of its own, on a socket that is ours. postgres.js reconnects by itself and would carry a transaction
// to another server process; it is handed this one socket once, and when the socket closes the connection is lost for good.
import type { Socket } from 'node:net'
import { Stream } from 'node:stream'
import {
  ClosedError,
  ConnectionLostError,
  type DriverConnection,
  DriverError,
  type WireColumn,
  type WireResult,
  type WireStatement,
} from '@oriel/engine'
import { type BackendKey, closedError, lostError, requestCancel, sessionStyle, type Target } from '@oriel/postgres-wire'
import { ArgumentError } from '@oriel/sql'
import type postgres from 'postgres'
import { postgresJsOn, type Query } from './client.ts'
import { driverError } from './driver-error.ts'
import { LastWords } from './last-words.ts'
import { StatementCache } from './statement-cache.ts'
import { TappedSocket } from './tapped-socket.ts'

/** postgres.js stops two short of the protocol's 65,535. */
export const maxParameters = 65_533
const closeLimitMs = 1_000
const terminate = Buffer.from([0x58, 0, 0, 0, 4])

export interface PostgresJsConnectionOptions {
  readonly target: Target
  readonly socket: Socket
  readonly onNotice: ((notice: postgres.Notice) => void) | undefined
}

/** One connection to one server process. */
export class PostgresJsConnection implements DriverConnection {
  readonly #target: Target
  readonly #socket: Socket
  readonly #tapped: TappedSocket
  readonly #sql: postgres.Sql
  readonly #lastWords = new LastWords()
  readonly #statements = new StatementCache()
  readonly #listeners: ((cause: unknown) => void)[] = []
  #state: 'open' | 'closed' | { readonly lost: unknown } = 'open'
  #socketError: unknown
  #key: BackendKey | undefined
  /** Does a statement run, or is it about to? */
  #isBusy = false
  readonly #waiting: (() => void)[] = []
  readonly #columns = new WeakMap<object, readonly WireColumn[]>()
  #rejectRunning: ((error: Error) => void) | undefined
  #canceling: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor({ target, socket, onNotice }: PostgresJsConnectionOptions) {
    this.#target = target
    this.#socket = socket
    // These listeners stand before those of postgres.js, so this side knows first.
    socket.on('error', (error) => {
      this.#socketError = error
    })
    socket.on('close', () => this.#lose(undefined))
    this.#tapped = new TappedSocket(socket, (chunk) => this.#lastWords.heard(chunk))
    this.#sql = postgresJsOn(this.#tapped, { target, onNotice })
  }

  /** Logs in, and makes the session speak the text that the codecs read. */
  async start(): Promise<void> {
    await this.execute({ text: sessionStyle, params: [], isPreparable: false })
  }

  get backendPid(): number | null {
    return this.#key?.pid ?? null
  }

  get isClosed(): boolean {
    return this.#state !== 'open'
  }

  onLost(listener: (cause: unknown) => void): void {
    if (this.#state !== 'open' && this.#state !== 'closed') listener(this.#state.lost)
    else this.#listeners.push(listener)
  }

  async execute(statement: WireStatement): Promise<WireResult> {
    refuseUnsendable(statement)
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#isBusy = true
    try {
      // A cancel request that is still under way must not hit the statement that comes next.
      if (this.#canceling) await this.#canceling
      this.#mustBeOpen()
      try {
        return this.#resultOf(await this.#ask(statement))
      } catch (error) {
        throw this.#failure(error)
      } finally {
        this.#rejectRunning = undefined
      }
    } finally {
      this.#passTurn()
    }
  }

  async cancel(): Promise<void> {
    const key = this.#key
    if (this.#state !== 'open' || key === undefined) return
    const request = requestCancel(this.#target, key)
    const settled = () => {
      if (this.#canceling === canceling) this.#canceling = undefined
    }
    const canceling = request.then(settled, settled)
    this.#canceling = canceling
    await request
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  #passTurn(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#isBusy = false
  }

  /** What postgres.js makes of the answer: all but its rows, which the tap has. */
  #ask(statement: WireStatement): Promise<Awaited<Query>> {
    const prepare = statement.isPreparable && this.#statements.isPrepared(statement.text)
    // Without `simple: false` a text without parameters could hold several statements; the option is missing from the types.
    const how = { prepare, simple: false }
    const query: Query = this.#sql.unsafe(this.#statements.textFor(statement.text), [...statement.params], how)
    // What a statement that failed had sent already.
    this.#tapped.rows.take()
    return new Promise((resolve, reject) => {
      this.#rejectRunning = reject
      query.then(resolve, reject)
    })
  }

  #resultOf(answer: Awaited<Query>): WireResult {
    refuseCopy(answer)
    this.#key ??= { pid: answer.state.pid, secret: answer.state.secret }
    const columns = this.#columnsOf(answer.columns)
    const rows = this.#tapped.rows.take()
    const command = answer.command?.split(' ', 1)[0]
    if (command === 'DISCARD' || command === 'DEALLOCATE') this.#statements.forgotten()
    return { columns, rows, rowCount: answer.count ?? 0, ...(command ? { command } : {}) }
  }

  /** The same list each time for a prepared statement: whoever reads its rows then sees at once that nothing has changed. */
  #columnsOf(described: postgres.ColumnList<string>): readonly WireColumn[] {
    let columns = this.#columns.get(described)
    if (!columns) {
      columns = described.map(({ name, type }) => ({ name, oid: type }))
      this.#columns.set(described, columns)
    }
    return columns
  }

  /** Anything but a plain refusal leaves the two sides at odds about what was said: the connection is given up. */
  #failure(error: unknown): Error {
    const refused = driverError(error)
    if (refused !== undefined) return refused
    if (error instanceof ArgumentError) {
      this.#lose(error)
      return error
    }
    return error instanceof ConnectionLostError ? error : this.#lose(error)
  }

  #lose(cause: unknown): ConnectionLostError {
    const fatal = this.#lastWords.fatal()
    const reason = fatal ? new DriverError(fatal, cause ?? this.#socketError) : (cause ?? this.#socketError)
    if (this.#state === 'open') {
      this.#state = { lost: reason }
      this.#socket.destroy()
      const listeners = [...this.#listeners]
      this.#rejectRunning?.(lostError(this.#target, 'sent', reason))
      for (const listener of listeners) listener(reason)
    }
    return lostError(this.#target, 'sent', reason)
  }

  #mustBeOpen(): void {
    if (this.#state === 'closed') throw closedError(this.#target)
    if (this.#state !== 'open') throw lostError(this.#target, 'not sent', this.#state.lost)
  }

  /** Says goodbye and waits for the server, but not for long: postgres.js' own `end` can wait for ever. */
  async #end(): Promise<void> {
    if (this.#state !== 'open') return
    const limit = setTimeout(() => this.#socket.destroy(), closeLimitMs)
    // Otherwise the server would run the statement to its end for nobody.
    const interrupted = this.#rejectRunning ? this.cancel().catch(() => {}) : undefined
    this.#state = 'closed'
    this.#rejectRunning?.(lostError(this.#target, 'sent', new ClosedError('the connection was closed while it ran')))
    await interrupted
    await new Promise<void>((resolve) => {
      if (this.#socket.closed) return resolve()
      this.#socket.once('close', () => resolve())
      this.#socket.end(terminate)
    })
    clearTimeout(limit)
  }
}

function refuseUnsendable(statement: WireStatement): void {
  if (statement.params.length > maxParameters) {
    throw new ArgumentError(
      `The statement has ${statement.params.length} parameters, and postgres.js sends up to ${maxParameters}`,
      { hint: 'Send fewer rows per statement, or one array parameter instead of many single ones.' },
    )
  }
  if (statement.text.includes('\0')) {
    throw new ArgumentError('The text of the statement has a NUL character', {
      hint: 'PostgreSQL has no NUL in text; remove it.',
    })
  }
}

/** COPY from or to the client is answered with a stream, whose own error nobody else would hear. */
function refuseCopy(result: unknown): void {
  if (Array.isArray(result)) return
  if (result instanceof Stream) result.on('error', () => {})
  throw new ArgumentError('COPY to or from the client does not run as a plain statement; the connection was given up', {
    hint: 'Insert in bulk through the session, or copy from a file on the server.',
  })
}
