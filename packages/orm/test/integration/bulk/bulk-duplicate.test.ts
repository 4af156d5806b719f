// Two rows with one key: which is written, and that the report has the other.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkReportOf, bulkUpdate, bulkUpsert, RowRejectedError } from '@oriel/orm'
import { entity, func, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { bulkModel, Price, Reading, unchecked } from '../../fixture/bulk.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const r = entity(Reading)
const p = entity(Price)

describeLane('duplicates', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), bulkModel)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate readings, prices restart identity`)
    db.sent()
  })

  const row = (externalId: string, amount: number, more: object = {}) => ({ tenant: 'a', externalId, amount, ...more })
  /** Keys meet within a batch of three, and across batches. */
  const rows = [row('x', 1), row('y', 2), row('x', 3), row('z', 4), row('y', 5, { note: 'late' }), row('x', 6)]
  const amounts = async () =>
    Object.fromEntries(await db.engine.execute(select(r.externalId, r.amount).from(Reading)).all())
  const run = async (load: ReturnType<typeof upsert>) =>
    await db.sessions.begin(async (session) => await session.bulk(load))
  const upsert = (source: Iterable<object> | AsyncIterable<object>) =>
    bulkUpsert(Reading, source as Iterable<(typeof rows)[number]>)
      .conflictOn(r.tenant, r.externalId)
      .batchSize(3)
  async function* stream(list: readonly object[]) {
    yield* list
  }

  describe.each([
    ['an array', (list: readonly object[]) => list],
    ['a stream', stream],
  ])('in %s', (_, source) => {
    it("SEMANTICS 34: 'last' writes the last one of the whole input", async () => {
      const report = await run(upsert(source(rows)).duplicates('last'))
      expect(report).toMatchObject({ received: 6, inserted: 3, updated: 0, unchanged: 0, duplicates: 3, unwritten: 0 })
      expect(await amounts()).toEqual({ x: 6, y: 5, z: 4 })
    })

    it("SEMANTICS 34: 'first' writes the first one", async () => {
      const report = await run(upsert(source(rows)).duplicates('first'))
      expect(report).toMatchObject({ received: 6, inserted: 3, updated: 0, duplicates: 3, unwritten: 0 })
      expect(await amounts()).toEqual({ x: 1, y: 2, z: 4 })
    })

    it("SEMANTICS 34: 'error' writes none, and names two rows", async () => {
      const error: unknown = await run(upsert(source(rows)).duplicates('error')).catch((e) => e)
      expect(error).toBeInstanceOf(RowRejectedError)
      expect(String(error)).toMatch(/Row [356] has the same key as row [12] \(tenant, externalId\)\./)
      expect(bulkReportOf(error)).toMatchObject({ inserted: 0 })
      expect(await amounts()).toEqual({})
    })

    it('rows that are there are updated once', async () => {
      await run(upsert([row('x', 100)]))
      const load = upsert(source(rows))
        .duplicates('last')
        .update(({ excluded, current }) => ({ amount: excluded.amount.add(current.amount) }))
      expect(await run(load)).toMatchObject({ received: 6, inserted: 2, updated: 1, duplicates: 3 })
      expect(await amounts()).toEqual({ x: 106, y: 5, z: 4 })
    })

    it('rows that do not fit take no part', async () => {
      const wrong = [...rows, { tenant: 'a', externalId: 'x', amount: 'many' }]
      const report = await run(
        upsert(source(wrong))
          .duplicates('last')
          .onReject(() => {}),
      )
      expect(report).toMatchObject({ received: 7, inserted: 3, duplicates: 3, rejected: 1, unwritten: 0 })
      expect(await amounts()).toEqual({ x: 6, y: 5, z: 4 })
    })

    it('a key that holds NULL is like no other', async () => {
      const prices = [
        { region: null, sku: 'a', amount: '1' },
        { region: null, sku: 'a', amount: '2' },
        { region: 'eu', sku: 'a', amount: '3' },
        { region: 'eu', sku: 'a', amount: '4' },
      ]
      const load = bulkUpsert(Price, source(prices) as Iterable<(typeof prices)[number]>)
        .conflictOn(p.region, p.sku)
        .duplicates('last')
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ received: 4, inserted: 3, duplicates: 1 })
      expect(await db.engine.execute(select(p.amount).from(Price).orderBy(p.amount)).scalars().all()).toEqual([
        '1.00',
        '2.00',
        '4.00',
      ])
    })

    it('changes by bulkUpdate too', async () => {
      await run(upsert([row('x', 1), row('y', 2)]))
      const changes = [
        { id: 1, amount: 10 },
        { id: 2, amount: 20 },
        { id: 1, amount: 11, note: 'again' },
      ]
      const load = bulkUpdate(Reading, source(changes) as Iterable<(typeof changes)[number]>).duplicates('last')
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ received: 3, inserted: 0, updated: 2, duplicates: 1 })
      expect(await amounts()).toEqual({ x: 11, y: 20 })
    })

    it("{ within: 'batch' } settles it batch by batch", async () => {
      const report = await run(upsert(source(rows)).duplicates('last', { within: 'batch' }))
      expect(report).toMatchObject({ received: 6, inserted: 3, updated: 2, duplicates: 1 })
      expect(await amounts()).toEqual({ x: 6, y: 5, z: 4 })
    })

    it('are an error within a batch where nothing is said', async () => {
      const error: unknown = await run(upsert(source(rows))).catch((e) => e)
      expect(error).toBeInstanceOf(RowRejectedError)
      expect(error).toMatchObject({ row: 3, property: 'tenant, externalId', reason: 'the same key as row 1' })
      expect(await amounts()).toEqual({})
    })
  })

  it('keys that are equal to the server only are told by the server', async () => {
    const load = bulkUpsert(Reading, unchecked(rows)).conflictOn(func.lower(r.externalId)).duplicates('last')
    await using session = db.sessions.open()
    await expect(session.bulk(load)).rejects.toThrow('is not made of columns')
    const spaced = [
      { region: 'eu', sku: 'b', amount: '1' },
      { region: 'eu', sku: 'b ', amount: '2' },
    ]
    const prices = bulkUpsert(Price, spaced).conflictOn(p.region, p.sku).duplicates('last')
    expect(await session.bulk(prices)).toMatchObject({ received: 2, inserted: 1, duplicates: 1 })
  })

  it('a staged load leaves no table behind, and cannot bring rows back', async () => {
    await using session = db.sessions.open()
    await session.bulk(upsert(stream(rows)).duplicates('first'))
    const left = await session.execute(sql`select 1 from pg_class where relname like 'oriel\\_bulk%'`).all()
    expect(left).toEqual([])
    const load = upsert(stream(rows)).duplicates('first').returning(r.id)
    await expect(session.bulk(load)).rejects.toThrow('needs the rows as an array')
  })
})
