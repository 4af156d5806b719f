// The driver over pg: makes connections and says why it could not. A connection is in connection.ts.
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
import { maxParameters, PgConnection } from './connection.ts'
import { serverErrorFields } from './driver-error.ts'

/** What `nodePostgres` takes beside the address. */
export interface NodePostgresOptions extends ServerDriverOptions {}

/** PostgreSQL over pg. Made by {@link nodePostgres}. */
export class NodePostgresDriver implements Driver {
  readonly name = 'pg'
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
  readonly #options: NodePostgresOptions

  constructor(source: string | PostgresAddress, options: NodePostgresOptions) {
    checkServerOptions(options, 'nodePostgres')
    this.#target = targetOf(source, 'nodePostgres')
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
        const connection = new PgConnection({
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
 * A driver over pg, the client that is also called node-postgres. Throws ArgumentError when the address can never work;
 * connects at the first use.
 *
 * @example
 * const engine = createEngine(nodePostgres('postgres://user:password@localhost:5432/app'))
 */
export function nodePostgres(source: string | PostgresAddress, options: NodePostgresOptions = {}): NodePostgresDriver {
  return new NodePostgresDriver(source, options)
}
