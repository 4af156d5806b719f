// What the fault tests share: a database of their own, an onlooker's connection, and how to fail.
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import type { DriverConnection, WireResult } from '@oriel/engine'
import { postgresJs } from '@oriel/postgres-js'
import { createDatabase, serverUrl, type TestDatabase } from '@oriel/testing'

export interface Scene {
  url(): string
  /** The connection that something happens to. */
  victim(): DriverConnection
  /** Another one, to do it and to look at what is left. */
  onlooker(): DriverConnection
  /** How many server processes other than the onlooker's the database has. */
  backends(): Promise<number>
  kill(connection: DriverConnection): Promise<void>
}

/** One database per file, two fresh connections per test. */
export function scene(): Scene {
  let database: TestDatabase
  let victim: DriverConnection
  let onlooker: DriverConnection
  beforeAll(async () => {
    database = await createDatabase(serverUrl())
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    victim = await postgresJs(database.url).connect()
    onlooker = await postgresJs(database.url).connect()
  })
  afterEach(async () => {
    await victim.close()
    await onlooker.close()
  })
  return {
    url: () => database.url,
    victim: () => victim,
    onlooker: () => onlooker,
    backends: async () => {
      const { rows } = await run(
        onlooker,
        'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      return Number(rows[0]?.[0])
    },
    kill: async ({ backendPid }) => {
      await run(onlooker, `select pg_terminate_backend(${backendPid}, 5000)`)
    },
  }
}

export function run(
  connection: DriverConnection,
  text: string,
  params: readonly (string | null)[] = [],
): Promise<WireResult> {
  return connection.execute({ text, params, isPreparable: true })
}

/** The error of work that must fail, with the time that it took. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => Promise.reject(new TypeError(`must fail, and gave ${JSON.stringify(value)}`)),
    (error: unknown) => error,
  )
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
