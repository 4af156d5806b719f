// What one connection must not do to another, or to its next borrower: row locks, signals that reach the server, isolation.
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { laneName } from '@oriel/testing'
import { CanceledError, createAll, type Engine, entity, QueryCanceledError, select, sql, types as t } from 'oriel'
import { engineOn, freshLane } from '../fixture/lane.ts'
import { Customer, fillShop, Order } from '../fixture/shop.ts'

const { driver } = await freshLane()
const lines: string[] = []
const engine: Engine = engineOn(driver, {
  echo: (line) => lines.push(line),
  pool: { size: laneName() === 'pglite' ? 1 : 3 },
})
const [o, c] = [entity(Order), entity(Customer)]
const paid = select(o.id).where(o.status.eq('paid')).orderBy(o.id)

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})
beforeEach(() => {
  lines.splice(0)
})

describe('row locks', () => {
  it('read what nobody else has locked with SKIP LOCKED, and say so in SQL', async () => {
    const next = paid.limit(1).forUpdate({ skipLocked: true })
    expect(next.toSQL().text).toMatch(/ for update skip locked$/)
    const taken = await engine.begin(async (first) => {
      const mine = await first.execute(next).scalars().all()
      // The embedded database has no second connection that could lock anything.
      if (driver.capabilities.maxConnections === 1) return [mine, await first.execute(next).scalars().all()]
      const theirs = await engine.begin(
        { independent: true },
        async (second) => await second.execute(next).scalars().all(),
      )
      return [mine, theirs]
    })
    expect(taken).toEqual([[2], [driver.capabilities.maxConnections === 1 ? 2 : 3]])
  })

  it('lock the rows of the table that is named, and refuse at once with NOWAIT', async () => {
    const joined = select(o.id)
      .join(o.customer)
      .where(o.id.eq(2))
      .forUpdate({ of: [Order], noWait: true })
    expect(joined.toSQL().text).toMatch(/ for update of orders nowait$/)
    await engine.begin(async (first) => {
      expect(await first.execute(joined).scalars().all()).toEqual([2])
      if (driver.capabilities.maxConnections === 1) return
      const customer = select(c.id).where(c.id.eq(1)).forUpdate({ noWait: true })
      const refused = engine.begin({ independent: true }, async (second) => {
        // The customer was joined, and not locked.
        expect(await second.execute(customer).scalars().all()).toEqual([1])
        await second.execute(joined)
      })
      await expect(refused).rejects.toMatchObject({ sqlState: '55P03' })
    })
  })
})

describe('a signal', () => {
  const sleeping = sql<{
    n: number
  }>`select count(*)::int as n from pg_stat_activity where state = 'active' and query like '%pg_sleep(30) as "of a neighbour"%' and pid <> pg_backend_pid()`

  it('155: ends the statement on the server where the driver can, and lets it end where it cannot', async () => {
    const controller = new AbortController()
    const reason = new RangeError('the visitor has left')
    const { signal } = controller
    if (!driver.capabilities.cancel) {
      const running = engine.execute(sql`select 1 as n`, { signal })
      const waiting = engine.execute(sql`select 2 as n`, { signal })
      controller.abort(reason)
      await expect(waiting).rejects.toThrow(CanceledError)
      await running.catch((error: unknown) => expect(error).toBeInstanceOf(CanceledError))
      expect(await engine.execute(sql<{ n: number }>`select 3 as n`).one()).toEqual({ n: 3 })
      return
    }
    const running = engine
      .execute(sql`select pg_sleep(30) as "of a neighbour"`, { signal })
      .catch((error: unknown) => error)
    while ((await engine.execute(sleeping).one()).n === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    const began = performance.now()
    controller.abort(reason)
    const error = await running
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(error).toBeInstanceOf(CanceledError)
    expect(error).toHaveProperty('cause', reason)
    expect(await engine.execute(sleeping).one()).toEqual({ n: 0 })
    // Nothing of the request hits what the same connections do next.
    for (let i = 0; i < 5; i++)
      expect(await engine.execute(sql<{ n: number }>`select ${i}::int as n`).one()).toEqual({ n: i })
  })

  it('155: leaves its transaction to be rolled back, and the connection in use', async () => {
    const outcome = engine.begin(async (connection) => {
      const [first] = await connection.execute(sql<{ pid: number }>`select pg_backend_pid() as pid`).all()
      const late = driver.capabilities.cancel ? { timeoutMs: 50 } : { signal: AbortSignal.abort() }
      await expect(connection.execute(sql`select pg_sleep(5)`, late)).rejects.toThrow(CanceledError)
      if (driver.capabilities.cancel) await expect(connection.execute(sql`select 1`)).rejects.toThrow(/aborted|roll/i)
      await connection.rollback()
      const [again] = await connection.execute(sql<{ pid: number }>`select pg_backend_pid() as pid`).all()
      expect(again).toEqual(first)
      throw new RangeError('done')
    })
    await expect(outcome).rejects.toThrow('done')
    expect(engine.pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
  })

  // The embedded database has no timer that could interrupt a statement.
  if (driver.capabilities.cancel)
    it('is no excuse: a statement that the server cancels for another reason says so', async () => {
      const limited = engine.begin(async (connection) => {
        await connection.execute(sql`set local statement_timeout = 20`)
        await connection.execute(sql`select pg_sleep(30)`)
      })
      await expect(limited).rejects.toThrow(QueryCanceledError)
    })
})

describe('isolation', () => {
  const level =
    sql`select current_setting('transaction_isolation') || ', ' || current_setting('transaction_read_only')`.columns([
      t.text(),
    ])

  it('S096: of one transaction is not that of the next on the same connection', async () => {
    const single = driver.capabilities.maxConnections === 1 ? engine : engineOn(driver, { pool: { size: 1 } })
    const levels: string[] = []
    const pids: unknown[] = []
    for (const options of [
      { isolation: 'serializable', readOnly: true },
      {},
      { isolation: 'repeatable read' },
      {},
    ] as const)
      await single.begin(options, async (connection) => {
        pids.push(connection.backendPid)
        levels.push(await connection.execute(level).scalars().one())
      })
    expect(levels).toEqual(['serializable, on', 'read committed, off', 'repeatable read, off', 'read committed, off'])
    expect(new Set(pids).size).toBe(1)
    await expect(
      single.begin({ isolation: 'serializable' }, async () => Promise.reject(new RangeError('no'))),
    ).rejects.toThrow('no')
    expect(await single.execute(level).scalars().one()).toBe('read committed, off')
  })
})
