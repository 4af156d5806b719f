// The reports that work with objects: what they send, that the objects are as the rows are, and that nothing is changed for good.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  entity,
  ForeignKeyViolationError,
  inspect,
  type Session,
  select,
  selectinload,
  sessionFactory,
  sql,
} from 'oriel'
import { Airport } from '../src/entity/airport.ts'
import { registry } from '../src/registry.ts'
import { cascade, deleteAndTakeBack } from '../src/report/cascade.ts'
import { edit, editAndRollBack } from '../src/report/edit.ts'
import { airportWithDepartures, graph } from '../src/report/graph.ts'
import { sessionReports } from '../src/report/reports.ts'
import { type Loaded, openLoaded, rowsOf } from './loaded.ts'

const a = entity(Airport)
const options = { airport: 'SFO', limit: 5 }

let loaded: Loaded
let sent: string[]
beforeAll(async () => {
  loaded = await openLoaded()
  sent = []
  loaded.engine.on('beforeExecute', ({ text }) => sent.push(text))
})
afterAll(async () => {
  await loaded?.close()
})

const session = (): Session => sessionFactory(loaded.engine, { registry }).open()

/** Every value of every row, as one text per table. */
async function fingerprint(): Promise<unknown> {
  return await rowsOf(
    loaded.engine,
    `select md5((select string_agg(x::text, '|' order by iata) from oriel_flights.airports x)) as airports,
       md5((select string_agg(x::text, '|' order by id) from oriel_flights.flights x)) as flights,
       md5((select string_agg(x::text, '|' order by source_row) from oriel_flights.refused_flights x)) as refused`,
  )
}

describe.each(sessionReports.map((report) => [report.name, report] as const))('%s', (_name, report) => {
  it('changes nothing for good, and gives its connection back', async () => {
    const before = await fingerprint()
    await report.run(loaded.engine, options)
    expect(await fingerprint()).toEqual(before)
    expect(loaded.engine.pool.stats().inUse).toBe(0)
  })

  it('tells and counts what the engine sent, and nothing after it', async () => {
    sent.length = 0
    const { printed, statements } = await report.run(loaded.engine, options)
    const own = [...sent]
    await rowsOf(loaded.engine, 'select 1')
    expect(statements.map(({ text }) => text)).toEqual(own)
    expect(printed.split('\n').at(-1)).toBe(`Statements sent: ${own.length}`)
    expect(own.join('\n')).not.toContain('SFO')
  })
})

describe('graph', () => {
  it('is one statement per level, whether a level has 3 objects or 1,095', async () => {
    for (const airport of ['RAP', 'ORD']) {
      const { printed } = await graph.run(loaded.engine, { ...options, airport })
      expect(printed).toMatch(/Statements sent: 3$/)
    }
  })

  it('has as many objects as there are rows, each flight with its airport', async () => {
    await using reading = session()
    const { departures } = await airportWithDepartures(reading, options)
    const rows = await rowsOf(
      loaded.engine,
      `select id, destination_iata as to from oriel_flights.flights where origin_iata = 'SFO' order by flown_at desc, id desc`,
    )
    expect(departures.map(({ id, destination }) => ({ id, to: destination.iata }))).toEqual(rows)
    expect(rows.length).toBeGreaterThan(300)
    const destinations = departures.map(({ destination }) => destination)
    expect(new Set(destinations).size).toBe(new Set(destinations.map(({ iata }) => iata)).size)
  })
})

describe('edit', () => {
  it('writes the one column that was changed', async () => {
    const { statements } = await edit.run(loaded.engine, options)
    const texts = statements.map(({ text }) => text)
    expect(texts.filter((text) => text.startsWith('update'))).toEqual([
      'update oriel_flights.flights set delay = $1 where id = $2',
    ])
    expect(texts.slice(texts.indexOf('begin')).map((text) => text.split(' ')[0])).toEqual([
      'begin',
      'update',
      'select',
      'rollback',
      'select',
    ])
  })

  it('leaves a session that has nothing to write', async () => {
    await using editing = session()
    await editAndRollBack(editing, options)
    expect([editing.dirty.size, editing.inTransaction]).toEqual([0, false])
  })
})

describe('cascade', () => {
  it('deletes the flights before the airport, between savepoint and rollback', async () => {
    const { statements } = await cascade.run(loaded.engine, options)
    const verbs = statements.map(({ text }) => text.replace(/^(delete from \S+|savepoint|rollback to|\w+).*/, '$1'))
    expect(verbs.filter((verb) => verb !== 'select')).toEqual([
      'begin',
      'savepoint',
      'delete from oriel_flights.flights',
      'delete from oriel_flights.airports',
      'rollback to',
      'release',
      'rollback',
    ])
  })

  it('puts back the very objects, each in its place', async () => {
    await using deleting = session()
    const airport = await deleting
      .scalars(select(Airport).where(a.iata.eq('SFO')).options(selectinload(a.departures)))
      .one()
    const departures = [...airport.departures]
    await deleteAndTakeBack(deleting, options)
    expect(inspect(airport).state).toBe('persistent')
    expect(departures.length).toBeGreaterThan(300)
    expect(airport.departures).toHaveLength(departures.length)
    const wrong = departures.filter(
      (flight, i) => airport.departures[i] !== flight || inspect(flight).state !== 'persistent',
    )
    expect(wrong).toEqual([])
    expect([deleting.deleted.size, deleting.dirty.size]).toEqual([0, 0])
  })

  // The last one: it adds a table.
  it('passes on an error that is not its own, and changes nothing then either', async () => {
    const { engine } = loaded
    await engine.execute(sql`create table oriel_flights.hotels (iata text not null references oriel_flights.airports)`)
    await engine.execute(sql`insert into oriel_flights.hotels values ('SFO')`)
    const before = await fingerprint()
    await expect(cascade.run(engine, options)).rejects.toBeInstanceOf(ForeignKeyViolationError)
    expect(await fingerprint()).toEqual(before)
    expect(engine.pool.stats().inUse).toBe(0)
  })
})
