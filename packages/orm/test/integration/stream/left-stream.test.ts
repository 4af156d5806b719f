// Streams that are left in every way there is: nothing of them stays behind, on the server or in the pool.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CanceledError, ConnectionLostError, createEngine, type Engine, StreamClosedError } from '@oriel/engine'
import { inspect, type Session, selectinload, sessionFactory } from '@oriel/orm'
import { entity, select, sql, types as t } from '@oriel/sql'
import { describeLane, laneName } from '@oriel/testing'
import fc from 'fast-check'
import { fillShop } from '../../fixture/filled-shop.ts'
import { Customer, Order, shop } from '../../fixture/shop.ts'

/** A thousand by hand: ORIEL_STREAM_ABORTS=1000. */
const runs = Number(process.env.ORIEL_STREAM_ABORTS ?? 40)
const hasServer = laneName() !== 'pglite'
const numbers = (to: number) =>
  sql<{ n: number }>`select n from generate_series(1, ${to}::int) n`.columns({ n: t.integer() })
const o = entity(Order)

class Left extends TypeError {}

interface Leaving {
  readonly through: 'session' | 'engine'
  readonly how: 'break' | 'throw' | 'abort' | 'abort later' | 'end' | 'close' | 'commit' | 'rollback' | 'session close'
  readonly rows: number
  readonly yieldPer: number
  readonly at: number
  /** Run a statement in the loop, so that batches have time to come. */
  readonly isBusy: boolean
}

const leaving: fc.Arbitrary<Leaving> = fc.record({
  through: fc.constantFrom('session', 'engine'),
  how: fc.constantFrom('break', 'throw', 'abort', 'abort later', 'end', 'close', 'commit', 'rollback', 'session close'),
  rows: fc.integer({ min: 0, max: 60 }),
  yieldPer: fc.integer({ min: 1, max: 30 }),
  at: fc.integer({ min: 1, max: 60 }),
  isBusy: fc.boolean(),
})

describeLane('streams that are left', (lane) => {
  let opened: Engine | null = null
  beforeAll(async () => {
    // One connection: what one stream leaves behind, the next would find.
    opened = createEngine(lane().driver, { pool: { size: 1, maxOverflow: 0, timeoutMs: 30_000 } })
    await fillShop(opened)
  })
  afterAll(async () => await opened?.close())
  const engine = (): Engine => {
    if (opened) return opened
    throw new TypeError('The engine is there while tests run.')
  }
  const sessions = () => sessionFactory(engine(), { registry: shop })

  /** Leaves a stream; gives back how many rows came. */
  async function leave({ through, how, rows, yieldPer, at, isBusy }: Leaving, session: Session): Promise<number> {
    const abort = new AbortController()
    const options = { yieldPer, signal: abort.signal }
    const stream =
      through === 'session' ? session.stream(numbers(rows), options) : engine().stream(numbers(rows), options)
    let seen = 0
    for await (const { n } of stream) {
      seen++
      expect(n).toBe(seen)
      if (isBusy && through === 'session') await session.execute(sql`select 1`)
      if (seen !== at) continue
      if (how === 'break') break
      if (how === 'throw') throw new Left('mine')
      if (how === 'abort') abort.abort()
      if (how === 'abort later') setImmediate(() => abort.abort())
      if (how === 'close') await stream.close()
      if (through === 'engine') continue
      if (how === 'commit') await session.commit()
      if (how === 'rollback') await session.rollback()
      if (how === 'session close') await session.close()
    }
    return seen
  }

  /** What the server knows of this database's connections: none in a transaction, no cursor on the one that is pooled. */
  async function expectNothingLeft(): Promise<void> {
    expect(engine().pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
    const left = await engine()
      .execute(
        sql<{
          cursors: number
          open: number
        }>`select (select count(*)::int from pg_cursors where name <> '') as cursors,
          (select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            and state <> 'idle' and backend_type = 'client backend') as open`,
      )
      .one()
    expect(left).toEqual({ cursors: 0, open: 0 })
  }

  it(`leaves no cursor, connection or transaction behind, in ${runs} random ways`, async () => {
    await fc.assert(
      fc.asyncProperty(leaving, async (way) => {
        const session = sessions().open()
        try {
          const outcome = await leave(way, session).catch((error: unknown) => error)
          if (way.how === 'throw' && way.at <= way.rows) expect(outcome).toBeInstanceOf(Left)
          else if (typeof outcome === 'number')
            expect(outcome).toBe(way.how === 'break' ? Math.min(way.at, way.rows) : way.rows)
          else expect([CanceledError, StreamClosedError].some((each) => outcome instanceof each)).toBe(true)
          // A session that goes on can be used, after a rollback where what was canceled has failed its transaction.
          if (way.how.startsWith('abort')) await session.rollback()
          if (way.how !== 'session close') expect(await session.execute(numbers(1)).all()).toEqual([{ n: 1 }])
        } finally {
          await session.close()
        }
        await expectNothingLeft()
      }),
      { numRuns: runs },
    )
  })

  it('holds the objects of one batch, not of all', async () => {
    await using session = sessions().open()
    let most = 0
    const seen: Order[] = []
    for await (const order of session
      .stream(select(Order).options(selectinload(o.lines)).orderBy(o.id), { yieldPer: 2 })
      .scalars()) {
      seen.push(order)
      most = Math.max(most, seen.filter((each) => inspect(each).state === 'persistent').length)
    }
    expect(seen).toHaveLength(6)
    expect(most).toBe(2)
  })

  if (hasServer)
    describe('on a server', () => {
      it.each([1, 2, 5])('a backend killed behind batch %i makes the loop throw, never end early', async (batch) => {
        const session = sessions().open()
        const killer = await lane().driver.connect()
        const batches: number[] = []
        const loop = async () => {
          for await (const rows of session.stream(numbers(100_000), { yieldPer: 10 }).partitions()) {
            batches.push(rows.length)
            if (batches.length !== batch) continue
            const { pid } = await session.execute(sql<{ pid: number }>`select pg_backend_pid() as pid`).one()
            await killer.execute({ text: `select pg_terminate_backend(${pid}, 5000)`, params: [], isPreparable: false })
          }
        }
        const error = await loop().catch((caught: unknown) => caught)
        await killer.close()
        expect(error).toBeInstanceOf(ConnectionLostError)
        // The batch that was asked for early may have come.
        expect(batches.length).toBeLessThanOrEqual(batch + 1)
        await session.rollback()
        const rows: number[] = []
        for await (const { n } of session.stream(numbers(5))) rows.push(n)
        expect(rows).toEqual([1, 2, 3, 4, 5])
        await session.close()
        await expectNothingLeft()
      })

      it('a backend killed between the batches of objects and their loaders makes the loop throw', async () => {
        const session = sessions().open()
        const killer = await lane().driver.connect()
        const seen: Customer[] = []
        const statement = select(Customer)
          .options(selectinload(entity(Customer).orders))
          .orderBy(entity(Customer).email)
        const loop = async () => {
          for await (const customer of session.stream(statement, { yieldPer: 1 }).scalars()) {
            seen.push(customer)
            const { pid } = await session.execute(sql<{ pid: number }>`select pg_backend_pid() as pid`).one()
            await killer.execute({ text: `select pg_terminate_backend(${pid}, 5000)`, params: [], isPreparable: false })
          }
        }
        await expect(loop()).rejects.toThrow(ConnectionLostError)
        await killer.close()
        expect(seen).toHaveLength(1)
        await session.close()
        await expectNothingLeft()
      })

      it('a batch that is waited for ends with its signal, and the server stops', async () => {
        await using session = sessions().open()
        const slow = sql<{ n: number }>`select n, pg_sleep(0.2) from generate_series(1, 1000) n`
        const loop = async () => {
          for await (const _ of session.stream(slow, { signal: AbortSignal.timeout(300) })) expect(true).toBe(false)
        }
        const started = performance.now()
        await expect(loop()).rejects.toThrow(CanceledError)
        expect(performance.now() - started).toBeLessThan(5_000)
        await session.rollback()
        expect(await session.execute(numbers(1)).all()).toEqual([{ n: 1 }])
      })
    })
})
