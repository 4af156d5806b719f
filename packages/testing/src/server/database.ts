// Databases of their own for tests: made from an empty template, dropped with whoever is still in them.
import { randomBytes } from 'node:crypto'
import type { DriverConnection } from '@oriel/engine'
import { postgresJs } from '@oriel/postgres-js'

export interface TestDatabase {
  readonly name: string
  readonly url: string
  drop(): Promise<void>
}

/**
 * Creates a database on the server of `serverUrl`.
 *
 * @param template the database to copy; nobody may be connected to it. An empty one when left out.
 */
export async function createDatabase(serverUrl: string, template = 'template0'): Promise<TestDatabase> {
  const worker = process.env.JEST_WORKER_ID ?? '0'
  const name = `oriel_test_${worker}_${randomBytes(6).toString('hex')}`
  await administrate(serverUrl, `create database "${name}" template "${template.replaceAll('"', '""')}"`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { name, url: url.href, drop: () => administrate(serverUrl, `drop database if exists "${name}" with (force)`) }
}

/** One statement as the administrator, on a connection of its own. */
export async function administrate(serverUrl: string, text: string): Promise<void> {
  const connection: DriverConnection = await postgresJs(serverUrl).connect()
  try {
    await connection.execute({ text, params: [], isPreparable: false })
  } finally {
    await connection.close()
  }
}
