// The driver over postgres.js: makes connections and says why it could not. A connection is in connection.ts.
import type { ConnectOptions, Driver, DriverCapabilities, DriverConnection } from '@oriel/engine'
import { postgres as postgresDialect } from '@oriel/postgres'
import {
  checkServerOptions,
  connecting,
  describeTarget,
  type PostgresAddress,
  type ServerDriverOptions,
  type Target,
  targetOf,
} from '@oriel/postgres-wire'
import type { Dialect } from '@oriel/sql'
import { maxParameters, PostgresJsConnection } from './connection.ts'
import { serverErrorFields } from './driver-error.ts'

/** What `postgresJs` takes beside the address. */
export interface PostgresJsOptions extends ServerDriverOptions {}

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
    checkServerOptions(options, 'postgresJs')
    this.#target = targetOf(source, 'postgresJs')
    this.#options = options
    this.dialect = options.dialect ?? postgresDialect()
    this.target = describeTarget(this.#target)
  }

  async connect({ signal }: ConnectOptions = {}): Promise<DriverConnection> {
    const { onNotice, connectTimeoutMs } = this.#options
    return await connecting({
      target: this.#target,
      timeoutMs: connectTimeoutMs,
      signal,
      logIn: async (socket) => {
        const connection = new PostgresJsConnection({
          target: this.#target,
          socket,
          onNotice: onNotice && ((notice) => onNotice(serverErrorFields(notice))),
        })
        await connection.start()
        return connection
      },
    })
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
