// Rows that give different properties, tables that refer to themselves, tables whose names Oriel would use, tables in parts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkInsert, bulkUpdate, bulkUpsert, type Session } from '@oriel/orm'
import { ArgumentError, entity, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { unchecked } from '../../fixture/bulk.ts'
import { Branch, Defaulted, keyModel, Parted, Rows, Sparse, Written } from '../../fixture/bulk-keys.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('sets of properties in bulk loads', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), keyModel)
    await db.engine.execute(sql`drop table parted`)
    await db.engine.execute(
      sql`create table parted (id integer primary key, n integer not null, note text) partition by range (id)`,
    )
    await db.engine.execute(sql`create table parted_1 partition of parted for values from (0) to (10)`)
    await db.engine.execute(
      sql`create table parted_2 partition of parted for values from (10) to (20) partition by range (id)`,
    )
    await db.engine.execute(sql`create table parted_2_1 partition of parted_2 for values from (10) to (20)`)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate sparse, branches, defaulted, rows, written, parted restart identity`)
    db.sent()
  })
  const run = async <T>(work: (session: Session) => Promise<T>): Promise<T> => await db.sessions.begin(work)
  const s = entity(Sparse)

  it('a row with a hostile name leaves the rows after it alone', async () => {
    const hostile = JSON.parse('[{"a\\u0000b":1},{"a":1,"b":1},{"1 a 1 b":1},{"a":2,"b":2}]')
    const rejected: unknown[] = []
    const load = bulkInsert(Sparse, unchecked(hostile)).onReject((row) => rejected.push(row))
    expect(await run(async (session) => await session.bulk(load))).toMatchObject({ inserted: 2, rejected: 2 })
    expect(rejected).toEqual([hostile[0], hostile[2]])
  })

  describe('rows that leave out what is NULL without a default', () => {
    it('are of one statement, in their order', async () => {
      const rows = Array.from({ length: 32 }, (_, i) => ({
        ...(i & 1 && { a: i }),
        ...(i & 2 && { b: i }),
        ...(i & 4 && { c: i }),
        ...(i & 8 && { d: i }),
        ...(i & 16 && { e: String(i) }),
      })).slice(1)
      await run(async (session) => await session.bulk(bulkInsert(Sparse, rows)))
      // Two: one with the column that has a default, one without.
      expect(db.sent()).toHaveLength(4)
      const stored = await db.engine
        .execute(select({ a: s.a, b: s.b, c: s.c, d: s.d, e: s.e }).from(Sparse).orderBy(s.id))
        .all()
      const all = rows.map((row) => ({ a: null, b: null, c: null, d: null, e: 'given', ...row }))
      expect(stored).toEqual([...all.filter(({ e }) => e === 'given'), ...all.filter(({ e }) => e !== 'given')])
    })

    it('are told from rows that give NULL where an upsert writes what was given', async () => {
      await run(
        async (session) =>
          await session.bulk(
            bulkInsert(Sparse, [
              { id: 1, a: 1, b: 1 },
              { id: 2, a: 1, b: 1 },
            ]),
          ),
      )
      const rows = [
        { id: 1, a: 2 },
        { id: 2, a: 2, b: null },
      ]
      await run(async (session) => await session.bulk(bulkUpsert(Sparse, rows)))
      expect(await db.engine.execute(select(s.a, s.b).from(Sparse).orderBy(s.id)).all()).toEqual([
        [2, 1],
        [2, null],
      ])
    })

    it('keep what they do not give where an upsert lists its properties', async () => {
      await run(
        async (session) =>
          await session.bulk(
            bulkInsert(
              Sparse,
              [1, 2, 3].map((id) => ({ id, a: 1, b: 1, e: 'old' })),
            ),
          ),
      )
      const rows = [
        { id: 1, b: 2, c: 2 },
        { id: 2, a: 2, e: 'new' },
        { id: 3, c: 2 },
        { id: 4, b: 4 },
      ]
      const load = bulkUpsert(Sparse, rows).update(['a', 'b', 'e'])
      expect(await run(async (session) => await session.bulk(load))).toMatchObject({
        inserted: 1,
        updated: 2,
        unchanged: 1,
      })
      expect(await db.engine.execute(select(s.a, s.b, s.c, s.e).from(Sparse).orderBy(s.id)).all()).toEqual([
        [1, 2, null, 'old'],
        [2, 1, null, 'new'],
        [1, 1, null, 'old'],
        [null, 4, null, 'given'],
      ])
    })
  })

  it('a row may refer to one before it, whatever either gives', async () => {
    const b = entity(Branch)
    const rows = [
      { id: 1, kind: 'root' },
      { id: 2, parentId: 1 },
      { id: 3, parentId: 2, kind: 'twig' },
      { id: 4, parentId: 3, note: 'x' },
      { id: 5, parentId: 4 },
      { id: 6, kind: 'root', parentId: 5 },
    ]
    const load = bulkInsert(Branch, rows).returning(b.id, b.kind)
    const { rows: back } = await run(async (session) => await session.bulk(load))
    expect(back).toEqual([
      [1, 'root'],
      [2, 'leaf'],
      [3, 'twig'],
      [4, 'leaf'],
      [5, 'leaf'],
      [6, 'root'],
    ])
    // Rows that follow each other and differ in nothing but NULL go together.
    expect(db.sent()).toHaveLength(7)
    await db.engine.execute(sql`truncate branches`)
    const upserted = bulkUpsert(Branch, rows).duplicates('last')
    expect(await run(async (session) => await session.bulk(upserted))).toMatchObject({ inserted: 6 })
  })

  describe('rows that wait on the server', () => {
    async function* stream<R>(rows: readonly R[]) {
      yield* rows
    }

    it('may refer to each other, whatever they give', async () => {
      const rows = [
        { id: 1, kind: 'root' },
        { id: 2, parentId: 1 },
        { id: 3, parentId: 2, kind: 'twig' },
        { id: 4, kind: 'root' },
        { id: 5, parentId: 4 },
        { id: 2, parentId: 3, note: 'again' },
      ]
      const load = bulkUpsert(Branch, stream(rows)).duplicates('last').batchSize(2)
      const counts = { received: 6, duplicates: 1, unwritten: 0 }
      expect(await run(async (session) => await session.bulk(load.doNothing()))).toMatchObject({
        ...counts,
        inserted: 5,
      })
      const again = bulkUpsert(Branch, stream(rows)).duplicates('last')
      expect(await run(async (session) => await session.bulk(again))).toMatchObject({
        ...counts,
        inserted: 0,
        updated: 5,
      })
      await db.engine.execute(sql`delete from branches where id > 3`)
      const third = bulkUpsert(Branch, stream(rows)).duplicates('first')
      expect(await run(async (session) => await session.bulk(third))).toMatchObject({
        ...counts,
        inserted: 2,
        updated: 3,
      })
    })

    it('are rows of their own where the server makes their key', async () => {
      const rows = [{ a: 1 }, { a: 2 }, { id: 90, a: 3 }, { id: 90, a: 4 }, { a: 5 }]
      const load = bulkUpsert(Sparse, stream(rows)).duplicates('last')
      expect(await run(async (session) => await session.bulk(load))).toMatchObject({ inserted: 4, duplicates: 1 })
      expect(await db.engine.execute(select(s.a).from(Sparse).orderBy(s.a)).scalars().all()).toEqual([1, 2, 4, 5])
    })

    it.each(['a stream', 'an array'])(
      'are compared by the default of a key that they leave out: %s',
      async (source) => {
        const d = entity(Defaulted)
        const rows = [{ n: 1 }, { code: 'b', n: 2 }, { code: 'a', n: 3 }, { n: 4, note: 'x' }]
        const load = bulkUpsert(Defaulted, source === 'an array' ? rows : stream(rows)).duplicates('last')
        expect(await run(async (session) => await session.bulk(load))).toMatchObject({ inserted: 2, duplicates: 2 })
        expect(await db.engine.execute(select(d.code, d.n).from(Defaulted).orderBy(d.n)).all()).toEqual([
          ['b', 2],
          ['a', 4],
        ])
        await expect(run(async (session) => await session.bulk(bulkUpsert(Defaulted, rows)))).rejects.toThrow(
          'Row 3 has the same key as row 1 (code).',
        )
      },
    )
  })

  describe('names', () => {
    const r = entity(Rows)
    const row = (id: number) => ({ id, ordinality: id * 10, old_id: id * 100, oriel_set: id, oriel_row: id })
    async function* stream(rows: ReturnType<typeof row>[]) {
      yield* rows
    }

    it('of a table and its columns may be those that Oriel uses', async () => {
      const rows = [3, 1, 2].map(row)
      const inserted = await run(
        async (session) => await session.bulk(bulkInsert(Rows, rows).returning(r.id, r.ordinality)),
      )
      expect(inserted.rows).toEqual([
        [3, 30],
        [1, 10],
        [2, 20],
      ])
      const upsert = bulkUpsert(Rows, rows).conflictOn(r.ordinality, r.old_id).update(['oriel_set']).returning(r.id)
      expect(await run(async (session) => await session.bulk(upsert))).toMatchObject({
        updated: 3,
        rows: [[3], [1], [2]],
      })
      const update = bulkUpdate(
        Rows,
        rows.map((each) => ({ ...each, ordinality: 7 })),
      ).returning(r.id, r.ordinality)
      expect((await run(async (session) => await session.bulk(update))).rows).toEqual([
        [3, 7],
        [1, 7],
        [2, 7],
      ])
      const staged = bulkUpsert(Rows, stream([...rows, { ...row(1), oriel_row: 5 }])).duplicates('last')
      expect(await run(async (session) => await session.bulk(staged))).toMatchObject({ updated: 3, duplicates: 1 })
      const changed = bulkUpdate(Rows, stream([...rows, { ...row(1), oriel_row: 6 }])).duplicates('last')
      expect(await run(async (session) => await session.bulk(changed))).toMatchObject({ updated: 3, duplicates: 1 })
      expect(await db.engine.execute(select(r.id, r.oriel_row, r.twice).from(Rows).orderBy(r.id)).all()).toEqual([
        [1, 6, 20],
        [2, 2, 40],
        [3, 3, 60],
      ])
    })

    it('and so in a flush', async () => {
      await run(async (session) => {
        const objects = [3, 1, 2].map((id) => Object.assign(new Rows(), row(id)))
        for (const object of objects) session.add(object)
        await session.flush()
        expect(objects.map(({ twice }) => twice)).toEqual([60, 20, 40])
        for (const object of objects) object.ordinality++
        await session.flush()
        expect(objects.map(({ twice }) => twice)).toEqual([62, 22, 42])
        for (const object of objects) object.id += 10
        await session.flush()
        for (const object of objects) session.delete(object)
      })
      expect(await db.engine.execute(select(r.id).from(Rows)).all()).toEqual([])
    })

    it('a table may be called as the counted rows are', async () => {
      const rows = [1, 2].map((id) => ({ id, n: id, is_new: true }))
      expect(await run(async (session) => await session.bulk(bulkUpsert(Written, rows)))).toMatchObject({ inserted: 2 })
      expect(await run(async (session) => await session.bulk(bulkUpsert(Written, rows)))).toMatchObject({ updated: 2 })
    })
  })

  describe('a partitioned table', () => {
    const p = entity(Parted)
    const rows = [1, 11, 2, 12].map((id) => ({ id, n: id }))
    const stored = async () => await db.engine.execute(select(p.id, p.n).from(Parted).orderBy(p.id)).all()

    it('takes upserts, and the counts that it cannot tell are null', async () => {
      const load = bulkUpsert(Parted, rows)
      const unknown = { received: 4, inserted: null, updated: null, unchanged: 0, unwritten: 0 }
      expect(await run(async (session) => await session.bulk(load))).toMatchObject(unknown)
      expect(await run(async (session) => await session.bulk(load.returning(p.n)))).toMatchObject({
        ...unknown,
        rows: [[1], [11], [2], [12]],
      })
      const some = load.updateWhere(({ current }) => current.id.gt(10))
      expect(await run(async (session) => await session.bulk(some))).toMatchObject({ ...unknown, unchanged: 2 })
      expect(await stored()).toEqual([
        [1, 1],
        [2, 2],
        [11, 11],
        [12, 12],
      ])
    })

    it('counts where rows that are there stay as they are', async () => {
      expect(
        await run(async (session) => await session.bulk(bulkUpsert(Parted, rows.slice(1)).doNothing())),
      ).toMatchObject({ inserted: 3 })
      expect(await run(async (session) => await session.bulk(bulkUpsert(Parted, rows).doNothing()))).toMatchObject({
        inserted: 1,
        unchanged: 3,
      })
    })

    it('takes staged upserts', async () => {
      async function* stream() {
        yield* [...rows, { id: 1, n: 9 }]
      }
      const load = bulkUpsert(Parted, stream()).duplicates('last')
      expect(await run(async (session) => await session.bulk(load))).toMatchObject({
        inserted: null,
        unchanged: 0,
        duplicates: 1,
      })
      expect(await stored()).toEqual([
        [1, 9],
        [2, 2],
        [11, 11],
        [12, 12],
      ])
    })
  })

  it('conflictOn() takes columns or a name, and not both', () => {
    const load = bulkUpsert(Sparse, [{ a: 1 }])
    for (const target of [[s.a, 'b'], ['a', s.b], ['a', 'b'], []])
      expect(() => Reflect.apply(load.conflictOn, load, target)).toThrow(ArgumentError)
  })
})
