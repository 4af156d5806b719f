// Rows in bulk: what is written, what the report says, and which statements are sent.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkInsert, bulkUpdate, bulkUpsert } from '@oriel/orm'
import { entity, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { bulkModel, Reading } from '../../fixture/bulk.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const r = entity(Reading)

describeLane('bulk', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), bulkModel)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate readings, samples restart identity`)
    db.sent()
  })

  const rowsOf = (from: number, count: number, amount = 1) =>
    Array.from({ length: count }, (_, i) => ({ tenant: 'a', externalId: `e${from + i}`, amount }))
  const stored = async () =>
    await db.engine.execute(select(r.externalId, r.amount, r.status).from(Reading).orderBy(r.id)).all()

  it('inserts', async () => {
    const report = await db.sessions.begin(
      async (session) => await session.bulk(bulkInsert(Reading, rowsOf(0, 25)).batchSize(10)),
    )
    expect(report).toMatchObject({
      received: 25,
      inserted: 25,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      duplicates: 0,
      unwritten: 0,
      batches: 3,
      strategy: 'unnest',
    })

    expect(await stored()).toHaveLength(25)
  })
  it('upserts', async () => {
    await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, rowsOf(0, 15))))
    db.sent()
    const report = await db.sessions.begin(
      async (session) =>
        await session.bulk(
          bulkUpsert(Reading, rowsOf(10, 10, 2))
            .conflictOn(r.tenant, r.externalId)
            .update(({ excluded, current }) => ({ amount: excluded.amount.add(current.amount) })),
        ),
    )
    expect(report).toMatchObject({ received: 10, inserted: 5, updated: 5, unchanged: 0 })
  })
  it('updates', async () => {
    await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, rowsOf(0, 5))))
    db.sent()
    const report = await db.sessions.begin(
      async (session) =>
        await session.bulk(
          bulkUpdate(Reading, [
            { id: 1, amount: 7 },
            { id: 2, amount: 8, note: 'x' },
            { id: 99, amount: 1 },
          ]).returning({ id: r.id, amount: r.amount }),
        ),
    )
    expect(report).toMatchObject({
      received: 3,
      inserted: 0,
      updated: 2,
      unchanged: 1,
      rows: [
        { id: 1, amount: 7 },
        { id: 2, amount: 8 },
      ],
    })
  })
})
