// The archive of three million flights: into its table by bulk upsert, every row validated; and tables read back by a stream.
import { type BulkReport, bulkUpsert, createAll, type Engine, entity, select, sessionFactory } from 'oriel'
import { flightSchema } from './data/flight-schema.ts'
import type { ParquetFile } from './data/read-parquet.ts'
import { ArchivedFlight } from './entity/archived-flight.ts'
import type { Flight } from './entity/flight.ts'
import { registry } from './registry.ts'

/** Is told after each batch how many rows have been read so far. */
export type OnReceived = (rows: number) => void

/** The first `limit` flights of flights-3m.parquet. Rows that do not fit are left out, and counted in the report. */
export async function ingestArchive(
  engine: Engine,
  file: ParquetFile,
  { limit, onReceived = () => {} }: { readonly limit: number; readonly onReceived?: OnReceived },
): Promise<BulkReport> {
  await createAll(engine, { registry, ifNotExists: true })
  return await sessionFactory(engine, { registry }).begin((session) =>
    session.bulk(
      bulkUpsert(ArchivedFlight, file.flights(limit))
        .doNothing()
        .validate(flightSchema, { onReject: () => {} })
        .onProgress(({ received }) => onReceived(received)),
    ),
  )
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
