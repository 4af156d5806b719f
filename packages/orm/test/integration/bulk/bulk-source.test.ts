// Where rows come from, and what becomes of a load whose source, signal or server stops it: what was written is said exactly.
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CanceledError } from '@oriel/engine'
import { bulkInsert, bulkReportOf, bulkUpsert, RowRejectedError } from '@oriel/orm'
import { ArgumentError, CheckViolationError, entity, func, InvalidRequestError, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { bulkModel, Reading, unchecked } from '../../fixture/bulk.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const r = entity(Reading)

describeLane('sources of a bulk load', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), bulkModel)
    await db.engine.execute(sql`alter table readings add constraint not_thirteen check (amount <> 13)`)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate readings restart identity`)
    db.sent()
  })

  const rowOf = (i: number) => ({ tenant: 'a', externalId: `e${i}`, amount: 1 })
  const list = (count: number) => Array.from({ length: count }, (_, i) => rowOf(i))
  async function* slowly(count: number) {
    for (let i = 0; i < count; i++) {
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      yield rowOf(i)
    }
  }
  const count = async () => await db.engine.execute(select(func.count()).from(Reading)).scalars().one()

  const sources: readonly (readonly [
    string,
    () => Parameters<typeof bulkInsert<Reading, ReturnType<typeof rowOf>>>[1],
  ])[] = [
    ['an array', () => list(2500)],
    ['a set', () => new Set(list(2500))],
    ['a generator', () => list(2500).values()],
    ['an async generator', () => slowly(2500)],
    ['a Readable of Node', () => Readable.from(list(2500))],
    ['a ReadableStream of the web', () => new ReadableStream({ start: fill })],
    [
      'a stream that can only be read by its reader',
      () => {
        const stream = new ReadableStream<ReturnType<typeof rowOf>>({ start: fill })
        return { getReader: () => stream.getReader() }
      },
    ],
  ]
  function fill(controller: ReadableStreamDefaultController<ReturnType<typeof rowOf>>): void {
    for (const row of list(2500)) controller.enqueue(row)
    controller.close()
  }

  it.each(sources)('%s is read to its end', async (_, source) => {
    const load = bulkInsert(Reading, source()).batchSize(700)
    const report = await db.sessions.begin(async (session) => await session.bulk(load))
    expect(report).toMatchObject({ received: 2500, inserted: 2500, unwritten: 0, batches: 4 })
    expect(await count()).toBe(2500)
  })

  it.each(sources.slice(2))('%s cannot be read twice', async (_, source) => {
    const load = bulkInsert(Reading, source())
    await db.sessions.begin(async (session) => await session.bulk(load))
    const again = db.sessions.begin(async (session) => await session.bulk(load.batchSize(1)))
    await expect(again).rejects.toThrow(InvalidRequestError)
    await expect(again).rejects.toThrow('has been read already')
    expect(await count()).toBe(2500)
  })

  it('an array can', async () => {
    const load = bulkUpsert(Reading, list(3)).conflictOn(r.tenant, r.externalId)
    await db.sessions.begin(async (session) => await session.bulk(load))
    expect(await db.sessions.begin(async (session) => await session.bulk(load))).toMatchObject({
      inserted: 0,
      updated: 3,
    })
  })

  it('a function that opens one is called by each run', async () => {
    let opened = 0
    const load = bulkUpsert(Reading, () => {
      opened++
      return list(3).values()
    }).conflictOn(r.tenant, r.externalId)
    for (const inserted of [3, 0])
      expect(await db.sessions.begin(async (session) => await session.bulk(load))).toMatchObject({ inserted })
    expect(opened).toBe(2)
    const later = bulkInsert(Reading, async () => await Promise.resolve([{ ...rowOf(7), tenant: 'b' }]))
    expect(await db.sessions.begin(async (session) => await session.bulk(later))).toMatchObject({ inserted: 1 })
    await using session = db.sessions.open()
    // @ts-expect-error the rows of a function are checked too
    await expect(session.bulk(bulkInsert(Reading, () => [{ tenant: 'a' }]))).rejects.toThrow('is missing')
  })

  it('what made a transaction run again is the cause where its source cannot be read again', async () => {
    const once = list(3).values()
    const conflict = sql`do $$ begin raise exception 'rivals' using errcode = '40001'; end $$`
    const running = db.sessions.begin({ retry: { attempts: 3 } }, async (session, { attempt }) => {
      await session.bulk(bulkInsert(Reading, once))
      if (attempt === 1) await session.execute(conflict)
    })
    const error: unknown = await running.catch((e) => e)
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain('Give a function that opens it')
    expect(error).toMatchObject({ cause: { sqlState: '40001' } })
    const again = await db.sessions.begin({ retry: { attempts: 2 } }, async (session, { attempt }) => {
      const report = await session.bulk(bulkInsert(Reading, () => list(3).values()))
      if (attempt === 1) await session.execute(conflict)
      return report
    })
    expect(again.inserted).toBe(3)
    expect(await count()).toBe(3)
  })

  it.each([
    ['a generator', (rows: Iterable<ReturnType<typeof rowOf>>) => rows],
    [
      'an async generator',
      async function* (rows: Iterable<ReturnType<typeof rowOf>>) {
        yield* rows
      },
    ],
  ])('%s may give one object again and again, with other values', async (_, source) => {
    function* rows() {
      const row = rowOf(0)
      for (let i = 0; i < 2500; i++) {
        row.externalId = `e${i}`
        row.amount = 100 + i
        yield row
      }
    }
    await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, source(rows()))))
    const stored = await db.engine.execute(select(r.amount).from(Reading).orderBy(r.amount)).scalars().all()
    expect(stored).toEqual(Array.from({ length: 2500 }, (_, i) => 100 + i))
  })

  it('a batch of a source that goes on slowly is written when it is full', async () => {
    let stop = (): void => {}
    const written: number[] = []
    async function* live() {
      const hold = new Promise<void>((resolve) => {
        stop = resolve
      })
      yield* list(5)
      await hold
    }
    await db.sessions.begin(async (session) => {
      const load = bulkInsert(Reading, live())
        .batchSize(2)
        .onProgress(({ inserted }) => {
          written.push(inserted ?? 0)
          if (inserted === 4) stop()
        })
      await session.bulk(load)
    })
    expect(written).toEqual([2, 4, 5])
  })

  it.each([1, 7, 1000])('of %s rows per batch, no more than two batches are read ahead', async (batchSize) => {
    let read = 0
    let [most, batches] = [0, 0]
    function* many() {
      for (read = 1; read <= 5 * batchSize; read++) yield rowOf(read)
    }
    const load = bulkInsert(Reading, many())
      .batchSize(batchSize)
      .onProgress(({ inserted, batches: done }) => {
        most = Math.max(most, read - (inserted ?? 0))
        batches = done
      })
    await db.sessions.begin(async (session) => await session.bulk(load))
    expect(batches).toBe(5)
    expect(most).toBeLessThanOrEqual(2 * batchSize)
  })

  it('a batch of large rows is sent before it is full', async () => {
    const note = 'x'.repeat(3_000_000)
    const rows = list(7).map((row) => ({ ...row, note }))
    const report = await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, rows)))
    expect(report).toMatchObject({ inserted: 7, batches: 3 })
  })

  it.each([
    ['a text', 'rows'],
    ['a number', 7],
    ['an object', { a: 1 }],
    ['nothing', null],
  ])('%s is none', async (_, source) => {
    await using session = db.sessions.open()
    await expect(session.bulk(bulkInsert(Reading, source as Iterable<never>))).rejects.toThrow(ArgumentError)
  })

  it('may be read from the session itself, between two batches', async () => {
    await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, list(30))))
    async function* copies(read: (at: number) => Promise<readonly { externalId: string; amount: number }[]>) {
      for (let at = 0; at < 30; at += 10)
        for (const { externalId, amount } of await read(at)) yield { tenant: 'b', externalId, amount: amount + 1 }
    }
    const report = await db.sessions.begin(async (session) => {
      const page = select({ externalId: r.externalId, amount: r.amount })
        .where(r.tenant.eq('a'))
        .orderBy(r.id)
        .limit(10)
      const source = copies(async (at) => await session.execute(page.offset(at)).all())
      return await session.bulk(bulkInsert(Reading, source).batchSize(5))
    })
    expect(report.inserted).toBe(30)
    expect(await count()).toBe(60)
  })

  describe('a load that is stopped says what it has done', () => {
    async function* breaking(after: number) {
      yield* list(after)
      throw new RangeError('the file ends here')
    }

    it('by a source that throws: its error, after the rows before it', async () => {
      await using session = db.sessions.open()
      const error: unknown = await session.bulk(bulkInsert(Reading, breaking(2345)).batchSize(1000)).catch((e) => e)
      expect(error).toBeInstanceOf(RangeError)
      expect(bulkReportOf(error)).toMatchObject({ received: 2345, inserted: 2000, unwritten: 345, batches: 2 })
      // The transaction is as good as before.
      await session.commit()
      expect(await count()).toBe(2000)
    })

    it('and in a transaction of its own it takes everything back', async () => {
      await expect(
        db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, breaking(2345)))),
      ).rejects.toThrow('the file ends here')
      expect(await count()).toBe(0)
    })

    it('by a signal between two batches, and the source is told', async () => {
      const controller = new AbortController()
      let wasTold = false
      async function* endless() {
        try {
          for (let i = 0; ; i++) {
            if (i === 2500) controller.abort(new RangeError('enough'))
            yield rowOf(i)
          }
        } finally {
          wasTold = true
        }
      }
      await using session = db.sessions.open()
      const { signal } = controller
      const error: unknown = await session
        .bulk(bulkInsert(Reading, endless()).batchSize(1000), { signal })
        .catch((e) => e)
      expect(error).toBeInstanceOf(CanceledError)
      expect(error).toMatchObject({ cause: { message: 'enough' } })
      const report = bulkReportOf(error)
      expect(report?.received).toBe((report?.inserted ?? 0) + (report?.unwritten ?? 0))
      expect(wasTold).toBe(true)
      if (report?.inserted === 2000) {
        await session.commit()
        expect(await count()).toBe(2000)
      }
    })

    it('by a signal, while the source gives nothing', async () => {
      async function* hanging() {
        yield* list(10)
        await new Promise(() => {})
      }
      await using session = db.sessions.open()
      const running = session.bulk(bulkInsert(Reading, hanging()), { signal: AbortSignal.timeout(50) })
      const error: unknown = await running.catch((e) => e)
      expect(error).toBeInstanceOf(CanceledError)
      expect(bulkReportOf(error)).toMatchObject({ received: 10, inserted: 0, unwritten: 10 })
    })

    it('by a signal, while a stream gives nothing: the stream is closed', async () => {
      const readable = new Readable({ objectMode: true, read() {} })
      readable.push(rowOf(1))
      let canceled = 0
      const web = new ReadableStream<ReturnType<typeof rowOf>>({
        start: (controller) => controller.enqueue(rowOf(1)),
        cancel: () => {
          canceled++
        },
      })
      for (const source of [readable, web]) {
        await using session = db.sessions.open()
        const running = session.bulk(bulkInsert(Reading, source), { signal: AbortSignal.timeout(50) })
        await expect(running).rejects.toThrow(CanceledError)
      }
      expect(readable.destroyed).toBe(true)
      expect(canceled).toBe(1)
      expect(web.locked).toBe(false)
    })

    it('by the server, while the source gives nothing', async () => {
      async function* hanging() {
        yield { ...rowOf(1), amount: 13 }
        await new Promise(() => {})
      }
      await using session = db.sessions.open()
      const running = session.bulk(bulkInsert(Reading, hanging()).batchSize(1))
      await expect(running).rejects.toThrow(CheckViolationError)
      await expect(running).rejects.toThrow('It was met in row 1 of the load.')
    })

    it.each([
      ['a text', 'the end'],
      ['nothing', undefined],
      ['a number', 7],
    ])('by %s that the source throws, which becomes the cause of an error', async (_, thrown) => {
      function* failing() {
        yield* list(3)
        throw thrown
      }
      await using session = db.sessions.open()
      const error: unknown = await session.bulk(bulkInsert(Reading, failing()).batchSize(2)).catch((e) => e)
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(error).toHaveProperty('cause', thrown)
      expect(bulkReportOf(error)).toMatchObject({ received: 3, inserted: 2, unwritten: 1 })
    })

    it('by a signal that was aborted before: nothing is read', async () => {
      await using session = db.sessions.open()
      const source = list(3).values()
      const running = session.bulk(bulkInsert(Reading, source), { signal: AbortSignal.abort() })
      await expect(running).rejects.toThrow(CanceledError)
      expect([...source]).toHaveLength(3)
    })

    it('by the server: its error by meaning, the batches before it counted, the transaction to be rolled back', async () => {
      const rows = list(5000).map((row, i) => (i === 3210 ? { ...row, amount: 13 } : row))
      await using session = db.sessions.open()
      const error: unknown = await session.bulk(bulkInsert(Reading, rows).batchSize(1000)).catch((e) => e)
      expect(error).toBeInstanceOf(CheckViolationError)
      expect(String(error)).toContain('It was met in the batch of rows 3001 to 4000 of the load.')
      expect(error).toHaveProperty('stack', expect.stringMatching(/rows 3001 to 4000[\s\S]*at .*bulk-source\.test/))
      const report = bulkReportOf(error)
      expect(report).toMatchObject({ inserted: 3000, batches: 3, rejected: 0, failedRows: { first: 3001, last: 4000 } })
      expect(report?.received).toBe(3000 + (report?.unwritten ?? 0))
      await expect(session.execute(select(r.id)).all()).rejects.toThrow('roll')
      await session.rollback()
      expect(await count()).toBe(0)
    })

    it('by a row that does not fit, where nobody takes it', async () => {
      const rows = unchecked([...list(1500), { ...rowOf(1500), amount: 'many' }, rowOf(1501)])
      await using session = db.sessions.open()
      const error: unknown = await session.bulk(bulkInsert(Reading, rows).batchSize(1000)).catch((e) => e)
      expect(error).toBeInstanceOf(RowRejectedError)
      expect(error).toMatchObject({ row: 1501, property: 'amount' })
      expect(bulkReportOf(error)).toMatchObject({ received: 1501, inserted: 1000, unwritten: 501, rejected: 0 })
    })

    it('by what onReject or onProgress throws', async () => {
      await using session = db.sessions.open()
      const fail = () => {
        throw new RangeError('the disk is full')
      }
      const rows = unchecked([{}])
      await expect(session.bulk(bulkInsert(Reading, rows).onReject(fail))).rejects.toThrow('the disk is full')
      const error: unknown = await session
        .bulk(bulkInsert(Reading, list(30)).batchSize(10).onProgress(fail))
        .catch((e) => e)
      expect(error).toBeInstanceOf(RangeError)
      const report = bulkReportOf(error)
      expect(report?.received).toBe((report?.inserted ?? 0) + (report?.unwritten ?? 0))
      expect(report?.batches).toBe(1)
    })

    it('other errors know of no load', () => {
      expect(bulkReportOf(new RangeError('x'))).toBeNull()
      expect(bulkReportOf('x')).toBeNull()
    })
  })
})
