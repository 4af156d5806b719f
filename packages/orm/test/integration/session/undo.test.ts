// What a rollback undoes: what was dropped, what was first read, what is let go with a session that closes.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { PendingRollbackError } from '@oriel/engine'
import { inspect, NotLoadedError, type Session, selectinload } from '@oriel/orm'
import { entity, func, InvalidRequestError, insert, select, sql, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const author = (email: string): Author => Object.assign(new Author(), { email })

describeLane('what a rollback undoes', (lane) => {
  let db: Recorded
  let session: Session
  const stored = async (): Promise<number> => await db.engine.execute(select(func.count()).from(Author)).scalars().one()

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(sql`insert into authors (email, age) values ('ann@x', 30)`)
    await db.engine.execute(sql`insert into books (title, author_id) values ('One', 1)`)
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  describe('what was dropped is there again', () => {
    it.each<[string, (ann: Author) => Promise<void>]>([
      ['refresh', async (ann) => await session.refresh(ann)],
      ['expire', async (ann) => session.expire(ann)],
      ['expire of some', async (ann) => session.expire(ann, ['age', 'books'])],
    ])('by %s', async (_, drop) => {
      const ann = await session.getOne(Author, 1)
      await session.load(ann, a.books)
      const { books } = ann
      await session.begin()
      await drop(ann)
      db.sent()
      await session.rollback()
      expect([ann.email, ann.age]).toEqual(['ann@x', 30])
      expect(ann.books).toEqual(books)
      expect(db.sent()).toEqual(['rollback'])
    })
  })

  describe('what was first read behind a write is read anew', () => {
    it('after a rollback', async () => {
      await session.begin()
      await session.execute(update(Author).set({ age: 99 }).where(a.id.eq(1)))
      const ann = await session.getOne(Author, 1)
      expect(ann.age).toBe(99)
      await session.rollback()
      expect(() => ann.age).toThrow(NotLoadedError)
      expect(await session.getOne(Author, 1)).toBe(ann)
      expect(ann.age).toBe(30)
    })

    it('and is missed where the row is gone', async () => {
      await session.begin()
      await session.execute(insert(Author).values({ email: 'ghost@x' }))
      const ghost = await session.scalars(select(Author).where(a.email.eq('ghost@x'))).one()
      await session.rollback()
      expect(await session.get(Author, ghost.id)).toBeNull()
    })

    it('after the rollback of a savepoint, where what was read before it stays', async () => {
      await session.begin()
      const ann = await session.getOne(Author, 1)
      let book: Book | null = null
      await session
        .nested(async () => {
          await session.execute(sql`update books set title = 'ZZ'`)
          await session.execute(sql`update authors set age = 99`)
          book = await session.getOne(Book, 1)
          throw new Error('back')
        })
        .catch(() => {})
      expect(ann.age).toBe(30)
      expect(await session.scalars(select(Book)).one()).toBe(book)
      expect(book).toMatchObject({ title: 'One' })
    })

    it('members of a collection, too', async () => {
      const ann = await session.getOne(Author, 1)
      await session.begin()
      await session.execute(sql`insert into books (title, author_id) values ('Ghost', 1)`)
      await session.load(ann, a.books)
      expect(ann.books).toHaveLength(2)
      await session.rollback()
      expect(() => ann.books).toThrow(NotLoadedError)
    })

    it('but not where nothing was written, or what was read before', async () => {
      await session.begin()
      const ann = await session.scalars(select(Author).options(selectinload(a.books)).forUpdate()).one()
      await session.execute(sql`update authors set age = 99`)
      db.sent()
      await session.rollback()
      expect([ann.age, ann.books.length]).toEqual([30, 1])
    })

    it('what was read inside a released savepoint goes with the transaction', async () => {
      await session.begin()
      let ann: Author | null = null
      await session.nested(async () => {
        await session.execute(sql`update authors set age = 99`)
        ann = await session.getOne(Author, 1)
      })
      expect(ann).toMatchObject({ age: 99 })
      await session.rollback()
      expect(await session.getOne(Author, 1)).toBe(ann)
      expect(ann).toMatchObject({ age: 30 })
    })
  })

  describe('close', () => {
    it('rolls objects back: what was new can be added to another session', async () => {
      const bob = author('bob@x')
      session.add(bob)
      await session.flush()
      await session.close()
      expect([inspect(bob).state, bob.id]).toEqual(['transient', undefined])
      await db.sessions.begin(async (other) => other.add(bob))
      expect(await stored()).toBe(2)
    })

    it('and what was changed is as it was', async () => {
      const ann = await session.getOne(Author, 1)
      ann.age = 31
      await session.flush()
      await session.close()
      expect([inspect(ann).state, ann.age]).toEqual(['detached', 30])
      await db.sessions.begin(async (other) => {
        other.add(ann)
        ann.age = 31
      })
      expect(
        await db.engine
          .execute(select(a.age).where(a.id.eq(1)))
          .scalars()
          .one(),
      ).toBe(31)
    })
  })

  it('an object that was deleted and committed is not taken for a stored one', async () => {
    await db.engine.execute(sql`truncate books`)
    const ann = await session.getOne(Author, 1)
    session.delete(ann)
    await session.commit()
    expect(inspect(ann).state).toBe('detached')
    expect(() => session.add(ann)).toThrow(InvalidRequestError)
    await using other = db.sessions.open()
    expect(() => other.add(ann)).toThrow('Author 1 was deleted')
  })

  describe('SEMANTICS 11: a failed flush refuses', () => {
    it('all but rollback, close and expunge', async () => {
      const ann = await session.getOne(Author, 1)
      session.add(author('ann@x'))
      await expect(session.flush()).rejects.toThrow('is already taken')
      expect(() => session.expire(ann)).toThrow(PendingRollbackError)
      expect(() => session.expungeAll()).toThrow(PendingRollbackError)
      expect(() => session.afterCommit(() => {})).toThrow(PendingRollbackError)
      await expect(session.noAutoflush(async () => {})).rejects.toThrow(PendingRollbackError)
      session.expunge(ann)
      await session.rollback()
    })
  })
})
