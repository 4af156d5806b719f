// From the files into the database: airports, then flights in batches, all in one transaction.
import { type Connection, type Engine, entity, insert } from 'oriel'
import type { AirportRow } from './data/read-airports.ts'
import type { FlightRow } from './data/read-flights.ts'
import { Airport } from './entity/airport.ts'
import { Flight } from './entity/flight.ts'
import { RefusedFlight } from './entity/refused-flight.ts'

/** What the data files hold. */
export interface Source {
  readonly airports: readonly AirportRow[]
  readonly flights: readonly FlightRow[]
}

// A statement may have 65,535 parameters at most; each row here takes six or seven.
const batchSize = 1_000

const f = entity(Flight)

/** Inserts the data and tells after each batch how many rows are done. Either all of it is stored, or nothing. */
export async function load(
  engine: Engine,
  { airports, flights }: Source,
  onProgress: (rows: number) => void,
): Promise<void> {
  await engine.begin(async (connection) => {
    for (const batch of batches(airports)) {
      await connection.execute(insert(Airport).values(batch))
      onProgress(batch.length)
    }
    for (const batch of batches(flights)) {
      await insertFlights(connection, batch)
      onProgress(batch.length)
    }
  })
}

/** Stores each flight once. What the unique key refuses is kept apart, so that nothing is lost in silence. */
async function insertFlights(connection: Connection, batch: readonly FlightRow[]): Promise<void> {
  const stored = await connection
    .execute(
      insert(Flight)
        .values(batch)
        .onConflictDoNothing([f.flownAt, f.originIata, f.destinationIata])
        .returning(f.sourceRow),
    )
    .scalars()
    .all()
  const storedRows = new Set(stored)
  const refused = batch.filter((flight) => !storedRows.has(flight.sourceRow))
  if (refused.length > 0) await connection.execute(insert(RefusedFlight).values(refused))
}

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += batchSize) yield rows.slice(start, start + batchSize)
}
