// Rows in bulk: what is sent, what is written, and what the report says.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkInsert, bulkUpdate, bulkUpsert } from '@oriel/orm'
import { ArgumentError, CompileError, entity, select, sql } from '@oriel/sql'
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
  const none = { inserted: 0, updated: 0, unchanged: 0, rejected: 0, duplicates: 0, unwritten: 0 }

  describe('bulkInsert', () => {
    it('sends one array per column, the same text for each batch', async () => {
      const report = await db.sessions.begin(
        async (session) => await session.bulk(bulkInsert(Reading, rowsOf(0, 25)).batchSize(10)),
      )
      expect(report).toMatchObject({ ...none, received: 25, inserted: 25, batches: 3, strategy: 'unnest', issues: [] })
      expect(report.elapsedMs).toBeGreaterThan(0)
      const insert =
        'insert into readings (tenant, external_id, amount) select tenant, external_id, amount from unnest($1::text[], $2::text[], $3::integer[]) as rows(tenant, external_id, amount)'
      expect(db.sent()).toEqual(['begin', insert, insert, insert, 'commit'])
      expect(await stored()).toEqual(rowsOf(0, 25).map(({ externalId }) => [externalId, 1, 'new']))
    })

    it('writes rows that give different properties by a statement per set of them, with defaults for the rest', async () => {
      const rows = [
        { tenant: 'a', externalId: '1', amount: 1 },
        { tenant: 'a', externalId: '2', amount: 2, status: 'old' },
        { amount: 3, externalId: '3', tenant: 'a' },
      ]
      const report = await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, rows)))
      expect(report).toMatchObject({ received: 3, inserted: 3, batches: 1 })
      expect(db.sent()).toHaveLength(4)
      expect((await stored()).sort()).toEqual([
        ['1', 1, 'new'],
        ['2', 2, 'old'],
        ['3', 3, 'new'],
      ])
    })

    it('brings back keys in the order of the rows', async () => {
      const rows = rowsOf(0, 25)
      const { rows: back } = await db.sessions.begin(
        async (session) =>
          await session.bulk(bulkInsert(Reading, rows).batchSize(10).returning({ id: r.id, of: r.externalId })),
      )
      expect(back).toEqual(rows.map(({ externalId }, i) => ({ id: i + 1, of: externalId })))
      expect(db.sent()[1]).toContain(
        'with ordinality as rows(tenant, external_id, amount, ordinality) order by ordinality returning id, external_id, id',
      )
    })

    it('hands the returned rows on, batch by batch', async () => {
      const taken: (readonly [number])[][] = []
      const load = bulkInsert(Reading, rowsOf(0, 5))
        .batchSize(2)
        .returning(r.id)
        .onRows(async (rows) => {
          await Promise.resolve()
          taken.push([...rows])
        })
      const { rows } = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(rows).toEqual([])
      expect(taken).toEqual([[[1], [2]], [[3], [4]], [[5]]])
    })

    it('brings back entities as objects of the session', async () => {
      await db.sessions.begin(async (session) => {
        const { rows } = await session.bulk(bulkInsert(Reading, rowsOf(0, 2)).returning(Reading))
        const [[first] = []] = rows
        expect(first).toBeInstanceOf(Reading)
        expect(await session.get(Reading, 1)).toBe(first)
      })
    })

    it('sends nothing for no rows', async () => {
      await using session = db.sessions.open()
      expect(await session.bulk(bulkInsert(Reading, []))).toMatchObject({ ...none, received: 0, batches: 0 })
      expect(db.sent()).toEqual(['begin'])
    })
  })

  describe('bulkUpsert', () => {
    beforeEach(async () => {
      await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, rowsOf(0, 3))))
      db.sent()
    })
    const counting = async (
      load: ReturnType<typeof bulkUpsert<Reading, { tenant: string; externalId: string; amount: number }>>,
    ) => await db.sessions.begin(async (session) => await session.bulk(load))

    it('tells inserted from updated, and leaves the counting to the server', async () => {
      const load = bulkUpsert(Reading, rowsOf(2, 3, 5)).conflictOn(r.tenant, r.externalId)
      expect(await counting(load)).toMatchObject({ ...none, received: 3, inserted: 2, updated: 1 })
      expect(db.sent()[1]).toBe(
        "with written (is_new) as (insert into readings (tenant, external_id, amount) select tenant, external_id, amount from unnest($1::text[], $2::text[], $3::integer[]) as rows(tenant, external_id, amount) on conflict (tenant, external_id) do update set amount = excluded.amount returning case when (select relkind from pg_class where oid = 'readings'::regclass) <> 'p' then xmax = 0 end as is_new) select count(*) filter (where is_new), count(*), count(is_new) from written",
      )
      expect(await counting(load)).toMatchObject({ ...none, received: 3, inserted: 0, updated: 3 })
    })

    it('updates by both rows, where a condition holds', async () => {
      const rows = [...rowsOf(0, 1, 10), ...rowsOf(1, 1, -10), ...rowsOf(9, 1, 4)]
      const load = bulkUpsert(Reading, rows)
        .conflictOn('readings_source')
        .update(({ excluded, current }) => ({ amount: excluded.amount.add(current.amount), note: 'met' }))
        .updateWhere(({ excluded, current }) => excluded.amount.gt(current.amount))
      expect(await counting(load)).toMatchObject({ ...none, received: 3, inserted: 1, updated: 1, unchanged: 1 })
      expect(await stored()).toEqual(
        expect.arrayContaining([
          ['e0', 11, 'new'],
          ['e1', 1, 'new'],
          ['e9', 4, 'new'],
        ]),
      )
    })

    it('updates a list of properties, and nothing else', async () => {
      const rows = [{ tenant: 'a', externalId: 'e0', amount: 8, status: 'seen' }]
      const load = bulkUpsert(Reading, rows).conflictOn(r.tenant, r.externalId).update(['status'])
      await db.sessions.begin(async (session) => await session.bulk(load))
      expect((await stored())[0]).toEqual(['e0', 1, 'seen'])
    })

    it('leaves rows alone by doNothing', async () => {
      const load = bulkUpsert(Reading, rowsOf(2, 3, 5))
        .conflictOn(r.tenant, r.externalId)
        .doNothing()
      expect(await counting(load)).toMatchObject({ ...none, received: 3, inserted: 2, unchanged: 1 })
    })

    it('knows rows by the primary key where no other is named', async () => {
      const rows = [
        { id: 1, tenant: 'a', externalId: 'e0', amount: 7 },
        { id: 50, tenant: 'a', externalId: 'e50', amount: 7 },
      ]
      const report = await db.sessions.begin(async (session) => await session.bulk(bulkUpsert(Reading, rows)))
      expect(report).toMatchObject({ inserted: 1, updated: 1 })
    })

    it('brings back what was written in the order of the rows, and counts it', async () => {
      const rows = [...rowsOf(7, 1, 2), ...rowsOf(2, 1, 2), ...rowsOf(5, 1, 2), ...rowsOf(0, 1, 2)]
      const load = bulkUpsert(Reading, rows)
        .conflictOn(r.tenant, r.externalId)
        .returning({ of: r.externalId, n: r.amount })
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ ...none, received: 4, inserted: 2, updated: 2 })
      expect(report.rows).toEqual(['e7', 'e2', 'e5', 'e0'].map((of) => ({ of, n: 2 })))
    })

    it('refuses what the language refuses, before SQL', async () => {
      await using session = db.sessions.open()
      const rows = rowsOf(0, 1)
      await expect(session.bulk(bulkUpsert(Reading, rows).conflictOn(r.amount))).rejects.toThrow(CompileError)
      await expect(session.bulk(bulkUpsert(Reading, rows).conflictOn('no_such_key'))).rejects.toThrow(CompileError)
      await expect(
        session.bulk(
          bulkUpsert(Reading, rows)
            .doNothing()
            .updateWhere(({ current }) => current.amount.gt(1)),
        ),
      ).rejects.toThrow('updateWhere() says which rows are updated, and doNothing() that none is.')
      // @ts-expect-error a property that is not there
      await expect(session.bulk(bulkUpsert(Reading, rows).update(['amont']))).rejects.toThrow("Did you mean 'amount'?")
      expect(db.sent()).toEqual(['begin'])
    })
  })

  describe('bulkUpdate', () => {
    it('finds rows by their key, each with values of its own', async () => {
      await db.sessions.begin(async (session) => await session.bulk(bulkInsert(Reading, rowsOf(0, 4))))
      db.sent()
      const rows = [{ id: 3, amount: 30 }, { id: 1, amount: 10, status: 'seen' }, { id: 99, amount: 1 }, { id: 2 }]
      const load = bulkUpdate(Reading, rows).returning({ id: r.id, amount: r.amount })
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ ...none, received: 4, updated: 2, unchanged: 2 })
      expect(report.rows).toEqual([
        { id: 3, amount: 30 },
        { id: 1, amount: 10 },
      ])
      expect(db.sent()[1]).toBe(
        'update readings set amount = rows.amount from unnest($1::integer[], $2::integer[]) with ordinality as rows(id, amount, ordinality) where readings.id = rows.id returning readings.id, readings.amount, rows.ordinality',
      )
      expect((await stored()).sort()).toEqual([
        ['e0', 10, 'seen'],
        ['e1', 1, 'new'],
        ['e2', 30, 'new'],
        ['e3', 1, 'new'],
      ])
    })

    it('refuses a row without its key', async () => {
      await using session = db.sessions.open()
      await expect(session.bulk(bulkUpdate(Reading, [{ amount: 1 }]))).rejects.toThrow(
        'Row 1 does not fit: Reading.id is missing: a row is found by its key.',
      )
    })
  })

  it('loads are immutable', async () => {
    const load = bulkInsert(Reading, rowsOf(0, 4))
    const small = load.batchSize(1)
    expect((await db.sessions.begin(async (session) => await session.bulk(load))).batches).toBe(1)
    await db.engine.execute(sql`truncate readings`)
    expect((await db.sessions.begin(async (session) => await session.bulk(small))).batches).toBe(4)
  })

  it('wrong words are refused where they are said', () => {
    const load = bulkInsert(Reading, rowsOf(0, 1))
    expect(() => load.batchSize(0)).toThrow(ArgumentError)
    // @ts-expect-error not there yet
    expect(() => load.strategy('copy')).toThrow("strategy() takes 'auto' or 'unnest', not 'copy'.")
    // @ts-expect-error a typing error
    expect(() => bulkUpsert(Reading, rowsOf(0, 1)).duplicates('lst')).toThrow("not 'lst'")
    // @ts-expect-error not a schema
    expect(() => load.validate({})).toThrow('Standard Schema')
    class Plain {
      id!: number
    }
    expect(() => bulkInsert(Plain, [{ id: 1 }])).toThrow(ArgumentError)
  })

  it('progress is told after each batch', async () => {
    const seen: (number | null)[][] = []
    const load = bulkInsert(Reading, rowsOf(0, 5))
      .batchSize(2)
      .onProgress(({ inserted, batches }) => seen.push([inserted, batches]))
    await db.sessions.begin(async (session) => await session.bulk(load))
    expect(seen).toEqual([
      [2, 1],
      [4, 2],
      [5, 3],
    ])
  })
})
