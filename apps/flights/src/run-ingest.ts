// One run of `ingest`: what it does, how fast, and what it came to.
import { type BulkReport, createAll, dropAll, type Engine } from 'oriel'
import type { IngestSettings } from './cli.ts'
import { readAirports } from './data/read-airports.ts'
import { readFlights } from './data/read-flights.ts'
import { openParquet } from './data/read-parquet.ts'
import { installedData } from './data/source.ts'
import { openEngine } from './database.ts'
import { ArchivedFlight } from './entity/archived-flight.ts'
import { Flight } from './entity/flight.ts'
import { ingestArchive, type OnReceived, streamFlights } from './ingest.ts'
import { load } from './load.ts'
import { rawUnnest } from './raw-unnest.ts'
import { registry } from './registry.ts'
import { memoryText } from './terminal/memory.ts'
import { progress } from './terminal/progress.ts'
import { table, written } from './terminal/table.ts'

type Print = (text: string) => void

/** Does what the settings ask for. Rejects with Failure or an OrielError where that cannot be done. */
export async function runIngest(settings: IngestSettings, print: Print): Promise<void> {
  await using engine = openEngine(settings)
  if (settings.reset) await dropAll(engine, { registry, ifExists: true })
  await (settings.parquet ? archive(engine, settings, print) : flights(engine, settings, print))
}

async function flights(engine: Engine, { data = installedData() }: IngestSettings, print: Print): Promise<void> {
  const source = { airports: await readAirports(data), flights: await readFlights(data) }
  const rows = source.airports.length + source.flights.length
  const loadAll = () => withBar(rows, (onReceived) => load(engine, source, onReceived))
  await createAll(engine, { registry, ifNotExists: true })
  print(`flights-20k.json into ${engine.driver.target}, twice:`)
  print(reportTable({ First: await loadAll(), Again: await loadAll() }))
  await readBack(engine, Flight, print)
}

async function archive(
  engine: Engine,
  { data = installedData(), rows, databaseUrl }: IngestSettings,
  print: Print,
): Promise<void> {
  const file = await openParquet(data)
  const limit = Math.min(rows ?? file.rowCount, file.rowCount)
  const load = () => withBar(limit, (onReceived) => ingestArchive(engine, file, { limit, onReceived }))
  print(`${written(limit)} flights of flights-3m.parquet into ${engine.driver.target}, twice:`)
  const first = await load()
  print(reportTable({ First: first, Again: await load() }))
  if (databaseUrl !== undefined) {
    const seconds = await rawUnnest(databaseUrl, file, limit)
    print(
      `The same rows by hand on the bare driver: ${written(Math.round(limit / seconds))} rows per second. ` +
        `The first load took ${written(first.elapsedMs / 1000 / seconds)} times as long.`,
    )
  }
  await readBack(engine, ArchivedFlight, print)
}

async function withBar<R>(total: number, work: (onReceived: OnReceived) => Promise<R>): Promise<R> {
  const bar = progress(total)
  return await work(bar.show).finally(bar.stop)
}

function reportTable(reports: Readonly<Record<string, BulkReport>>): string {
  return table(Object.entries(reports), {
    Load: ([name]) => name,
    Received: ([, { received }]) => received,
    Inserted: ([, { inserted }]) => inserted,
    Updated: ([, { updated }]) => updated,
    Unchanged: ([, { unchanged }]) => unchanged,
    Rejected: ([, { rejected }]) => rejected,
    Duplicates: ([, { duplicates }]) => duplicates,
    Seconds: ([, { elapsedMs }]) => elapsedMs / 1000,
    'Rows per second': ([, { received, elapsedMs }]) => Math.round((received / elapsedMs) * 1000),
  })
}

async function readBack(
  engine: Engine,
  entityClass: typeof Flight | typeof ArchivedFlight,
  print: Print,
): Promise<void> {
  const { rows, averageDelay, peakMegabytes, growthMegabytes } = await streamFlights(engine, entityClass)
  print(
    `Read back by a stream: ${written(rows)} flights, ${written(averageDelay)} minutes late on average; ` +
      `the memory of the process ${memoryText(Math.round(peakMegabytes), Math.round(growthMegabytes))}.`,
  )
}
