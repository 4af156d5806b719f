// merge(): graphs from elsewhere, whole or not at all.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, type Session } from '@oriel/orm'
import { entity, func, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const b = entity(Book)
const author = (values: object): Author => Object.assign(new Author(), values)
const book = (values: object): Book => Object.assign(new Book(), values)

describeLane('merge', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(sql`insert into authors (email, age) values ('ann@x', 30), ('bob@x', 50)`)
    await db.engine.execute(sql`insert into books (title, author_id) values ('One', 1), ('Two', 1)`)
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  it('writes nothing in between, whatever is read for it', async () => {
    const given = author({
      email: 'new@x',
      books: [book({ title: 'Fresh' }), book({ id: 1, title: 'Moved' }), book({ id: 99, title: 'Unknown' })],
    })
    const merged = await session.merge(given)
    expect(db.sent().filter((text) => !text.startsWith('select'))).toEqual([])
    await session.commit()
    expect(merged.books.map(({ id, title, authorId }) => [id, title, authorId])).toEqual([
      [expect.any(Number), 'Fresh', 3],
      [1, 'Moved', 3],
      [99, 'Unknown', 3],
    ])
  })

  it('takes a chain of 10,000 new objects', async () => {
    // A chain of authors and books, each hanging on the one before.
    const first = author({ email: 'a0', books: [] })
    let last = first
    for (let i = 1; i <= 5_000; i++) {
      const next = author({ email: `a${i}` })
      last.books = [Object.assign(book({ title: `b${i}` }), { author: next })]
      last = next
    }
    const merged = await session.merge(first)
    expect(merged).not.toBe(first)
    expect(session.new.size).toBe(10_001)
    session.expungeAll()
  })

  it('reads a key in any of its forms, and keeps it as it is', async () => {
    const known = await session.getOne(Author, 1)
    const merged = await session.merge(author({ id: '1', email: 'other@x' }))
    expect(merged).toBe(known)
    expect(merged.id).toBe(1)
    const made = await session.merge(author({ id: '7', email: 'seven@x' }))
    expect(made.id).toBe(7)
    await session.commit()
    expect(await session.get(Author, 7)).toBe(made)
  })

  it('makes one object of two that stand for one row', async () => {
    const given = author({
      email: 'new@x',
      books: [book({ id: 98, title: 'Twice' }), book({ id: 98, title: 'Twice' })],
    })
    const merged = await session.merge(given)
    expect(merged.books).toHaveLength(1)
    await session.commit()
    expect(
      await db.engine
        .execute(select(func.count()).from(Book).where(b.id.eq(98)))
        .scalars()
        .one(),
    ).toBe(1)
  })

  it('that fails leaves nothing behind', async () => {
    const known = await session.getOne(Author, 1)
    const broken = author({ email: 'half@x', books: [book({ title: 'Half' }), book({ id: {}, title: 'Broken' })] })
    await expect(session.merge(broken)).rejects.toThrow('Book.id')
    const half = author({ id: 1, email: 'changed@x', books: 'none' })
    await expect(session.merge(half)).rejects.toThrow('books is a collection')
    expect(session.new.size + session.dirty.size).toBe(0)
    expect(known.email).toBe('ann@x')
    expect(inspect(broken).state).toBe('transient')
  })

  describe('reads the rows of a class by one statement', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1)

    beforeEach(async () => {
      await db.engine.execute(sql`insert into books (title, author_id) select 'Book', 2 from generate_series(3, 100)`)
      db.sent()
    })

    it('for a parent and its children', async () => {
      const given = author({
        id: 2,
        email: 'bob@x',
        books: hundred.map((id) => book({ id, title: `Merged ${id}`, authorId: 2 })),
      })
      const merged = await session.merge(given)
      // The author, the books, and which books the author has.
      expect(db.sent()).toHaveLength(3)
      expect(merged.books.map(({ id }) => id)).toEqual(hundred)
      expect(session.dirty.size).toBe(101)
    })

    it('for children and the parents that they refer to', async () => {
      const parents = [1, 2].map((id) => author({ id, email: `merged${id}@x` }))
      const given = hundred.map((id) => book({ id, title: 'Merged', author: parents[id % 2] }))
      const [first, ...others] = given
      if (!first) throw new TypeError('There are a hundred.')
      Object.assign(parents[1] ?? {}, { books: [first, ...others.filter(({ author: by }) => by === parents[1])] })
      const merged = await session.merge(first)
      expect(db.sent().length).toBeLessThanOrEqual(4)
      expect(merged.author.books).toHaveLength(50)
    })

    it('but not those that the session has', async () => {
      await session.scalars(select(Book)).all()
      db.sent()
      const given = author({ email: 'new@x', books: hundred.map((id) => book({ id, title: 'Merged' })) })
      await session.merge(given)
      expect(db.sent()).toEqual([])
    })

    it('also of those that were expired, and of those that are not there', async () => {
      const known = await session.scalars(select(Book).where(b.id.lte(50)).orderBy(b.id)).all()
      for (const each of known) session.expire(each)
      db.sent()
      const given = author({ email: 'new@x', books: [...hundred, 998, 999].map((id) => book({ id, title: 'Merged' })) })
      const merged = await session.merge(given)
      expect(db.sent()).toHaveLength(1)
      expect(merged.books.slice(0, 50)).toEqual(known)
      expect([...session.new].map((each) => Reflect.get(each, 'id'))).toEqual([undefined, 998, 999])
      expect(session.dirty.size).toBe(100)
    })
  })

  it('gives an object of the session back as it is', async () => {
    const fresh = author({ email: 'fresh@x' })
    session.add(fresh)
    expect(await session.noAutoflush(async () => await session.merge(fresh))).toBe(fresh)
    expect(session.new.size).toBe(1)
  })
})
