// The database of the example: embedded or a server's, with its tables, filled once.
import { pglite } from '@oriel/pglite'
import { postgresJs } from '@oriel/postgres-js'
import { createAll, createEngine, dropAll, type Engine, func, select } from 'oriel'
import { Airport } from './entity/airport.ts'
import { Flight } from './entity/flight.ts'
import { RefusedFlight } from './entity/refused-flight.ts'
import { Failure } from './failure.ts'
import { load, type Source } from './load.ts'
import { registry, schema } from './registry.ts'

export interface Place {
  /** A PostgreSQL server; without one the database is embedded. */
  readonly databaseUrl?: string
  /** The folder of the embedded database; without one it is in memory. */
  readonly dataDir?: string
}

/** Where the data goes. Nothing is connected yet. Throws ArgumentError for a URL that is none. */
export function openEngine({ databaseUrl, dataDir }: Place): Engine {
  const driver = databaseUrl === undefined ? pglite(dataDir) : postgresJs(databaseUrl, { connectTimeoutMs: 10_000 })
  // The example's statements raise no warning; one that did would fail here instead of passing by.
  return createEngine(driver, { strict: true })
}

export interface Filling {
  /** Drop what an earlier run has left. */
  readonly reset: boolean
  /** Is told after each batch how many rows have been read. */
  readonly onReceived: (rows: number) => void
}

/**
 * Makes the tables and fills them. What an earlier run has stored is used again.
 * Rejects with Failure where the tables hold something else: nobody's rows are dropped unless `reset` says so.
 */
export async function fill(
  engine: Engine,
  source: Source,
  { reset, onReceived }: Filling,
): Promise<'loaded' | 'found'> {
  if (reset) await dropAll(engine, { registry, ifExists: true })
  await createAll(engine, { registry, ifNotExists: true })
  const airports = await count(engine, Airport)
  const flights = (await count(engine, Flight)) + (await count(engine, RefusedFlight))
  if (airports === 0 && flights === 0) {
    await load(engine, source, onReceived)
    return 'loaded'
  }
  if (airports === source.airports.length && flights === source.flights.length) return 'found'
  throw new Failure(
    `The schema ${schema} holds ${airports} airports and ${flights} flights, which are not those of the data files.`,
    'Add --reset to drop its tables and load them again.',
  )
}

/** How many rows the table of an entity has. */
export async function count(
  engine: Engine,
  entityClass: typeof Airport | typeof Flight | typeof RefusedFlight,
): Promise<number> {
  return await engine.execute(select(func.count()).from(entityClass)).scalars().one()
}
