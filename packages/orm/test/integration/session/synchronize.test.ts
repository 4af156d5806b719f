// UPDATE and DELETE through a session, where its objects are hard to match with the rows: what evaluate compares, and what CTEs change.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { NotLoadedError, type Session, selectinload } from '@oriel/orm'
import {
  aliased,
  deleteFrom,
  entity,
  InvalidRequestError,
  insert,
  type RowCondition,
  select,
  sql,
  update,
} from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, office, Specimen } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'
import { Country, shop } from '../../fixture/shop.ts'

const a = entity(Author)
const b = entity(Book)
const s = entity(Specimen)
const c = entity(Country)

describeLane('objects beside UPDATE and DELETE', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books, specimens restart identity`)
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  describe('evaluate', () => {
    let specimen: Specimen
    beforeEach(async () => {
      await db.engine.execute(
        sql`insert into specimens (at, amount, payload, numbers, bytes, big)
          values ('2024-01-02 03:04:05.123456+00', 12.50, '{}', '{1,2}', '\\x01', 9007199254740993)`,
      )
      specimen = await session.getOne(Specimen, 1)
    })
    const change = async (where: RowCondition) =>
      await session.execute(update(Specimen).set({ note: 'met' }).where(where), { synchronizeSession: 'evaluate' })

    it.each<[string, RowCondition, boolean]>([
      ['a bigint past 2^53, equal', s.big.eq(9007199254740993n), true],
      ['a bigint past 2^53, other', s.big.eq(9007199254740992n), false],
      ['a bigint past 2^53, greater', s.big.gt(9007199254740992n), true],
      ['a bigint past 2^53, not less', s.big.lt(9007199254740994n), true],
      ['a numeric in another form', s.amount.eq('12.5'), true],
      ['a numeric of many digits', s.amount.lt('12.500000000000000000001'), true],
      ['an instant with microseconds', s.at.eq(new Date('2024-01-02T03:04:05.123Z')), false],
      ['the other instant', s.at.ne(new Date('2024-01-02T03:04:05.123Z')), true],
      ['bytes', s.bytes.eq(Uint8Array.of(1)), true],
    ])('meets the same row as the server: %s', async (_, where, isMet) => {
      const { rowCount } = await change(where)
      expect([rowCount, specimen.note]).toEqual(isMet ? [1, 'met'] : [0, null])
    })

    it('knows what a column is that is set to null', async () => {
      specimen.note = 'said'
      await session.execute(update(Specimen).set({ note: null }).where(s.id.eq(1)), { synchronizeSession: 'evaluate' })
      expect(specimen.note).toBeNull()
    })

    it('refuses what it cannot compare', async () => {
      db.sent()
      await expect(change(s.numbers.eq([1, 2]))).rejects.toThrow(InvalidRequestError)
      expect(db.sent().filter((text) => text.startsWith('update'))).toEqual([])
    })
  })

  describe('a CTE that changes rows', () => {
    let ann: Author
    beforeEach(async () => {
      await db.engine.execute(sql`insert into authors (email, age) values ('ann@x', 30), ('bob@x', 50)`)
      await db.engine.execute(sql`insert into books (title, author_id) values ('One', 1), ('Two', 1)`)
      const [first] = await session.scalars(select(Author).options(selectinload(a.books)).orderBy(a.id)).all()
      if (!first) throw new TypeError('There are two authors.')
      ann = first
    })

    it('lets go of what it set', async () => {
      const changed = update(Author).set({ age: 31 }).where(a.id.eq(1)).returning({ id: a.id }).cte('changed')
      expect(await session.execute(select({ id: changed.c.id })).all()).toEqual([{ id: 1 }])
      expect(() => ann.age).toThrow(NotLoadedError)
      expect(ann.email).toBe('ann@x')
      await session.refresh(ann, ['age'])
      expect(ann.age).toBe(31)
      await session.rollback()
      expect(ann.age).toBe(30)
    })

    it('and of what the same statement read of the table, which is older', async () => {
      const changed = update(Author).set({ age: 31 }).where(a.id.eq(1)).returning({ id: a.id }).cte('changed')
      const read = await session.scalars(select(Author).join(changed, changed.c.id.eq(a.id))).one()
      expect(read).toBe(ann)
      expect(await session.getOne(Author, 1)).toBe(ann)
      expect(ann.age).toBe(31)
    })

    it('but takes what it gives back', async () => {
      const changed = update(Author).set({ age: 31 }).where(a.id.eq(1)).returning(Author).cte('changed')
      expect(await session.scalars(select(aliased(Author, changed))).one()).toBe(ann)
      expect(ann.age).toBe(31)
    })

    it('deletes rows: their objects are asked for again', async () => {
      const [one] = ann.books
      const gone = deleteFrom(Book).where(b.title.eq('One')).returning({ id: b.id }).cte('gone')
      await session.execute(select({ id: gone.c.id })).all()
      expect(await session.get(Book, one?.id ?? 0)).toBeNull()
      expect(() => ann.books).toThrow(NotLoadedError)
    })
  })

  it('SEMANTICS 24: an upsert that gives entities back refreshes them', async () => {
    await db.engine.execute(sql`insert into authors (email, age) values ('ann@x', 30)`)
    await session.begin()
    const ann = await session.getOne(Author, 1)
    const upsert = insert(Author)
      .values({ email: 'ann@x', age: 31 })
      .onConflictDoUpdate({ target: a.email, set: { age: 31 } })
    expect(await session.scalars(upsert.returning(Author)).one()).toBe(ann)
    expect(ann.age).toBe(31)
    await session.rollback()
    expect(ann.age).toBe(30)
  })
})

describeLane('objects of which evaluate compares char(n)', (lane) => {
  it('are met without the blanks behind it', async () => {
    const db = await recorded(lane(), shop)
    try {
      await db.engine.execute(sql`insert into countries (code, name) values ('x', 'X')`)
      await using session = db.sessions.open()
      const country = await session.scalars(select(Country)).one()
      const { rowCount } = await session.execute(update(Country).set({ name: 'Y' }).where(c.code.eq('x')), {
        synchronizeSession: 'evaluate',
      })
      expect([rowCount, country.name]).toEqual([1, 'Y'])
    } finally {
      await db.close()
    }
  })
})
