// The driver over postgres.js: makes connections and says why it could not. A connection is in connection.ts.
import {
  CanceledError,
  type ConnectOptions,
  type Driver,
  type DriverCapabilities,
  type DriverConnection,
} from '@oriel/engine'
import { postgres as postgresDialect } from '@oriel/postgres'
import { ArgumentError, checkOptions, type Dialect, type ServerErrorFields } from '@oriel/sql'
import { connectError, connectTimeout } from './connect-error.ts'
import { maxParameters, PostgresJsConnection } from './connection.ts'
import { serverErrorFields } from './driver-error.ts'
import { openSocket } from './socket.ts'
import { describeTarget, type PostgresAddress, type Target, targetOf } from './target.ts'

export interface PostgresJsOptions {
  /** The grammar to speak; PostgreSQL's unless given. */
  readonly dialect?: Dialect
  /** How long making a connection may take. 30 s unless given. */
  readonly connectTimeoutMs?: number
  /** Called with each notice that the server sends; they are dropped otherwise. */
  readonly onNotice?: (notice: ServerErrorFields) => void
}

const known = ['dialect', 'connectTimeoutMs', 'onNotice'] satisfies (keyof PostgresJsOptions)[]

/** PostgreSQL over postgres.js. Made by {@link postgresJs}. */
export class PostgresJsDriver implements Driver {
  readonly name = 'postgres.js'
  readonly dialect: Dialect
  readonly target: string
  readonly capabilities: DriverCapabilities = {
    maxConnections: null,
    cancel: true,
    pipelining: false,
    copyIn: false,
    maxParameters,
  }
  readonly #target: Target
  readonly #options: PostgresJsOptions

  constructor(source: string | PostgresAddress, options: PostgresJsOptions) {
    checkOptions(options, known, 'postgresJs()')
    const { connectTimeoutMs } = options
    if (connectTimeoutMs !== undefined && !(connectTimeoutMs > 0 && connectTimeoutMs <= 2_147_483_647))
      throw new ArgumentError(
        `postgresJs(): connectTimeoutMs is a number of milliseconds, not ${String(connectTimeoutMs)}.`,
      )
    this.#target = targetOf(source)
    this.#options = options
    this.dialect = options.dialect ?? postgresDialect()
    this.target = describeTarget(this.#target)
  }

  async connect({ signal }: ConnectOptions = {}): Promise<DriverConnection> {
    const timeoutMs = this.#options.connectTimeoutMs ?? 30_000
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), timeoutMs)
    const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal
    try {
      return await this.#open(stop)
    } catch (cause) {
      if (signal?.aborted) throw new CanceledError('Connecting was canceled by the caller', { cause: signal.reason })
      if (timeout.signal.aborted) throw connectTimeout(this.#target, timeoutMs)
      throw connectError(this.#target, cause)
    } finally {
      clearTimeout(timer)
    }
  }

  async #open(stop: AbortSignal): Promise<PostgresJsConnection> {
    const { onNotice } = this.#options
    const socket = await openSocket(this.#target, stop)
    const connection = new PostgresJsConnection({
      target: this.#target,
      socket,
      onNotice: onNotice && ((notice) => onNotice(serverErrorFields(notice))),
    })
    const abort = () => socket.destroy()
    stop.addEventListener('abort', abort, { once: true })
    try {
      stop.throwIfAborted()
      await connection.start()
      return connection
    } catch (error) {
      socket.destroy()
      throw error
    } finally {
      stop.removeEventListener('abort', abort)
    }
  }
}

/**
 * A driver over postgres.js. Throws ArgumentError when the address can never work; connects at the first use.
 *
 * @example
 * const engine = createEngine(postgresJs('postgres://user:password@localhost:5432/app'))
 */
export function postgresJs(source: string | PostgresAddress, options: PostgresJsOptions = {}): PostgresJsDriver {
  return new PostgresJsDriver(source, options)
}
