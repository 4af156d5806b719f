// What is stored: all of the files, each flight once, and nothing of somebody else's lost.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { deleteFrom, entity, ForeignKeyViolationError, select } from 'oriel'
import { installedData } from '../src/data/source.ts'
import { count, fill } from '../src/database.ts'
import { Airport } from '../src/entity/airport.ts'
import { Flight } from '../src/entity/flight.ts'
import { RefusedFlight } from '../src/entity/refused-flight.ts'
import { Failure } from '../src/failure.ts'
import { load } from '../src/load.ts'
import { type Loaded, openLoaded, rowsOf } from './loaded.ts'

const f = entity(Flight)
const quiet = { reset: false, onReceived() {} }
const flownTwice = [
  { date: '2001/02/18 20:40', origin: 'PHX', destination: 'SAN' },
  { date: '2001/03/28 17:26', origin: 'DFW', destination: 'AUS' },
]

let loaded: Loaded
beforeAll(async () => {
  loaded = await openLoaded()
})
afterAll(async () => {
  await loaded?.close()
})

it('stores 3,376 airports, and 20,000 flights of which two are refused', async () => {
  const [counts] = await rowsOf(
    loaded.engine,
    `select (select count(*)::int from oriel_flights.airports) as airports,
       (select count(*)::int from oriel_flights.flights) as flights,
       (select count(*)::int from oriel_flights.refused_flights) as refused`,
  )
  expect(counts).toEqual({ airports: 3376, flights: 19_998, refused: 2 })
})

it('refuses exactly the flights that the file has twice', async () => {
  const text = await readFile(join(installedData(), 'flights-20k.json'), 'utf8')
  const items: Record<'date' | 'origin' | 'destination', string>[] = JSON.parse(text)
  const seen = new Set<string>()
  const repeated = items.flatMap(({ date, origin, destination }, i) => {
    const key = `${date} ${origin} ${destination}`
    if (seen.has(key)) return [{ source_row: i + 1, date, origin, destination }]
    seen.add(key)
    return []
  })
  expect(repeated.map(({ source_row, ...flight }) => flight)).toEqual(flownTwice)
  const refused = await rowsOf(
    loaded.engine,
    `select source_row, to_char(flown_at, 'YYYY/MM/DD HH24:MI') as date, origin_iata as origin, destination_iata as destination
     from oriel_flights.refused_flights order by source_row`,
  )
  expect(refused).toEqual(repeated)
})

it('stores every row of the file as it is', async () => {
  const columns = 'source_row, flown_at::text, delay, distance, origin_iata, destination_iata'
  const { engine, source } = loaded
  const stored = await rowsOf(
    engine,
    `select ${columns} from oriel_flights.flights union all select ${columns} from oriel_flights.refused_flights order by 1`,
  )
  const rows = stored.map((row) => Object.values(row))
  expect(rows).toEqual(
    source.flights.map((row) => [
      row.sourceRow,
      row.flownAt,
      row.delay,
      row.distance,
      row.originIata,
      row.destinationIata,
    ]),
  )
})

it('gives an airport as an object of its class, NA read as null', async () => {
  const airport = await loaded.engine
    .execute(select(Airport).where((a) => a.iata.eq('SCE')))
    .scalars()
    .one()
  expect(airport).toBeInstanceOf(Airport)
  expect(airport).toMatchObject({ name: 'University Park', city: null, state: null, latitude: 40.851206 })
})

it('follows relationships in conditions', async () => {
  const flights = await loaded.engine
    .execute(
      select(f.id).where(
        f.origin.has((a) => a.state.eq('HI')),
        f.destination.has((a) => a.state.eq('HI')),
      ),
    )
    .all()
  const [plain] = await rowsOf(
    loaded.engine,
    `select count(*)::int as n from oriel_flights.flights f
     join oriel_flights.airports o on o.iata = f.origin_iata and o.state = 'HI'
     join oriel_flights.airports d on d.iata = f.destination_iata and d.state = 'HI'`,
  )
  expect(plain).toEqual({ n: flights.length })
  expect(flights.length).toBeGreaterThan(0)
})

it('finds what an earlier run has stored', async () => {
  expect(await fill(loaded.engine, loaded.source, quiet)).toBe('found')
})

it('stores nothing where one row fails', async () => {
  const { engine, source } = loaded
  const before = await count(engine, Flight)
  const lost = source.flights.slice(0, 1).map((row) => ({ ...row, flownAt: '2001-12-31 00:00:00', originIata: 'QQQ' }))
  const good = lost.map((row) => ({ ...row, originIata: 'ORD' }))
  await expect(load(engine, { airports: [], flights: [...good, ...lost] }, () => {})).rejects.toBeInstanceOf(
    ForeignKeyViolationError,
  )
  expect(await count(engine, Flight)).toBe(before)
})

// The last one: it changes what is stored.
it('leaves rows alone that are not those of the files, until it is told to drop them', async () => {
  const { engine, source } = loaded
  await engine.execute(deleteFrom(Flight).where(f.sourceRow.lte(3)))
  const refusal = fill(engine, source, quiet)
  await expect(refusal).rejects.toBeInstanceOf(Failure)
  await expect(refusal).rejects.toThrow(/holds 3376 airports and 19997 flights.*\n.*--reset/)
  expect(await count(engine, Flight)).toBe(19_995)
  expect(await fill(engine, source, { ...quiet, reset: true })).toBe('loaded')
  expect(await count(engine, Flight)).toBe(19_998)
  expect(await count(engine, RefusedFlight)).toBe(2)
})
