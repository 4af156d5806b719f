// Ingestion: what the reports say is what the tables hold, the second time nothing is new, and rows that do not fit are left out by name.
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Lane, openLane } from '@oriel/testing'
import { createAll, createEngine, type Engine } from 'oriel'
import { readAirports } from '../src/data/read-airports.ts'
import { readFlights } from '../src/data/read-flights.ts'
import { openParquet, type ParquetFile } from '../src/data/read-parquet.ts'
import { installedData } from '../src/data/source.ts'
import { ArchivedFlight } from '../src/entity/archived-flight.ts'
import { Flight } from '../src/entity/flight.ts'
import { Failure } from '../src/failure.ts'
import { ingestArchive, streamFlights } from '../src/ingest.ts'
import { load } from '../src/load.ts'
import { registry } from '../src/registry.ts'
import { rowsOf } from './loaded.ts'

let lane: Lane
let engine: Engine
beforeEach(async () => {
  lane = await openLane()
  engine = createEngine(lane.driver, { strict: true })
})
afterEach(async () => {
  await engine?.close()
  await lane?.close()
})

const summary = `select count(*)::int as rows, sum(delay)::int as minutes, count(distinct origin_iata)::int as origins`

it('stores the flights of the JSON file once, and nothing when it runs again', async () => {
  const folder = installedData()
  const source = { airports: await readAirports(folder), flights: await readFlights(folder) }
  const seen: number[] = []
  await createAll(engine, { registry })
  const first = await load(engine, source, (rows) => seen.push(rows))
  expect(first).toMatchObject({
    received: 20_000,
    inserted: 19_998,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    duplicates: 2,
  })
  expect(seen.at(-1)).toBe(23_376)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  const again = await load(engine, source, () => {})
  expect(again).toMatchObject({ received: 20_000, inserted: 0, updated: 0, unchanged: 19_998, duplicates: 2 })

  // Two flights have the key of an earlier one: the earlier one stays.
  const kept = new Map(
    source.flights
      .toReversed()
      .map((flight) => [JSON.stringify([flight.flownAt, flight.originIata, flight.destinationIata]), flight.delay]),
  )
  const minutes = [...kept.values()].reduce((sum, delay) => sum + delay, 0)
  const [stored] = await rowsOf(engine, `${summary} from oriel_flights.flights`)
  expect(stored).toMatchObject({ rows: 19_998, minutes })

  const streamed = await streamFlights(engine, Flight)
  expect(streamed.rows).toBe(19_998)
  expect(streamed.averageDelay).toBeCloseTo(minutes / 19_998, 10)
})

it('stores rows of the parquet file, in the order of the file', async () => {
  const file = await openParquet(installedData())
  expect(file.rowCount).toBe(3_000_000)
  const given: { delay: unknown; originIata: unknown }[] = []
  for await (const flight of file.flights(25_000)) given.push(flight)
  expect(given).toHaveLength(25_000)
  const first = await ingestArchive(engine, file, { limit: 25_000 })
  expect(first).toMatchObject({ received: 25_000, inserted: 25_000, unchanged: 0, rejected: 0, batches: 3 })
  expect(await ingestArchive(engine, file, { limit: 25_000 })).toMatchObject({ inserted: 0, unchanged: 25_000 })
  const [stored] = await rowsOf(engine, `${summary} from oriel_flights.archived_flights`)
  expect(stored).toEqual({
    rows: 25_000,
    minutes: given.reduce((sum, { delay }) => sum + Number(delay), 0),
    origins: new Set(given.map(({ originIata }) => originIata)).size,
  })
  expect(await rowsOf(engine, 'select * from oriel_flights.archived_flights where source_row = 1')).toEqual([
    {
      source_row: 1,
      flown_at: '2001-01-01 00:01:00',
      delay: 33,
      distance: 2176,
      origin_iata: 'LAS',
      destination_iata: 'PHL',
    },
  ])
  expect((await streamFlights(engine, ArchivedFlight)).rows).toBe(25_000)
})

it('leaves out rows that do not fit, and says why', async () => {
  const good = { flownAt: '2001-01-01 00:01:00', delay: 3, distance: 20, originIata: 'LAS', destinationIata: 'PHL' }
  const given = [
    { ...good, sourceRow: 1 },
    { ...good, sourceRow: 2, delay: 'late' },
    { ...good, sourceRow: 3, originIata: "'; --" },
    { ...good, sourceRow: 4, flownAt: null },
    { ...good, sourceRow: 5 },
  ]
  const file: ParquetFile = {
    rowCount: given.length,
    async *flights() {
      yield* given
    },
  }
  const report = await ingestArchive(engine, file, { limit: given.length })
  expect(report).toMatchObject({ received: 5, inserted: 2, rejected: 3 })
  expect(report.issues.map(({ row, property }) => [row, property])).toEqual([
    [2, 'delay'],
    [3, 'originIata'],
    [4, 'flownAt'],
  ])
  expect(await rowsOf(engine, 'select source_row from oriel_flights.archived_flights order by 1')).toEqual([
    { source_row: 1 },
    { source_row: 5 },
  ])
})

it('says which file is missing', async () => {
  await expect(openParquet('/nowhere')).rejects.toThrow(Failure)
  await expect(openParquet('/nowhere')).rejects.toThrow('/nowhere/flights-3m.parquet cannot be read')
})
