// What the fault tests share: a database of their own, an onlooker's connection, and how to fail.
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import type { Driver, DriverConnection, WireResult } from '@oriel/engine'
import { InvalidRequestError, type ServerErrorFields } from '@oriel/sql'
import { serverUrl } from '../lane.ts'
import { createDatabase, type TestDatabase } from '../server/database.ts'

/** A driver of servers, and where its connections lead. */
export interface ServerDriverCandidate {
  readonly name: string
  readonly open: (source: string | ServerAddress, options?: ServerOptions) => Driver
}

export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export interface ServerOptions {
  readonly connectTimeoutMs?: number
  readonly onNotice?: (notice: ServerErrorFields) => void
}

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
export function scene({ open }: ServerDriverCandidate): Scene {
  let database: TestDatabase | undefined
  let victim: DriverConnection | undefined
  let onlooker: DriverConnection | undefined
  beforeAll(async () => {
    database = await createDatabase(serverUrl())
  })
  afterAll(async () => await database?.drop())
  beforeEach(async () => {
    victim = await open(opened(database).url).connect()
    onlooker = await open(opened(database).url).connect()
  })
  afterEach(async () => {
    await victim?.close()
    await onlooker?.close()
  })
  return {
    url: () => opened(database).url,
    victim: () => opened(victim),
    onlooker: () => opened(onlooker),
    backends: async () => {
      const { rows } = await run(
        opened(onlooker),
        'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      return Number(rows[0]?.[0])
    },
    kill: async ({ backendPid }) => {
      await run(opened(onlooker), `select pg_terminate_backend(${backendPid}, 5000)`)
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
    (value) => Promise.reject(new InvalidRequestError(`This must fail, and gave ${JSON.stringify(value)}`)),
    (error: unknown) => error,
  )
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function opened<T>(value: T | undefined): T {
  if (value !== undefined) return value
  throw new InvalidRequestError('The scene is set while its tests run, not while they are described')
}
