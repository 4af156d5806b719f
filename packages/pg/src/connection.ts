// One connection over a client of pg, on a socket that is ours: when the socket closes, the connection is lost for good.
// What runs on it runs alone. Its cursor is in cursor.ts.
import type { Socket } from 'node:net'
import {
  ClosedError,
  ConnectionLostError,
  type DriverConnection,
  DriverError,
  type WireCursor,
  type WireResult,
  type WireStatement,
} from '@oriel/engine'
import { closedError, lostError, requestCancel, sessionStyle, type Target } from '@oriel/postgres-wire'
import { ArgumentError } from '@oriel/sql'
import type pg from 'pg'
import { asText, pgOn } from './client.ts'
import { PgCursor } from './cursor.ts'
import { driverError, isFatal, type PgFields } from './driver-error.ts'
import { PreparedNames } from './prepared-names.ts'
import { Turns } from './turns.ts'

/** The protocol counts parameters in 16 bits. */
export const maxParameters = 65_535
const closeLimitMs = 1_000
const terminate = Buffer.from([0x58, 0, 0, 0, 4])
const planChanged = '0A000'
const statementUnknown = '26000'

export interface PgConnectionOptions {
  readonly target: Target
  readonly socket: Socket
  readonly onNotice: ((notice: PgFields) => void) | undefined
}

/** One connection to one server process. */
export class PgConnection implements DriverConnection {
  readonly #target: Target
  readonly #socket: Socket
  readonly #client: pg.Client
  readonly #names = new PreparedNames()
  readonly #turns = new Turns()
  readonly #listeners: ((cause: unknown) => void)[] = []
  #state: 'open' | 'closed' | { readonly lost: unknown } = 'open'
  /** The last that was heard of the server or the socket: why the connection ended, if it did. */
  #lastError: unknown
  #rejectRunning: ((error: Error) => void) | undefined
  #canceling: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor({ target, socket, onNotice }: PgConnectionOptions) {
    this.#target = target
    this.#socket = socket
    this.#client = pgOn(socket, target)
    // Without a listener an error would end the process.
    this.#client.on('error', (error) => {
      this.#lastError = driverError(error) ?? error
    })
    if (onNotice) this.#client.on('notice', onNotice)
    // pg leaves the one unanswered and lets the other fall.
    for (const event of ['copyInResponse', 'copyOutResponse'])
      this.#client.connection.on(event, () => this.#rejectRunning?.(copyRefused()))
    socket.on('error', (error) => {
      this.#lastError ??= error
    })
    socket.on('close', () => this.#lose(undefined))
  }

  /** Logs in, and makes the session speak the text that the codecs read. */
  async start(): Promise<void> {
    try {
      await this.#client.connect()
    } catch (error) {
      throw driverError(error) ?? this.#lastError ?? error
    }
    await this.execute({ text: sessionStyle, params: [], isPreparable: false })
  }

  get backendPid(): number | null {
    return keyOf(this.#client)?.pid ?? null
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
    const done = await this.#begin()
    try {
      return await this.#send(statement)
    } finally {
      done()
    }
  }

  cursor(statement: WireStatement): WireCursor {
    refuseUnsendable(statement)
    return new PgCursor(statement, {
      client: this.#client,
      begin: async () => await this.#begin(),
      answer: async (ask) => await this.#answer(ask),
    })
  }

  async cancel(): Promise<void> {
    const key = keyOf(this.#client)
    if (this.#state !== 'open' || key === undefined) return
    const request = requestCancel(this.#target, key)
    this.#canceling = request.catch(() => {})
    await request
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  /** Waits for the turn, and for a cancel request that is under way: it must not hit what comes next. */
  async #begin(): Promise<() => void> {
    const done = await this.#turns.take()
    try {
      await this.#canceling
      this.#mustBeOpen()
      return done
    } catch (error) {
      done()
      throw error
    }
  }

  async #send(statement: WireStatement): Promise<WireResult> {
    const { text } = statement
    const name = statement.isPreparable ? this.#names.nameFor(text) : undefined
    try {
      return await this.#query(statement, name)
    } catch (error) {
      // Outside a transaction nothing has happened yet: the same text is prepared anew.
      if (name === undefined || !isStale(error) || this.#client.getTransactionStatus() !== 'I') throw error
      return await this.#query(statement, this.#names.rename(text))
    }
  }

  async #query({ text, params }: WireStatement, name: string | undefined): Promise<WireResult> {
    const config = { text, values: [...params], rowMode: 'array' as const, queryMode: 'extended', types: asText, name }
    const result = await this.#answer(() => this.#client.query<(string | null)[]>(config))
    const { command } = result
    if (command === 'DISCARD' || command === 'DEALLOCATE') this.#names.forgotten()
    return {
      columns: result.fields.map(({ name: column, dataTypeID }) => ({ name: column, oid: dataTypeID })),
      rows: result.rows,
      rowCount: result.rowCount ?? 0,
      ...(command ? { command } : {}),
    }
  }

  /** What pg answers, or why it cannot any more: the socket may go without pg saying so. */
  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    this.#mustBeOpen()
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#rejectRunning = reject
        ask().then(resolve, reject)
      })
    } catch (error) {
      throw this.#failure(error)
    } finally {
      this.#rejectRunning = undefined
    }
  }

  /** Anything but a plain refusal leaves the two sides at odds about what was said: the connection is given up. */
  #failure(error: unknown): Error {
    const refused = driverError(error)
    if (refused && !isFatal(refused)) return refused
    if (error instanceof ArgumentError) {
      this.#lose(error)
      return error
    }
    return error instanceof ConnectionLostError ? error : this.#lose(refused ?? error)
  }

  #lose(cause: unknown): ConnectionLostError {
    const reason = this.#lastError instanceof DriverError ? this.#lastError : (cause ?? this.#lastError)
    if (this.#state === 'open') {
      this.#state = { lost: reason }
      this.#socket.destroy()
      this.#rejectRunning?.(lostError(this.#target, 'sent', reason))
      for (const listener of [...this.#listeners]) listener(reason)
    }
    return lostError(this.#target, 'sent', reason)
  }

  #mustBeOpen(): void {
    if (this.#state === 'closed') throw closedError(this.#target)
    if (this.#state !== 'open') throw lostError(this.#target, 'not sent', this.#state.lost)
  }

  /** Says goodbye and waits for the server, but not for long. */
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

/** What the server told this client about its process. pg keeps it without declaring it. */
function keyOf(client: pg.Client): { readonly pid: number; readonly secret: number } | undefined {
  const pid: unknown = Reflect.get(client, 'processID')
  const secret: unknown = Reflect.get(client, 'secretKey')
  if (typeof pid !== 'number' || typeof secret !== 'number') return undefined
  // pg reads it as a number with a sign.
  return { pid, secret: secret >>> 0 }
}

function copyRefused(): ArgumentError {
  return new ArgumentError(
    'COPY to or from the client does not run as a plain statement; the connection was given up',
    {
      hint: 'Insert in bulk through the session, or copy from a file on the server.',
    },
  )
}

function isStale(error: unknown): boolean {
  if (!(error instanceof DriverError)) return false
  const { sqlState, message } = error.fields
  return sqlState === statementUnknown || (sqlState === planChanged && message.includes('cached plan'))
}

function refuseUnsendable(statement: WireStatement): void {
  if (statement.params.length > maxParameters) {
    throw new ArgumentError(
      `The statement has ${statement.params.length} parameters, and the protocol carries up to ${maxParameters}`,
      { hint: 'Send fewer rows per statement, or one array parameter instead of many single ones.' },
    )
  }
  if (statement.text.includes('\0')) {
    throw new ArgumentError('The text of the statement has a NUL character', {
      hint: 'PostgreSQL has no NUL in text; remove it.',
    })
  }
}
