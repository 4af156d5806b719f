// Streams without a session: a connection of their own, given back however the loop ends.
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CanceledError, ConnectionLostError, createEngine, type Engine, StreamClosedError } from '@oriel/engine'
import { ArgumentError, DataError, InvalidRequestError, sql, types as t } from '@oriel/sql'
import { describeLane, laneName } from '@oriel/testing'

const numbers = (to: number) =>
  sql<{ n: number }>`select n from generate_series(1, ${to}::int) n`.columns({ n: t.integer() })
const hasServer = laneName() !== 'pglite'
const hasCursor = laneName() === 'pg'

async function all<R>(rows: AsyncIterable<R>): Promise<R[]> {
  const found: R[] = []
  for await (const row of rows) found.push(row)
  return found
}

describeLane('streams of an engine', (lane) => {
  let opened: Engine | null = null
  beforeAll(() => {
    opened = createEngine(lane().driver, { pool: { timeoutMs: 30_000 } })
  })
  afterAll(async () => await opened?.close())
  const engine = (): Engine => {
    if (opened) return opened
    throw new TypeError('The engine is there while tests run.')
  }
  const isFree = () => {
    expect(engine().pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
  }

  it('gives every row once, in order, whatever the size of a batch', async () => {
    for (const yieldPer of [1, 7, 39, 40, 41, 5_000]) {
      const rows = await all(engine().stream(numbers(40), { yieldPer }))
      expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
      isFree()
    }
    expect(await all(engine().stream(numbers(0)))).toEqual([])
    expect(await all(engine().stream(sql<{ n: number }>`select 1 as n`).scalars())).toEqual([1])
    const sizes: number[] = []
    for await (const batch of engine().stream(numbers(10)).partitions(4)) sizes.push(batch.length)
    expect(sizes).toEqual([4, 4, 2])
  })

  it('reads the same values as execute', async () => {
    const statement = sql`select n, n::text as "text", n / 3.0 as part, null::int as nothing, array[n, null] as list,
      timestamptz '2024-02-29 12:00:00+00' + n * interval '1 hour' as at from generate_series(1, 7) n`
    const rows = await engine().execute(statement).all()
    expect(await all(engine().stream(statement, { yieldPer: 3 }))).toEqual(rows)
    expect(rows).toHaveLength(7)
  })

  it('declares a cursor, or reads by the driver’s own without a transaction', async () => {
    const texts: string[] = []
    const forget = engine().on('beforeExecute', ({ text }) => texts.push(text))
    const inside: unknown[] = []
    const statement = sql<{ n: number }>`select n from generate_series(1, 5) n`
    for await (const { n } of engine().stream(statement, { yieldPer: 2 })) inside.push(n)
    forget()
    expect(inside).toEqual([1, 2, 3, 4, 5])
    const own = Array.from({ length: 3 }, () => 'select n from generate_series(1, 5) n')
    const fetches = Array.from({ length: 3 }, () => 'fetch forward 2 from oriel_stream_1')
    const declared = `declare oriel_stream_1 no scroll cursor for ${own[0]}`
    expect(texts.map((text) => text.toLowerCase())).toEqual(
      hasCursor ? own : ['begin', declared, ...fetches, 'close oriel_stream_1', 'commit'],
    )
  })

  it('runs other statements beside it, on other connections; where there is one only, they wait', async () => {
    const seen: number[] = []
    for await (const { n } of engine().stream(numbers(20), { yieldPer: 5 })) {
      seen.push(n)
      if (hasServer) expect(await engine().execute(numbers(2)).all()).toHaveLength(2)
      else if (n === 1)
        await expect(engine().execute(numbers(2), { timeoutMs: 300 }).all()).rejects.toThrow(CanceledError)
    }
    expect(seen).toHaveLength(20)
    isFree()
  })

  it('gives its connection back when the loop breaks or throws', async () => {
    let count = 0
    for await (const _ of engine().stream(numbers(100_000))) if (++count === 10) break
    isFree()
    const thrown = new TypeError('mine')
    const loop = async () => {
      for await (const { n } of engine().stream(numbers(100_000))) if (n === 1_500) throw thrown
    }
    await expect(loop()).rejects.toBe(thrown)
    isFree()
    expect(await engine().execute(numbers(3)).all()).toHaveLength(3)
  })

  it('is a Node stream by Readable.from, and frees its cursor when that is destroyed', async () => {
    const lines: number[] = []
    for await (const line of Readable.from(engine().stream(numbers(100), { yieldPer: 7 }).scalars())) lines.push(line)
    expect(lines).toHaveLength(100)
    isFree()
    const readable = Readable.from(engine().stream(numbers(100_000), { yieldPer: 7 }))
    await once(readable, 'readable')
    readable.read()
    readable.destroy()
    await once(readable, 'close')
    for (let waited = 0; waited < 2_000 && engine().pool.stats().inUse > 0; waited += 20)
      await new Promise((resolve) => setTimeout(resolve, 20))
    isFree()
  })

  it('ends when its signal is aborted, between two batches or while it waits for one', async () => {
    const abort = new AbortController()
    const between = async () => {
      for await (const { n } of engine().stream(numbers(100_000), { signal: abort.signal })) if (n === 5) abort.abort()
    }
    await expect(between()).rejects.toThrow(CanceledError)
    isFree()
    await expect(all(engine().stream(numbers(1), { signal: AbortSignal.abort() }))).rejects.toThrow(CanceledError)
    isFree()
    if (!hasServer) return
    const slow = sql<{ n: number }>`select n, pg_sleep(0.2) from generate_series(1, 1000) n`
    const started = performance.now()
    const waiting = all(engine().stream(slow, { signal: AbortSignal.timeout(300) }))
    await expect(waiting).rejects.toThrow(CanceledError)
    const late = all(engine().stream(slow, { timeoutMs: 300 }))
    await expect(late).rejects.toThrow(CanceledError)
    expect(performance.now() - started).toBeLessThan(5_000)
    isFree()
    expect(await engine().execute(numbers(3)).all()).toHaveLength(3)
  })

  it('throws what the server says in the middle, with the statement', async () => {
    const statement = sql<{ n: number }>`select 100 / (50 - n) as n from generate_series(1, 100) n`
    const seen: unknown[] = []
    const loop = async () => {
      for await (const row of engine().stream(statement, { yieldPer: 10 })) seen.push(row)
    }
    const error = await loop().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(DataError)
    expect(error).toHaveProperty('sqlState', '22012')
    expect(error).toHaveProperty('statement.text', expect.stringMatching(/^select 100/))
    expect(seen.length).toBeGreaterThanOrEqual(30)
    isFree()
    await expect(all(engine().stream(sql`select nonsense`))).rejects.toHaveProperty('sqlState', '42703')
    isFree()
    expect(await engine().execute(numbers(3)).all()).toHaveLength(3)
  })

  it('points to the caller’s line', async () => {
    const failingHere = async () => await all(engine().stream(sql`select nonsense`))
    const error = await failingHere().catch((caught: unknown) => caught)
    expect(error).toHaveProperty('stack', expect.stringContaining('engine-stream.test'))
  })

  it('is read once, and refuses what it cannot read', async () => {
    const stream = engine().stream(numbers(2))
    expect(await all(stream)).toHaveLength(2)
    await expect(all(stream)).rejects.toThrow(InvalidRequestError)
    const closed = engine().stream(numbers(2))
    await closed.close()
    await expect(all(closed)).rejects.toThrow(StreamClosedError)
    expect(() => engine().stream(numbers(2), { yieldPer: -1 })).toThrow(ArgumentError)
    // @ts-expect-error: no such option
    expect(() => engine().stream(numbers(2), { batch: 5 })).toThrow(/has no option 'batch'/)
    isFree()
  })

  if (hasServer)
    describe('on a server', () => {
      it.each([1, 2, 5])('a backend killed behind batch %i makes the loop throw, never end early', async (batch) => {
        const seen: number[] = []
        const pid = async () =>
          await engine()
            .execute(sql<{ pid: number }>`select pid from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and query ~ 'killed_one'`)
            .all()
        const statement = sql<{ n: number }>`select n as killed_one from generate_series(1, 100000) n`
        let killed = 0
        const loop = async () => {
          for await (const _ of engine().stream(statement, { yieldPer: 10 }).partitions()) {
            seen.push(1)
            if (seen.length !== batch) continue
            const done = await engine()
              .execute(
                sql<{ done: boolean }>`select pg_terminate_backend(pid, 5000) as done from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and (query ~ 'killed_one' or query ~ '^fetch')`,
              )
              .all()
            killed = done.length
          }
        }
        const error = await loop().catch((caught: unknown) => caught)
        expect(killed).toBe(1)
        expect(error).toBeInstanceOf(ConnectionLostError)
        // The batch that was asked for early may have come.
        expect(seen.length).toBeLessThanOrEqual(batch + 1)
        expect(await pid()).toEqual([])
        isFree()
        expect(await engine().execute(numbers(3)).all()).toHaveLength(3)
      })
    })
})
