// Ingestion: files into tables by bulk upsert, every row validated, with a report; then the same again, which stores nothing new; then all
// of it read back by a stream.
import {
  type BulkReport,
  bulkUpsert,
  createAll,
  type Engine,
  entity,
  type Session,
  select,
  sessionFactory,
} from 'oriel'
import { flightSchema } from './data/flight-schema.ts'
import type { ParquetFile } from './data/read-parquet.ts'
import { Airport } from './entity/airport.ts'
import { ArchivedFlight } from './entity/archived-flight.ts'
import { Flight } from './entity/flight.ts'
import type { Source } from './load.ts'
import { registry } from './registry.ts'

/** Is told after each batch how many rows have been read so far. */
export type OnReceived = (rows: number) => void

const f = entity(Flight)

/** Airports, then flights of flights-20k.json. Two of its flights have the key of an earlier one, which stays. */
export async function ingestFlights(
  engine: Engine,
  { airports, flights }: Source,
  onReceived: OnReceived = () => {},
): Promise<BulkReport> {
  return await ingesting(engine, async (session) => {
    await session.bulk(bulkUpsert(Airport, airports))
    return await session.bulk(
      bulkUpsert(Flight, flights)
        .conflictOn(f.flownAt, f.originIata, f.destinationIata)
        .doNothing()
        .validate(flightSchema)
        .duplicates('first')
        .onProgress(({ received }) => onReceived(received)),
    )
  })
}

/** The first `limit` flights of flights-3m.parquet. Rows that do not fit are left out, and counted in the report. */
export async function ingestArchive(
  engine: Engine,
  file: ParquetFile,
  { limit, onReceived = () => {} }: { readonly limit: number; readonly onReceived?: OnReceived },
): Promise<BulkReport> {
  return await ingesting(engine, async (session) =>
    session.bulk(
      bulkUpsert(ArchivedFlight, file.flights(limit))
        .doNothing()
        .validate(flightSchema, { onReject: () => {} })
        .onProgress(({ received }) => onReceived(received)),
    ),
  )
}

async function ingesting(engine: Engine, work: (session: Session) => Promise<BulkReport>): Promise<BulkReport> {
  await createAll(engine, { registry, ifNotExists: true })
  return await sessionFactory(engine, { registry }).begin(work)
}

/** What a stream over a table came to. */
export interface Streamed {
  readonly rows: number
  readonly averageDelay: number
  /** The largest resident set while it ran, in megabytes: of the whole process, an embedded database with it. */
  readonly peakMegabytes: number
  /** By how much that is more than when it began. */
  readonly growthMegabytes: number
}

/** Reads every flight by a stream of partitions: no more than one of them is in memory. */
export async function streamFlights(
  engine: Engine,
  entityClass: typeof Flight | typeof ArchivedFlight,
): Promise<Streamed> {
  await using session = sessionFactory(engine, { registry }).open()
  const flight = entity(entityClass)
  const before = process.memoryUsage.rss()
  let [rows, minutes, peak] = [0, 0, before]
  for await (const delays of session.stream(select(flight.delay), { yieldPer: 2_000 }).scalars().partitions()) {
    rows += delays.length
    for (const delay of delays) minutes += delay
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  return {
    rows,
    averageDelay: rows === 0 ? 0 : minutes / rows,
    peakMegabytes: peak / 2 ** 20,
    growthMegabytes: (peak - before) / 2 ** 20,
  }
}
