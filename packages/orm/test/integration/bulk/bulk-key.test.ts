// Keys of every type: which rows are one row, told as the server tells it; and which returned row belongs to which row.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkInsert, bulkUpdate, bulkUpsert, RowRejectedError, type Session } from '@oriel/orm'
import { deleteFrom, type EntityClass, entity, func, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { unchecked } from '../../fixture/bulk.ts'
import {
  ByBoolean,
  ByBytes,
  ByDate,
  ByDouble,
  ByEnum,
  ByNumber,
  ByPair,
  ByPrice,
  ByRange,
  ByReal,
  ByTime,
  ByTimestamp,
  ByUuid,
  ByVarchar,
  keyModel,
  Lowered,
  MadeByExpression,
  MadeUuid,
  MaybeKeyed,
} from '../../fixture/bulk-keys.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

interface Keyed {
  id: unknown
  n: number
  note: string | null
}

const uuid = '0b4b7f0e-5c3f-4c8e-9b1a-0e1d2c3b4a59'
/** Of each type: two spellings of one key, and another key. */
const cases: [string, EntityClass<object>, readonly [unknown, unknown, unknown]][] = [
  ['enum', ByEnum, ['wild', 'wild', 'calm']],
  ['boolean', ByBoolean, [true, true, false]],
  ['double', ByDouble, [0, -0, 1e21]],
  ['real', ByReal, [0.1, 0.1, 2]],
  ['bytea', ByBytes, [Uint8Array.of(0, 255), Uint8Array.of(0, 255), Uint8Array.of(1)]],
  ['time', ByTime, ['10:00', '10:00:00.0', '10:01']],
  ['timestamp', ByTimestamp, ['2025-01-01 10:00', '2025-01-01T10:00:00', '2025-01-01 11:00']],
  ['date', ByDate, ['2025-1-1', '2025-01-01', '2025-01-02']],
  ['uuid', ByUuid, [uuid, uuid.replaceAll('-', '').toUpperCase(), uuid.replace('0', '1')]],
  ['numeric(10, 2)', ByPrice, ['1', '1.001', '+2']],
  ['numeric', ByNumber, ['1e2', '100.00', '-0.5']],
  ['numeric beyond what is read here', ByNumber, ['1e2000', '10e1999', '7']],
  ['varchar(3)', ByVarchar, ['abc', 'abc', 'ab ']],
  ['a type of the server', ByRange, ['[1,3)', '[1,2]', '[1,2)']],
]

describeLane('keys of bulk loads', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), keyModel)
  })
  afterAll(() => db.close())

  const run = async <T>(work: (session: Session) => Promise<T>): Promise<T> => await db.sessions.begin(work)
  const stored = async (entityClass: EntityClass<object>): Promise<number[]> => {
    const e = entity(entityClass as EntityClass<Keyed>)
    return await db.engine
      .execute(
        select(e.n)
          .from(entityClass as EntityClass<Keyed>)
          .orderBy(e.n),
      )
      .scalars()
      .all()
  }

  describe.each(cases)('%s', (_, entityClass, [one, same, other]) => {
    const rows = (list: object[]) => unchecked(list)
    beforeEach(async () => {
      await db.engine.execute(deleteFrom(entityClass).everyRow())
    })

    it('two rows of one key are an error that names both, and nothing is written', async () => {
      const list = [
        { id: other, n: 1 },
        { id: one, n: 2 },
        { id: same, n: 3, note: 'again' },
      ]
      for (const load of [bulkUpsert(entityClass, rows(list)), bulkUpdate(entityClass, rows(list))]) {
        const error: unknown = await run(async (session) => await session.bulk(load)).catch((e) => e)
        expect(error).toBeInstanceOf(RowRejectedError)
        expect(error).toMatchObject({ row: 3, property: 'id', reason: 'the same key as row 2' })
        expect(await stored(entityClass)).toEqual([])
      }
    })

    it.each(['input', 'batch'] as const)(
      "'last' and 'first' go by the order of the %s, whatever a row gives",
      async (within) => {
        const list = [
          { id: other, n: 1 },
          { id: one, n: 2, note: 'first' },
          { id: same, n: 3 },
          { id: one, n: 4, note: null },
        ]
        const last = bulkUpsert(entityClass, rows(list)).duplicates('last', { within })
        expect(await run(async (session) => await session.bulk(last))).toMatchObject({
          received: 4,
          inserted: 2,
          updated: 0,
          duplicates: 2,
        })
        expect(await stored(entityClass)).toEqual([1, 4])
        const first = bulkUpdate(entityClass, rows(list.map((row) => ({ ...row, n: row.n * 10 })))).duplicates(
          'first',
          { within },
        )
        expect(await run(async (session) => await session.bulk(first))).toMatchObject({
          received: 4,
          updated: 2,
          duplicates: 2,
        })
        expect(await stored(entityClass)).toEqual([10, 20])
      },
    )

    it('returned rows stand in the order of the rows', async () => {
      const e = entity(entityClass as EntityClass<Keyed>)
      const list = [
        { id: same, n: 1, note: 'x' },
        { id: other, n: 2 },
      ]
      const inserted = await run(
        async (session) => await session.bulk(bulkInsert(entityClass, rows(list)).returning(e.n)),
      )
      expect(inserted.rows).toEqual([[1], [2]])
      const turned = [
        { id: other, n: 3 },
        { id: one, n: 4 },
      ]
      const upserted = await run(
        async (session) => await session.bulk(bulkUpsert(entityClass, rows(turned)).returning(e.n)),
      )
      expect(upserted).toMatchObject({ inserted: 0, updated: 2, rows: [[3], [4]] })
      const again = [
        { id: one, n: 5 },
        { id: other, n: 6, note: null },
      ]
      const updated = await run(
        async (session) => await session.bulk(bulkUpdate(entityClass, rows(again)).returning(e.n)),
      )
      expect(updated).toMatchObject({ updated: 2, rows: [[5], [6]] })
    })
  })

  it('several columns: by each in its own form', async () => {
    const p = entity(ByPair)
    const rows = [
      { on: true, name: 'a', n: 1 },
      { on: false, name: 'a', n: 2 },
      { on: true, name: 'b', n: 3, note: 'x' },
    ]
    const load = bulkUpsert(ByPair, rows).returning(p.n)
    expect(await run(async (session) => await session.bulk(load))).toMatchObject({ inserted: 3, rows: [[1], [2], [3]] })
    const twice = bulkUpsert(ByPair, [...rows, { on: true, name: 'a', n: 9 }])
    await expect(run(async (session) => await session.bulk(twice))).rejects.toThrow(
      'Row 4 has the same key as row 1 (on, name).',
    )
    const last = twice.duplicates('last', { within: 'batch' })
    expect(await run(async (session) => await session.bulk(last))).toMatchObject({ updated: 3, duplicates: 1 })
    expect(await stored(ByPair)).toEqual([2, 3, 9])
  })

  it('the server is asked only where it has to be, and once per batch', async () => {
    const update = async (ids: string[]) =>
      await run(
        async (session) =>
          await session.bulk(
            bulkUpdate(
              ByNumber,
              ids.map((id) => ({ id, n: 1 })),
            ),
          ),
      )
    db.sent()
    await update(['1', '1e3', '+2.0'])
    expect(db.sent()).toHaveLength(3)
    await update(['1', '1e2000', '+2.0'])
    expect(db.sent()).toEqual([
      'begin',
      'select array_agg(ordinality) from unnest($1::numeric[]) with ordinality as rows(id, ordinality) group by id having count(*) > $2',
      expect.stringContaining('update by_number'),
      'commit',
    ])
  })

  describe('returning', () => {
    const m = entity(MaybeKeyed)
    beforeEach(async () => {
      await db.engine.execute(sql`truncate maybe_keyed restart identity`)
    })
    const upsert = (rows: { code?: string | null; n: number; note?: string }[]) =>
      bulkUpsert(MaybeKeyed, rows).conflictOn(m.code).returning(m.n)

    it('a key with NULL among others', async () => {
      const rows = ['a', null, 'b', null, 'c'].map((code, i) => ({ code, n: i + 1 }))
      const report = await run(async (session) => await session.bulk(upsert(rows)))
      expect(report).toMatchObject({ inserted: 5, updated: 0, rows: [[1], [2], [3], [4], [5]] })
      const again = await run(
        async (session) => await session.bulk(upsert(rows.map((row) => ({ ...row, n: row.n * 10 })).reverse())),
      )
      expect(again).toMatchObject({ inserted: 2, updated: 3, rows: [[50], [40], [30], [20], [10]] })
    })

    it('rows that were left alone, and different properties', async () => {
      await run(async (session) => await session.bulk(upsert([{ code: 'b', n: 1 }])))
      const rows = ['d', 'b', 'c', 'a'].map((code, i) => (i % 2 === 0 ? { code, n: i } : { code, n: i, note: 'x' }))
      const report = await run(async (session) => await session.bulk(upsert(rows).doNothing()))
      expect(report).toMatchObject({ inserted: 3, unchanged: 1, rows: [[0], [2], [3]] })
    })

    it('a key that the update changes', async () => {
      await run(
        async (session) =>
          await session.bulk(
            upsert([
              { code: 'a', n: 1 },
              { code: 'b', n: 1 },
            ]),
          ),
      )
      const rows = ['b', 'c', 'a'].map((code, i) => ({ code, n: i + 5 }))
      const load = upsert(rows).update(({ excluded }) => ({ code: excluded.code.concat('!'), n: excluded.n }))
      expect(await run(async (session) => await session.bulk(load))).toMatchObject({
        updated: 2,
        rows: [[5], [6], [7]],
      })
    })

    it('a key that is an expression, or a default that only the server knows', async () => {
      const l = entity(Lowered)
      const upsert = (codes: string[], from = 0) =>
        bulkUpsert(
          Lowered,
          codes.map((code, i) => ({ code, n: from + i })),
        )
      const byCode = (codes: string[], from = 0) =>
        upsert(codes, from).conflictOn(func.lower(l.code)).returning(l.id, l.n)
      expect(await run(async (session) => await session.bulk(byCode(['A', 'b', 'C'])))).toMatchObject({
        rows: [
          [1, 0],
          [2, 1],
          [3, 2],
        ],
      })
      const turned = await run(async (session) => await session.bulk(byCode(['c', 'D', 'a'], 10)))
      expect(turned.rows.map(([id]) => id)).toEqual([3, expect.any(Number), 1])
      expect(turned.rows.map(([, n]) => n)).toEqual([10, 11, 12])
      await db.engine.execute(deleteFrom(Lowered).everyRow())
      const first = await run(async (session) => await session.bulk(upsert(['x', 'y', 'z'])))
      expect(first).toMatchObject({ inserted: 3 })
      const list = [2, 9, 0, 1].map((n) => ({ code: `again ${n}`, n }))
      const byDay = bulkUpsert(Lowered, list).conflictOn(l.day, l.n).returning(l.n, l.code)
      expect(await run(async (session) => await session.bulk(byDay))).toMatchObject({
        inserted: 1,
        updated: 3,
        rows: list.map(({ n, code }) => [n, code]),
      })
    })

    it('a key that a trigger changes is an error, and not another order', async () => {
      await db.engine.execute(
        sql`create function shout() returns trigger language plpgsql as 'begin new.code = upper(new.code); return new; end'`,
      )
      await db.engine.execute(
        sql`create trigger shout before insert on maybe_keyed for each row execute function shout()`,
      )
      try {
        const rows = [
          { code: 'a', n: 1 },
          { code: 'b', n: 2 },
        ]
        await expect(run(async (session) => await session.bulk(upsert(rows)))).rejects.toThrow(
          'The server changed the key of a row (code)',
        )
        const oneByOne = await run(async (session) => await session.bulk(upsert(rows).batchSize(1)))
        expect(oneByOne.rows).toEqual([[1], [2]])
      } finally {
        await db.engine.execute(sql`drop function shout() cascade`)
      }
    })

    it.each([
      ['an expression', MadeByExpression],
      ['a uuid', MadeUuid],
    ])('keys made by %s', async (_, entityClass) => {
      const e = entity(entityClass as typeof MadeUuid)
      const rows = Array.from({ length: 50 }, (_, n) => (n % 3 === 0 ? { n } : { n, note: 'x' }))
      const load = bulkInsert(entityClass as typeof MadeUuid, rows)
        .batchSize(20)
        .returning(e.id, e.n)
      const { rows: back, inserted } = await run(async (session) => await session.bulk(load))
      expect(inserted).toBe(50)
      expect(back.map(([, n]) => n)).toEqual(rows.map(({ n }) => n))
      expect(
        await db.engine
          .execute(
            select(e.id, e.n)
              .from(entityClass as typeof MadeUuid)
              .orderBy(e.n),
          )
          .all(),
      ).toEqual(back)
    })
  })
})
