// Rows that are read again: what a later transaction sees, and what stays as the user left it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkUpdate, loadOnly, NotLoadedError, ObjectDeletedError, type Session, selectinload } from '@oriel/orm'
import { deleteFrom, entity, select, sql, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const b = entity(Book)

describeLane('rows that a session reads again', (lane) => {
  let db: Recorded
  let session: Session
  /** Somebody else, while no transaction of the session is open. */
  const elsewhere = async (id: number, age: number): Promise<void> =>
    void (await db.engine.execute(update(Author).set({ age }).where(a.id.eq(id))))
  const ageInRow = async (id: number): Promise<number> =>
    await db.engine
      .execute(select(a.age).where(a.id.eq(id)))
      .scalars()
      .one()

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(sql`insert into authors (email, age) values ('ann@x', 100), ('bob@x', 50)`)
    await db.engine.execute(sql`insert into books (title, author_id) values ('One', 2), ('Two', 2), ('Three', 1)`)
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  describe('SEMANTICS 24: in a later transaction the columns are brought up to date', () => {
    it('of an object that was written in part before it was locked', async () => {
      const ann = await session.getOne(Author, 1)
      await elsewhere(1, 50)
      await session.begin()
      ann.email = 'other@x'
      await session.flush()
      const locked = await session.scalars(select(Author).where(a.id.eq(1)).forUpdate()).one()
      expect(locked).toBe(ann)
      ann.age -= 10
      await session.commit()
      expect(await ageInRow(1)).toBe(40)
    })

    it('of an object that was read in part before it was read whole', async () => {
      const ann = await session.getOne(Author, 1)
      await elsewhere(1, 50)
      await session.begin()
      await session.scalars(select(Author).options(loadOnly(a.email))).all()
      await session.scalars(select(Author).where(a.id.eq(1)).forUpdate()).one()
      ann.age -= 10
      await session.commit()
      expect(await ageInRow(1)).toBe(40)
    })

    it('of an object that came from another session', async () => {
      const ann = await session.getOne(Author, 1)
      session.expunge(ann)
      await elsewhere(1, 50)
      await using other = db.sessions.open()
      await other.begin()
      other.add(ann)
      await other.scalars(select(Author).where(a.id.eq(1)).forUpdate()).one()
      ann.age -= 10
      await other.commit()
      expect(await ageInRow(1)).toBe(40)
    })

    it('but not in the same one, once the row was read whole', async () => {
      await session.begin()
      const ann = await session.getOne(Author, 1)
      await session.execute(update(Author).set({ age: 7 }), { synchronizeSession: false }).catch(() => {})
      await session.execute(sql`update authors set age = 7`)
      await session.scalars(select(Author)).all()
      expect(ann.age).toBe(100)
      await session.refresh(ann)
      expect(ann.age).toBe(7)
    })

    it('and references that selectinload brings, as those that joinedload does', async () => {
      const ann = await session.getOne(Author, 1)
      await elsewhere(1, 51)
      await session.scalars(select(Book).options(selectinload(b.author))).all()
      expect(ann.age).toBe(51)
    })
  })

  describe('a reference whose key moved', () => {
    const read = async (): Promise<{ ann: Author; bob: Author; book: Book }> => {
      const [ann, bob] = await session.scalars(select(Author).options(selectinload(a.books)).orderBy(a.id)).all()
      const book = await session.getOne(Book, 1)
      if (!ann || !bob) throw new TypeError('There are two authors.')
      await session.load(book, b.author)
      expect([book.author === bob, bob.books.includes(book), ann.books.includes(book)]).toEqual([true, true, false])
      return { ann, bob, book }
    }

    it('is not loaded any more, on both sides, and can be given back', async () => {
      const { ann, bob, book } = await read()
      await db.engine.execute(update(Book).set({ authorId: 1 }).where(b.id.eq(1)))
      await session.scalars(select(Book)).all()
      expect(book.authorId).toBe(1)
      expect(() => book.author).toThrow(NotLoadedError)
      expect(bob.books.map(({ id }) => id)).toEqual([2])
      expect(ann.books.map(({ id }) => id)).toEqual([3, 1])
      expect(session.dirty.size).toBe(0)
      book.author = bob
      await session.commit()
      expect(
        await db.engine
          .execute(select(b.authorId).where(b.id.eq(1)))
          .scalars()
          .one(),
      ).toBe(2)
    })

    it('keeps what the user assigned', async () => {
      const { ann, book } = await read()
      await db.engine.execute(sql`insert into authors (email) values ('cy@x')`)
      await db.engine.execute(update(Book).set({ authorId: 3 }).where(b.id.eq(1)))
      book.author = ann
      await session.noAutoflush(async () => await session.scalars(select(Book)).all())
      expect(book.author).toBe(ann)
      await session.commit()
      expect(
        await db.engine
          .execute(select(b.authorId).where(b.id.eq(1)))
          .scalars()
          .one(),
      ).toBe(1)
    })

    it('is read anew by refresh of the key alone', async () => {
      const { bob, book } = await read()
      await db.engine.execute(update(Book).set({ authorId: 1 }).where(b.id.eq(1)))
      await session.refresh(book, ['authorId'])
      expect(() => book.author).toThrow(NotLoadedError)
      expect(bob.books).not.toContain(book)
    })

    it.each(['fetch', 'evaluate'] as const)(
      'by an UPDATE through the session (%s) leaves no stale list',
      async (how) => {
        const { ann, bob, book } = await read()
        await session.execute(update(Book).set({ authorId: 1 }).where(b.id.eq(1)), { synchronizeSession: how })
        expect(bob.books).not.toContain(book)
        expect(ann.books).toContain(book)
        bob.books.splice(0, bob.books.length, ...bob.books.filter((each) => each !== book))
        await session.flush()
        expect(book.authorId).toBe(1)
        await session.rollback()
        expect(bob.books).toContain(book)
        expect(ann.books).not.toContain(book)
        expect(book.authorId).toBe(2)
      },
    )
  })

  it('a bulk load leaves no stale list either', async () => {
    const bob = await session.getOne(Author, 2)
    await session.load(bob, a.books)
    const [book] = bob.books
    await session.bulk(bulkUpdate(Book, [{ id: 1, authorId: 1 }]))
    expect(book?.id).toBe(1)
    expect(() => bob.books).toThrow(NotLoadedError)
    await session.load(bob, a.books)
    expect(bob.books.map(({ id }) => id)).toEqual([2])
  })

  describe('refresh', () => {
    it('drops nothing where the row is gone', async () => {
      const book = await session.getOne(Book, 1)
      book.title = 'Edited'
      await db.engine.execute(deleteFrom(Book).where(b.id.eq(1)))
      await expect(session.refresh(book)).rejects.toThrow(ObjectDeletedError)
      expect([book.title, book.authorId]).toEqual(['Edited', 2])
    })

    it('drops what was assigned unseen, and edits', async () => {
      const book = await session.getOne(Book, 1)
      book.title = 'Edited'
      book.summary = 'unseen'
      await session.refresh(book)
      expect(book.title).toBe('One')
      expect(() => book.summary).toThrow(NotLoadedError)
      expect(session.dirty.size).toBe(0)
    })
  })
})
