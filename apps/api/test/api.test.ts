// The API on a real port: what it stores, what it refuses and how, what it computes, and what it leaves behind.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openLane } from '@oriel/testing'
import type { FastifyInstance } from 'fastify'
import { CommitUnknownError, createEngine, type Engine, sql } from 'oriel'
import { prepare } from '../src/database.ts'
import { apiServer } from '../src/server.ts'

let engine: Engine
let app: FastifyInstance
let url: string
let close: () => Promise<void>
const sent: string[] = []

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what JSON holds is what the tests assert
  readonly body: any
  readonly location: string | null
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const reply = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await reply.text()
  return { status: reply.status, body: text === '' ? null : JSON.parse(text), location: reply.headers.get('location') }
}

/** The rows of a statement that was written by hand. */
async function rows(text: string): Promise<Record<string, unknown>[]> {
  return await engine.execute(sql<Record<string, unknown>>`${sql.raw(text)}`).all()
}

const airport = { iata: 'ZZZ', name: 'Nowhere', country: 'USA', latitude: 1, longitude: 2 }
const flight = { flownAt: '2001-04-01 10:00', delay: 5, distance: 100, originIata: 'SFO', destinationIata: 'ORD' }

beforeAll(async () => {
  const lane = await openLane()
  engine = createEngine(lane.driver, { strict: true })
  expect([await prepare(engine, { reset: false }), await prepare(engine, { reset: false })]).toEqual([
    'loaded',
    'found',
  ])
  engine.on('beforeExecute', ({ text }) => sent.push(text))
  app = await apiServer(engine, { forceCloseConnections: true })
  url = await app.listen({ port: 0, host: '127.0.0.1' })
  close = async () => {
    await app.close()
    await engine.close()
    await lane.close()
  }
})
afterAll(() => close())
afterEach(() => {
  expect(engine.pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
  sent.length = 0
})

describe('airports', () => {
  it('are listed by pages, one statement each', async () => {
    const first = await call('GET', '/airports?state=ca&limit=2')
    expect(first.status).toBe(200)
    const wanted = await rows(`select iata from oriel_flights.airports where state = 'CA' order by iata limit 4`)
    expect(sent.length).toBe(2)
    const second = await call('GET', `/airports?state=CA&limit=2&after=${first.body.next}`)
    const listed = [...first.body.airports, ...second.body.airports].map(({ iata }) => iata)
    expect(listed).toEqual(wanted.map(({ iata }) => iata))
  })

  it('come with their latest departures and where those go: a graph, by a statement per level', async () => {
    const { status, body } = await call('GET', '/airports/SFO')
    expect(status).toBe(200)
    expect(sent.length).toBe(3)
    expect(body.departures).toHaveLength(10)
    expect(body.departures[0].destination.iata).toBe(body.departures[0].destinationIata)
    const wanted = await rows(
      `select id from oriel_flights.flights where origin_iata = 'SFO' order by flown_at desc, id desc limit 10`,
    )
    expect(body.departures.map(({ id }: { id: number }) => id)).toEqual(wanted.map(({ id }) => id))
  })

  it('are made, changed and deleted', async () => {
    const made = await call('POST', '/airports', airport)
    expect([made.status, made.location, made.body.iata]).toEqual([201, '/airports/ZZZ', 'ZZZ'])
    const changed = await call('PATCH', '/airports/ZZZ', { city: 'Void' })
    expect([changed.status, changed.body.city, changed.body.name]).toEqual([200, 'Void', 'Nowhere'])
    expect((await call('GET', '/airports/ZZZ')).body.city).toBe('Void')
    expect((await call('DELETE', '/airports/ZZZ')).status).toBe(204)
    expect((await call('GET', '/airports/ZZZ')).status).toBe(404)
  })
})

describe('flights', () => {
  it('are made, read with both airports, changed and deleted', async () => {
    const made = await call('POST', '/flights', { ...flight, flownAt: '2001-04-01T10:00' })
    expect([made.status, made.body.flownAt]).toEqual([201, '2001-04-01 10:00:00'])
    expect(made.location).toBe(`/flights/${made.body.id}`)
    sent.length = 0
    const read = await call('GET', `${made.location}`)
    expect(sent.length).toBe(1)
    expect([read.body.origin.city, read.body.destination.city]).toEqual(['San Francisco', 'Chicago'])
    const { origin: _, destination: __, ...same } = read.body
    expect(same).toEqual(made.body)
    expect((await call('PATCH', `${made.location}`, { delay: 60, flownAt: '2001-04-01T11:00' })).body).toMatchObject({
      delay: 60,
      flownAt: '2001-04-01 11:00:00',
    })
    expect(await rows(`select delay from oriel_flights.flights where id = ${made.body.id}`)).toEqual([{ delay: 60 }])
    expect((await call('DELETE', `${made.location}`)).status).toBe(204)
  })

  it('are exported line by line, all of them', async () => {
    const reply = await fetch(`${url}/flights.ndjson`)
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await reply.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const [total] = await rows('select count(*)::int as n, sum(delay)::int as minutes from oriel_flights.flights')
    expect({ n: lines.length, minutes: lines.reduce((sum, { delay }) => sum + delay, 0) }).toEqual(total)
    expect(sent.filter((text) => /^fetch/i.test(text)).length).toBeGreaterThanOrEqual(20)
    await untilIdle()
  })

  it('are exported to clients that stop reading, without leaving a cursor behind', async () => {
    const leave = new AbortController()
    const reply = await fetch(`${url}/flights.ndjson`, { signal: leave.signal })
    await reply.body?.getReader().read()
    leave.abort()
    await untilIdle()
    expect(await rows(`select name from pg_cursors where name <> ''`)).toEqual([])
    expect((await (await fetch(`${url}/flights.ndjson?origin=SFO`)).text()).split('\n')[0]).toContain('"origin":"SFO"')
    await untilIdle()
  })
})

describe('analytics', () => {
  it('rank the airports of each state, by a window over groups', async () => {
    const { body } = await call('GET', '/analytics/state-ranking?places=2')
    const wanted = await rows(`
      select * from (
        select state, iata, count(*)::int as departures,
          rank() over (partition by state order by count(*) desc)::int as rank,
          sum(count(*)) over (partition by state)::int as "ofState"
        from oriel_flights.airports join oriel_flights.flights on iata = origin_iata
        where state is not null group by iata) ranked
      where rank <= 2 order by state, rank, iata`)
    expect(wanted.length).toBeGreaterThan(50)
    expect(body).toEqual(wanted)
  })

  it('give percentiles of delay', async () => {
    const { body } = await call('GET', '/analytics/delay-percentiles?fewest=500')
    const wanted = await rows(`
      select origin_iata as iata, count(*)::int as flights,
        percentile_cont(0.5) within group (order by delay) as median,
        percentile_cont(0.9) within group (order by delay) as ninetieth
      from oriel_flights.flights group by 1 having count(*) >= 500 order by 4 desc, 1`)
    expect(wanted.length).toBeGreaterThan(3)
    expect(body).toEqual(wanted)
  })
})

describe('failures', () => {
  const stored = async (): Promise<unknown> => await rows('select count(*)::int as n from oriel_flights.flights')

  it('404 where there is nothing', async () => {
    expect(await call('GET', '/airports/QQQ')).toMatchObject({
      status: 404,
      body: { error: 'not-found', message: 'There is no Airport with the key QQQ.' },
    })
    expect(await call('GET', '/flights/999999')).toMatchObject({ status: 404, body: { error: 'not-found' } })
    expect(await call('PATCH', '/flights/999999', { delay: 1 })).toMatchObject({
      status: 404,
      body: { error: 'not-found', message: 'There is no Flight with the key 999999.' },
    })
    expect(await call('GET', '/nowhere')).toMatchObject({ status: 404, body: { message: 'There is no GET /nowhere.' } })
  })

  it('409 where a key is taken, and where what is referred to is not there', async () => {
    const taken = await call('POST', '/airports', { ...airport, iata: 'SFO' })
    expect(taken).toMatchObject({ status: 409, body: { error: 'taken' }, location: null })
    expect(taken.body.message).toContain('"SFO" is already taken')
    const before = await stored()
    const missing = await call('POST', '/flights', { ...flight, destinationIata: 'QQQ' })
    expect(missing).toMatchObject({ status: 409, body: { error: 'reference' } })
    expect(await stored()).toEqual(before)
  })

  it('422 with each property that cannot be taken, and nothing is sent', async () => {
    const wrong = await call('POST', '/flights', { ...flight, delay: '5', distance: -1, flownAt: 'noon', dely: 1 })
    expect(wrong.status).toBe(422)
    expect(wrong.body.error).toBe('invalid')
    expect(wrong.body.issues.map(({ property }: { property: string }) => property)).toEqual([
      'flownAt',
      'delay',
      'distance',
      '',
    ])
    expect(JSON.stringify(wrong.body.issues)).toContain('Flight.delay: Invalid input: expected number, received string')
    expect(wrong.body.issues.at(-1).message).toContain("Did you mean 'delay'?")
    expect(await call('POST', '/flights', { ...flight, destinationIata: 'SFO' })).toMatchObject({ status: 422 })
    expect(await call('GET', '/airports?limit=1000')).toMatchObject({ status: 422 })
    expect(await call('POST', '/flights', { ...flight, distance: 5e9 })).toMatchObject({ status: 422 })
    for (const path of ['/airports?after=%00', '/airports?state=%00%00', '/flights.ndjson?origin=%00'])
      expect(await call('GET', path)).toMatchObject({ status: 422 })
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect(await call(method, '/flights/99999999999', method === 'PATCH' ? {} : undefined)).toMatchObject({
        status: 422,
      })
    expect(sent).toEqual([])
    expect(await call('PATCH', '/airports/SFO', { iata: 'SFX' })).toMatchObject({ status: 422 })
    expect(await call('PATCH', '/airports/SFO', { latitude: 1000 })).toMatchObject({ status: 422 })
    expect(sent).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('from oriel_flights.airports')))
  })

  it('500 without a word of what was stored, where nobody knows', async () => {
    const broken = await apiServer(engine, { forceCloseConnections: true })
    broken.get('/unknown', async () => {
      throw new CommitUnknownError('The connection broke under the commit.', {})
    })
    broken.get('/bug', async () => {
      throw new RangeError('a secret')
    })
    const at = await broken.listen({ port: 0, host: '127.0.0.1' })
    const told = async (path: string): Promise<unknown> => await (await fetch(at + path)).json()
    expect(await told('/unknown')).toMatchObject({ error: 'unknown', message: expect.stringContaining('Nobody knows') })
    expect(await told('/bug')).toEqual({ error: 'server', message: 'The server failed.' })
    await broken.close()
  })

  it('400 where the body is no JSON', async () => {
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(`${url}/airports`, { method: 'POST', body: '{"iata":', headers })
    expect([reply.status, ((await reply.json()) as { error: string }).error]).toEqual([400, 'request'])
  })
})

describe('exports', () => {
  it('end where the client reads nothing, and leave connections to others meanwhile', async () => {
    const limited = await apiServer(engine, {
      forceCloseConnections: true,
      exportLimits: { most: 1, stallMs: 300 },
    })
    const at = `${await limited.listen({ port: 0, host: '127.0.0.1' })}/flights.ndjson`
    const stalled = connect(Number(new URL(at).port), '127.0.0.1').pause()
    stalled.on('error', () => {})
    stalled.write('GET /flights.ndjson HTTP/1.1\r\nhost: localhost\r\n\r\n')
    while (engine.pool.stats().inUse === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const refused = await fetch(at)
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      503,
      '5',
      { error: 'busy', message: expect.any(String) },
    ])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(engine.pool.stats().inUse).toBe(1)
    await untilIdle()
    expect(engine.pool.stats().inUse).toBe(0)
    expect((await (await fetch(`${at}?origin=SFO`)).text()).split('\n').length).toBeGreaterThan(100)
    const head = await fetch(at, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    stalled.destroy()
    await limited.close()
  })
})

it('serves many at once, a session each', async () => {
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      n % 4 === 0
        ? call('PATCH', '/airports/SFO', { city: n % 8 === 0 ? 'San Francisco' : null })
        : call('GET', n % 2 === 0 ? '/airports/SFO' : '/analytics/state-ranking?places=1'),
    ),
  )
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect((await call('GET', '/health')).body.pool).toMatchObject({ inUse: 0, waiting: 0 })
})

async function untilIdle(): Promise<void> {
  const end = Date.now() + 5_000
  while (engine.pool.stats().inUse > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
}
