// merge(): graphs from elsewhere, whole or not at all.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
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

  it('gives an object of the session back as it is', async () => {
    const fresh = author({ email: 'fresh@x' })
    session.add(fresh)
    expect(await session.noAutoflush(async () => await session.merge(fresh))).toBe(fresh)
    expect(session.new.size).toBe(1)
  })
})
