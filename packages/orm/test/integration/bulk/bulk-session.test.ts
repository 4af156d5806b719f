// A load inside a session: its transaction, its objects, and its turn among other operations. And many rows.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CanceledError } from '@oriel/engine'
import {
  bulkInsert,
  bulkUpdate,
  bulkUpsert,
  ConcurrentSessionError,
  inspect,
  NotLoadedError,
  RowRejectedError,
  type Session,
} from '@oriel/orm'
import { ArgumentError, entity, func, InvalidRequestError, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { bulkModel, Price, Reading } from '../../fixture/bulk.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const r = entity(Reading)

describeLane('a bulk load in a session', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), bulkModel)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate readings restart identity`)
    db.sent()
  })

  const list = (count: number, amount = 1) =>
    Array.from({ length: count }, (_, i) => ({ tenant: 'a', externalId: `e${i}`, amount }))
  const count = async () => await db.engine.execute(select(func.count()).from(Reading)).scalars().one()
  const upsert = (rows: ReturnType<typeof list>) => bulkUpsert(Reading, rows).conflictOn(r.tenant, r.externalId)

  it('is undone with the transaction', async () => {
    await using session = db.sessions.open()
    await session.bulk(bulkInsert(Reading, list(5)))
    expect(session.inTransaction).toBe(true)
    await session.rollback()
    expect(await count()).toBe(0)
  })

  it('is undone with a savepoint, and what was before stays', async () => {
    await db.sessions.begin(async (session) => {
      await session.bulk(bulkInsert(Reading, list(5)))
      const inner = session.nested(async () => {
        await session.bulk(upsert(list(9, 2)))
        throw new RangeError('not these')
      })
      await expect(inner).rejects.toThrow('not these')
    })
    expect(await db.engine.execute(select(r.amount).from(Reading)).scalars().all()).toEqual([1, 1, 1, 1, 1])
  })

  it('goes on after a server error, behind a savepoint', async () => {
    await db.sessions.begin(async (session) => {
      await session.bulk(bulkInsert(Reading, list(2)))
      await expect(session.nested(async () => await session.bulk(bulkInsert(Reading, list(3))))).rejects.toThrow(
        'already taken',
      )
      await session.bulk(upsert(list(3, 5)))
    })
    expect(await count()).toBe(3)
  })

  it('writes what the session has to write first', async () => {
    await db.sessions.begin(async (session) => {
      session.add(Object.assign(new Reading(), { tenant: 'a', externalId: 'e0', amount: 100, note: null }))
      const report = await session.bulk(upsert(list(2)))
      expect(report).toMatchObject({ inserted: 1, updated: 1 })
    })
  })

  describe('and the objects of the session', () => {
    const two = async () => {
      await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, list(3))))
      const session = db.sessions.open()
      return { session, objects: await session.scalars(select(Reading).orderBy(r.id)).all() }
    }

    it('SEMANTICS 27: unmodified ones are expired by an upsert, and read again', async () => {
      const { session, objects } = await two()
      const [first, second] = objects
      if (!first || !second) throw new RangeError('two are needed')
      await session.bulk(upsert(list(2, 9)))
      expect(() => first.amount).toThrow(NotLoadedError)
      expect(() => first.amount).toThrow(
        'Reading.amount is not loaded (Reading 1): it was expired by a bulk load.\n  Read the row again: await session.refresh(reading).',
      )
      expect(first.id).toBe(1)
      expect((await session.get(Reading, 1))?.amount).toBe(9)
      expect(first.amount).toBe(9)
      await session.refresh(second)
      expect(second.amount).toBe(9)
      await session.close()
    })

    it('by an update too; a rollback brings back what they held', async () => {
      const { session, objects } = await two()
      const [first] = objects
      await session.bulk(bulkUpdate(Reading, [{ id: 1, amount: 9 }]))
      expect(first && inspect(first).isLoaded('amount')).toBe(false)
      await session.rollback()
      expect(first?.amount).toBe(1)
      await session.close()
    })

    it('an insert changes no row that is known, so that they stay', async () => {
      const { session, objects } = await two()
      await session.bulk(bulkInsert(Reading, [{ tenant: 'b', externalId: 'new', amount: 1 }]))
      expect(objects[0]?.amount).toBe(1)
      await session.close()
    })

    it("they stay as they are by .identityMap('ignore')", async () => {
      const { session, objects } = await two()
      await session.bulk(upsert(list(2, 9)).identityMap('ignore'))
      expect(objects[0]?.amount).toBe(1)
      await session.close()
    })
  })

  describe('is under way until it is done, between its batches too', () => {
    /** Gives some rows, says so, and waits. */
    function halting(rows: number) {
      let [reached, go] = [(): void => {}, (): void => {}]
      const halted = new Promise<void>((resolve) => {
        reached = resolve
      })
      const released = new Promise<void>((resolve) => {
        go = resolve
      })
      async function* source() {
        yield* list(rows)
        // What was sent has been answered by then.
        setTimeout(reached, 20)
        await released
        yield { tenant: 'b', externalId: 'late', amount: 1 }
      }
      return { source: source(), halted, go: () => go() }
    }

    it('a forgotten await of it is an error of the commit, and nothing is committed', async () => {
      const { source, halted, go } = halting(3)
      let forgotten: Promise<unknown> = Promise.resolve()
      const work = db.sessions.begin(async (session) => {
        forgotten = session.bulk(bulkInsert(Reading, source).batchSize(1)).catch((e) => e)
        await halted
      })
      await expect(work).rejects.toThrow(ConcurrentSessionError)
      await expect(work).rejects.toThrow('commit() was called while bulk() was under way')
      await expect(work).rejects.toMatchObject({
        stack: expect.stringMatching(/\n {2}bulk\(\):\n {4}at .*bulk-session\.test/),
      })
      go()
      expect(await forgotten).toMatchObject({ message: expect.stringContaining('has ended, by rollback()') })
      expect(await count()).toBe(0)
    })

    it.each([
      ['commit()', async (session: Session) => await session.commit()],
      ['rollback()', async (session: Session) => await session.rollback()],
      ['nested()', async (session: Session) => await session.nested(async () => await Promise.resolve())],
    ])('%s meanwhile is refused, and the load goes on', async (name, end) => {
      const { source, halted, go } = halting(3)
      await db.sessions.begin(async (session) => {
        const running = session.bulk(bulkInsert(Reading, source).batchSize(1))
        await halted
        const refused = end(session)
        await expect(refused).rejects.toThrow(ConcurrentSessionError)
        await expect(refused).rejects.toThrow(`${name} was called while bulk() was under way`)
        go()
        expect((await running).inserted).toBe(4)
      })
      expect(await count()).toBe(4)
    })

    it('close() meanwhile is an error, and the session is closed', async () => {
      const { source, halted } = halting(3)
      const session = db.sessions.open()
      const running = session.bulk(bulkInsert(Reading, source).batchSize(1)).catch((e) => e)
      await halted
      await expect(session.close()).rejects.toThrow(ConcurrentSessionError)
      expect(await running).toMatchObject({ message: expect.stringContaining('has ended, by close()') })
      expect(await count()).toBe(0)
    })

    it('statements and flushes run in between', async () => {
      const { source, halted, go } = halting(3)
      await db.sessions.begin(async (session) => {
        const running = session.bulk(bulkInsert(Reading, source).batchSize(1))
        await halted
        session.add(Object.assign(new Reading(), { tenant: 'c', externalId: 'mine', amount: 1, note: null }))
        await session.flush()
        expect(await session.execute(select(func.count()).from(Reading)).scalars().one()).toBe(4)
        go()
        await running
      })
      expect(await count()).toBe(5)
    })

    it('it ends with the savepoint in which it began, and does not go on in the next one', async () => {
      const { source, halted, go } = halting(3)
      await db.sessions.begin(async (session) => {
        let forgotten: Promise<unknown> = Promise.resolve()
        const first = session.nested(async () => {
          forgotten = session.bulk(bulkInsert(Reading, source).batchSize(1)).catch((e) => e)
          await halted
          throw new RangeError('not these')
        })
        await expect(first).rejects.toThrow('not these')
        await session.nested(async () => {
          go()
          const error = await forgotten
          expect(error).toBeInstanceOf(InvalidRequestError)
          expect(String(error)).toContain('has ended, by the rollback of nested()')
        })
      })
      expect(await count()).toBe(0)
    })

    it('a savepoint that ends before its load is rolled back', async () => {
      const { source, halted } = halting(3)
      await db.sessions.begin(async (session) => {
        let forgotten: Promise<unknown> = Promise.resolve()
        const inner = session.nested(async () => {
          forgotten = session.bulk(bulkInsert(Reading, source).batchSize(1)).catch((e) => e)
          await halted
        })
        await expect(inner).rejects.toThrow('the end of nested() was called while bulk() was under way')
        expect(await forgotten).toBeInstanceOf(InvalidRequestError)
      })
      expect(await count()).toBe(0)
    })
  })

  it('a read-only session refuses it', async () => {
    const work = db.sessions.begin({ readOnly: true }, async (session) => await session.bulk(upsert(list(1))))
    await expect(work).rejects.toThrow('read-only')
  })

  it.each([
    ['char(4)', { sku: 'abcde' }, 'Price.sku expects at most 4 characters, got "abcde"'],
    ['varchar(3)', { sku: 'a', unit: 'litre' }, 'Price.unit expects at most 3 characters, got "litre"'],
    ['varchar(3) by blanks', { sku: 'a', unit: 'kg   ' }, 'Price.unit expects at most 3 characters, got "kg   "'],
    [
      'an array of varchar(3)',
      { sku: 'a', units: ['kg', 'litre'] },
      'Price.units, element 2 of the list expects at most 3',
    ],
    ['numeric(10, 2)', { sku: 'a', amount: '123456789' }, 'Price.amount expects a number with at most 8 digits'],
  ])('what is more than %s is refused and not cut, by a load and by a flush of several', async (_, values, message) => {
    const rows = ['1', '2'].map((amount) => ({ amount, ...values }))
    db.sent()
    const load = db.sessions.begin(async (session) => await session.bulk(bulkInsert(Price, rows)))
    await expect(load).rejects.toThrow(RowRejectedError)
    await expect(load).rejects.toThrow(message)
    const flush = db.sessions.begin((session) => {
      session.addAll(rows.map((row) => Object.assign(new Price(), row)))
      return Promise.resolve()
    })
    await expect(flush).rejects.toThrow(ArgumentError)
    await expect(flush).rejects.toThrow(message)
    const update = db.sessions.begin(async (session) => {
      const price = Object.assign(new Price(), { sku: 'a', amount: '1' })
      session.add(price)
      await session.flush()
      Object.assign(price, values)
    })
    await expect(update).rejects.toThrow(message)
    expect(db.sent().filter((text) => text.startsWith('insert'))).toHaveLength(1)
  })

  it("the session's own signal ends a load and a stream", async () => {
    const abort = new AbortController()
    await using session = db.sessions.open({ signal: abort.signal })
    async function* hanging() {
      yield* list(1)
      abort.abort()
      await new Promise(() => {})
    }
    await expect(session.bulk(bulkInsert(Reading, hanging()))).rejects.toThrow(CanceledError)
    await session.rollback()
    const read = async () => {
      for await (const _ of session.stream(select(Reading))) throw new RangeError('read')
    }
    await expect(read()).rejects.toThrow(CanceledError)
  })

  it('unknown options are refused', async () => {
    await using session = db.sessions.open()
    // @ts-expect-error a typing error
    await expect(session.bulk(upsert(list(1)), { signl: null })).rejects.toThrow("Did you mean 'signal'?")
    // @ts-expect-error no load
    await expect(session.bulk(list(1))).rejects.toThrow('takes what bulkInsert(), bulkUpsert() or bulkUpdate() makes')
  })

  it('50,000 rows: counts are exact, the second run inserts none, and no more than two batches are read ahead', async () => {
    let read = 0
    function* many() {
      for (let i = 0; i < 50_000; i++) {
        read = i + 1
        yield { tenant: `t${i % 7}`, externalId: `key ${i}`, amount: i }
      }
    }
    const batchSize = 5000
    const run = async () => {
      const ahead: number[] = []
      const load = bulkUpsert(Reading, many())
        .conflictOn(r.tenant, r.externalId)
        .batchSize(batchSize)
        .onProgress(({ inserted, updated }) => ahead.push(read - (inserted ?? 0) - (updated ?? 0)))
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(Math.max(...ahead)).toBeLessThanOrEqual(2 * batchSize)
      return report
    }
    expect(await run()).toMatchObject({ received: 50_000, inserted: 50_000, updated: 0, batches: 10, unwritten: 0 })
    expect(await run()).toMatchObject({ received: 50_000, inserted: 0, updated: 50_000, unchanged: 0 })
    expect(await count()).toBe(50_000)
  })
})
