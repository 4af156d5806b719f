// A lane is a driver that the integration tests run over. Each jest project names one in ORIEL_LANE; the same test files run in all.
import { afterAll, beforeAll, describe } from '@jest/globals'
import type { Driver, DriverConnection } from '@oriel/engine'
import { nodePostgres } from '@oriel/pg'
import { postgresJs } from '@oriel/postgres-js'
import { ArgumentError, InvalidRequestError } from '@oriel/sql'
import { embeddedDatabase } from './embedded-database.ts'
import { administrate, createDatabase } from './server/database.ts'

export type LaneName = 'pglite' | 'postgres-js' | 'pg'

/** A driver on an empty database of its own. */
export interface Lane {
  readonly name: LaneName
  readonly driver: Driver
  /** The database's URL; null where it has none, because it is embedded. */
  readonly url: string | null
  /** Takes the connection away as a fault would: its server process is ended, or the embedded database is. */
  breakConnection(connection: DriverConnection): Promise<void>
  /** Closes the driver and removes the database. Engines over it must be closed before. */
  close(): Promise<void>
}

const lanes: Readonly<Record<LaneName, () => Promise<Lane>>> = {
  pglite: async () => {
    const driver = await embeddedDatabase()
    return {
      name: 'pglite',
      driver,
      url: null,
      breakConnection: async () => (await driver.database()).close(),
      close: () => driver.close(),
    }
  },
  'postgres-js': async () => await onServer('postgres-js', postgresJs),
  pg: async () => await onServer('pg', nodePostgres),
}

async function onServer(name: LaneName, driver: (url: string) => Driver): Promise<Lane> {
  const server = serverUrl()
  const database = await createDatabase(server)
  return {
    name,
    driver: driver(database.url),
    url: database.url,
    breakConnection: ({ backendPid }) => administrate(server, `select pg_terminate_backend(${backendPid})`),
    close: () => database.drop(),
  }
}

/** The lane of this run, from ORIEL_LANE; PGlite when it is not set. */
export function laneName(): LaneName {
  const name = process.env.ORIEL_LANE ?? 'pglite'
  if (name === 'pglite' || name === 'postgres-js' || name === 'pg') return name
  throw new ArgumentError(`ORIEL_LANE is '${name}'`, { hint: `Known lanes: ${Object.keys(lanes).join(', ')}.` })
}

/** The server that jest's global setup started, or that DATABASE_URL names. */
export function serverUrl(): string {
  const url = process.env.ORIEL_TEST_SERVER_URL ?? process.env.DATABASE_URL
  if (url) return url
  throw new InvalidRequestError('No PostgreSQL server is running for these tests', {
    hint: 'Run them through jest with the project of this lane, or set DATABASE_URL.',
  })
}

/**
 * Opens an empty database of this run's lane.
 *
 * @example
 * const lane = await openLane()
 * const engine = createEngine(lane.driver)
 */
export function openLane(name: LaneName = laneName()): Promise<Lane> {
  return lanes[name]()
}

/**
 * A `describe` whose tests share one empty database of this run's lane: opened before the first test, removed after the last.
 *
 * @example
 * describeLane('orders', (lane) => {
 *   it('counts', async () => {
 *     const connection = await lane().driver.connect()
 *   })
 * })
 */
export function describeLane(title: string, tests: (lane: () => Lane) => void): void {
  describe(title, () => {
    let lane: Lane | undefined
    beforeAll(async () => {
      lane = await openLane()
    })
    afterAll(async () => {
      await lane?.close()
    })
    tests(() => {
      if (lane) return lane
      throw new InvalidRequestError('The lane is open while tests run, not while they are described')
    })
  })
}
