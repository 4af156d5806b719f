// From the files into the database: airports, then flights, by bulk upsert and all in one transaction. It may run again: what is stored
// already stays as it is.
import { type BulkReport, bulkUpsert, type Engine, entity, sessionFactory } from 'oriel'
import { flightSchema } from './data/flight-schema.ts'
import type { AirportRow } from './data/read-airports.ts'
import type { FlightRow } from './data/read-flights.ts'
import { Airport } from './entity/airport.ts'
import { Flight } from './entity/flight.ts'
import { RefusedFlight } from './entity/refused-flight.ts'
import { registry } from './registry.ts'

/** What the data files hold. */
export interface Source {
  readonly airports: readonly AirportRow[]
  readonly flights: readonly FlightRow[]
}

const f = entity(Flight)
const batchSize = 2_000

/**
 * Stores each airport and each flight once, and tells after each batch how many rows have been read. Either all of it is stored, or
 * nothing. What the unique key refuses is kept apart, so that no row is lost in silence. Returns what became of the flights.
 */
export async function load(
  engine: Engine,
  { airports, flights }: Source,
  onReceived: (rows: number) => void,
): Promise<BulkReport> {
  return await sessionFactory(engine, { registry }).begin(async (session) => {
    await session.bulk(
      bulkUpsert(Airport, airports)
        .doNothing()
        .batchSize(batchSize)
        .onProgress(({ received }) => onReceived(received)),
    )
    const report = await session.bulk(
      bulkUpsert(Flight, flights)
        .conflictOn(f.flownAt, f.originIata, f.destinationIata)
        .doNothing()
        .validate(flightSchema)
        .duplicates('first')
        .batchSize(batchSize)
        .onProgress(({ received }) => onReceived(airports.length + received)),
    )
    await session.bulk(bulkUpsert(RefusedFlight, repeated(flights)).doNothing())
    return report
  })
}

/** The flights whose key an earlier one has. */
function repeated(flights: readonly FlightRow[]): FlightRow[] {
  const seen = new Set<string>()
  return flights.filter(({ flownAt, originIata, destinationIata }) => {
    const key = JSON.stringify([flownAt, originIata, destinationIata])
    return seen.has(key) || !seen.add(key)
  })
}
