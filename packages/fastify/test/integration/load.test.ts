// Many clients at once, of whom one in ten leaves early and one in a hundred meets a handler that throws: nothing is left behind.
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { describeLane, laneName } from '@oriel/testing'
import autocannon, { type Options, type Result } from 'autocannon'
import { type SessionScope, sql } from 'oriel'
import { type Database, eventually, leave, openDatabase, register, serve } from '../fixture/served.ts'

const amount = laneName() === 'pglite' ? 200 : 300
const throws = (name: string): boolean => Number(name) % 100 === 0

describeLane('under load', (lane) => {
  let database: Database

  beforeAll(async () => {
    database = await openDatabase(lane())
  })
  afterAll(() => database.engine.close())

  it('leaves no session and no connection behind, and commits nothing that threw', async () => {
    const { db, engine } = database
    const scopes: SessionScope[] = []
    const open = db.open.bind(db)
    jest.spyOn(db, 'open').mockImplementation((options) => {
      const scope = open(options)
      scopes.push(scope)
      return scope
    })
    const { app, url, port } = await serve(database, (app) => {
      app.get<{ Params: { name: string } }>('/:name', async ({ params: { name }, session }, reply) => {
        await session.execute(sql`select 1`)
        await register(name)
        if (throws(name)) throw new RangeError(name)
        return reply.code(201).send()
      })
    })
    let [asked, answered, left] = [0, 0, 0]
    const leaving: Promise<void>[] = []
    const result = await new Promise<Result>((resolve, reject) => {
      const requests: Options['requests'] = [{ setupRequest: (request) => ({ ...request, path: `/${++asked}` }) }]
      const run = autocannon({ url, amount, connections: 20, requests }, (error, result) =>
        error ? reject(error) : resolve(result),
      )
      run.on('response', () => {
        if (++answered % 9 > 0) return
        const wait = Math.random() * 10
        leaving.push(leave(port, `/leaver-${++left}`, () => new Promise((resolve) => setTimeout(resolve, wait))))
      })
    })
    await Promise.all(leaving)
    await app.close()
    await eventually(() => expect(engine.pool.stats()).toMatchObject({ inUse: 0, waiting: 0 }))
    await eventually(() => expect(scopes.filter(({ isOver }) => !isOver)).toEqual([]))

    expect(left).toBeGreaterThanOrEqual(Math.floor(amount / 10))
    expect(scopes.length).toBeGreaterThanOrEqual(amount)
    expect([result['2xx'], result['5xx'], result.errors]).toEqual([amount * 0.99, amount / 100, 0])
    const stored = await database.names()
    const numbered = stored.filter((name) => !name.startsWith('leaver')).map(Number)
    expect(numbered.length).toBe(amount * 0.99)
    expect(stored.filter(throws)).toEqual([])
    if (laneName() === 'pglite') return
    const backends = await engine
      .execute(
        sql<{ state: string; count: number }>`
          select state, count(*)::int as count from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' group by state`,
      )
      .all()
    expect(backends.map(({ state }) => state)).toEqual(['idle'])
    expect(backends[0]?.count).toBeLessThanOrEqual(engine.pool.stats().size)
    const locks = await engine
      .execute(
        sql<{
          count: number
        }>`select count(*)::int as count from pg_locks where pid <> pg_backend_pid() and database = (
          select oid from pg_database where datname = current_database()) and locktype = 'relation'`,
      )
      .one()
    expect(locks.count).toBe(0)
  })
})
