// When a session writes by itself, what it says is new or changed, and what UPDATE and DELETE of an entity do to its objects.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, NotLoadedError, type Session } from '@oriel/orm'
import {
  ArgumentError,
  and,
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
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const b = entity(Book)
const verbs = (texts: string[]): string[] => texts.map((text) => text.split(' ')[0] ?? '')

describeLane('a session writes', (lane) => {
  let db: Recorded
  let session: Session
  let ann: Author
  let bob: Author
  let book: Book

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(insert(Author).values([{ email: 'ann@x' }, { email: 'bob@x', age: 50 }]))
    await db.engine.execute(insert(Book).values({ title: 'One', authorId: 1 }))
    session = db.sessions.open()
    ann = await session.getOne(Author, 1)
    bob = await session.getOne(Author, 2)
    book = await session.getOne(Book, 1)
    db.sent()
  })
  afterEach(() => session.close())

  describe('SEMANTICS 25: autoflush', () => {
    it('before a statement that reads a class with changes, and not before others', async () => {
      ann.age = 31
      await session.scalars(select(Book)).all()
      expect(verbs(db.sent())).toEqual(['select'])
      await session.scalars(select(Author)).all()
      expect(verbs(db.sent())).toEqual(['begin', 'update', 'select'])
    })

    it.each<[string, (session: Session) => Promise<unknown>]>([
      ['a join', (s) => s.execute(select(b.id).join(a, a.id.eq(b.authorId))).all()],
      ['a subquery', (s) => s.execute(select(b.id).where(b.authorId.in(select(a.id)))).all()],
      ['a CTE', (s) => s.execute(select(select({ id: a.id }).cte('x'))).all()],
      ['raw sql', (s) => s.execute(sql`select 1`).all()],
      ['a condition on a relationship', (s) => s.scalars(select(Book).where((each) => each.author.has())).all()],
    ])('sees the class in %s', async (_, read) => {
      ann.age = 31
      await read(session)
      expect(verbs(db.sent())).toEqual(['begin', 'update', expect.stringMatching(/select|with/)])
    })

    it('not before one that reads the class of what a new object refers to, stored as it is', async () => {
      session.add(Object.assign(new Book(), { title: 'Two', author: ann }))
      await session.scalars(select(Author)).all()
      expect(verbs(db.sent())).toEqual(['select'])
      await session.scalars(select(Book)).all()
      expect(verbs(db.sent())).toEqual(['begin', 'insert', 'select'])
    })

    it('sees what a collection of another class gained', async () => {
      await session.load(ann, a.books)
      ann.books.push(Object.assign(new Book(), { title: 'Two' }))
      db.sent()
      expect(await session.scalars(select(Book)).all()).toHaveLength(2)
      expect(verbs(db.sent())).toEqual(['begin', 'insert', 'select'])
    })

    it('sees a reference that was assigned unseen', async () => {
      book.author = bob
      expect(await session.scalars(select(Book).where(b.authorId.eq(2))).all()).toEqual([book])
    })

    it('before get and load only where the class has pending or deleted objects', async () => {
      ann.age = 31
      await session.get(Author, 99)
      expect(verbs(db.sent())).toEqual(['select'])
      session.add(Object.assign(new Book(), { title: 'Two', authorId: 1 }))
      await session.get(Author, 98)
      expect(verbs(db.sent())).toEqual(['select'])
      await session.get(Book, 99)
      expect(verbs(db.sent())).toEqual(['begin', 'insert', 'update', 'select'])
      session.delete(book)
      expect(await session.get(Book, 1)).toBeNull()
      expect(verbs(db.sent())).toEqual(['delete', 'select'])
    })

    it('not at all inside noAutoflush, or with autoflush: false', async () => {
      ann.age = 31
      await session.noAutoflush(async () => await session.scalars(select(Author)).all())
      expect(verbs(db.sent())).toEqual(['select'])
      expect(ann.age).toBe(31)
      await using quiet = db.factory({ autoflush: false }).open()
      quiet.add(Object.assign(new Author(), { email: 'new@x' }))
      expect(await quiet.scalars(select(Author)).all()).toHaveLength(2)
    })

    it('a session that changed nothing sends nothing', async () => {
      ann.age = 31
      ann.age = 30
      book.author = ann
      await session.flush()
      await session.commit()
      expect(db.sent()).toEqual([])
      expect(session.inTransaction).toBe(false)
    })
  })

  it('SEMANTICS 26: new, dirty and deleted are fresh at each read, and dirty holds real differences', () => {
    const fresh = Object.assign(new Author(), { email: 'new@x' })
    session.add(fresh)
    const before = session.new
    expect([...before]).toEqual([fresh])
    session.expunge(fresh)
    expect([before.size, session.new.size]).toEqual([1, 0])
    ann.age = 31
    bob.age = 50
    expect([...session.dirty]).toEqual([ann])
    ann.age = 30
    expect(session.dirty.size).toBe(0)
    session.delete(book)
    expect([...session.deleted]).toEqual([book])
    expect(session.isModified(book)).toBe(false)
    expect(inspect(fresh).state).toBe('transient')
  })

  describe('SEMANTICS 27: DML through a session', () => {
    it('flushes first, whatever class it is of', async () => {
      book.title = 'Changed'
      await session.execute(update(Author).set({ age: 1 }).where(a.id.eq(1)))
      expect(verbs(db.sent())).toEqual(['begin', 'update', 'update'])
      await session.execute(insert(Author).values({ email: 'c@x' }))
      expect(verbs(db.sent())).toEqual(['insert'])
    })

    it('update refreshes the objects that are known, and makes none', async () => {
      const result = await session.execute(
        update(Author)
          .set({ age: a.age.add(1) })
          .everyRow(),
      )
      expect(result.rowCount).toBe(2)
      expect([ann.age, bob.age]).toEqual([31, 51])
      expect(db.sent().at(-1)).toBe('update authors set age = age + $1 returning id, email, age')
      expect(session.dirty.size).toBe(0)
      await session.commit()
      await using other = db.sessions.open()
      db.sent()
      await other.execute(update(Author).set({ age: 1 }).where(a.id.eq(1)))
      expect(db.sent()).toEqual(['begin', 'update authors set age = $1 where id = $2'])
    })

    it('gives the rows of the user, and refreshes beside them', async () => {
      const rows = await session.execute(update(Author).set({ age: 7 }).where(a.id.eq(1)).returning(a.email)).all()
      expect(rows).toEqual([['ann@x']])
      const named = await session
        .execute(update(Author).set({ age: 8 }).where(a.id.eq(1)).returning({ who: a.email }))
        .all()
      expect(named).toEqual([{ who: 'ann@x' }])
      expect(ann.age).toBe(8)
      const [entities] = await session.execute(update(Author).set({ age: 9 }).where(a.id.eq(1)).returning(Author)).all()
      expect(entities).toEqual([ann])
      expect(ann.age).toBe(9)
      expect(
        await session
          .execute(update(Author).set({ age: 10 }).where(a.id.eq(1)).returning(a.age))
          .scalars()
          .one(),
      ).toBe(10)
    })

    it('a key that was set makes its reference unloaded', async () => {
      await session.load(book, b.author)
      await session.execute(update(Book).set({ authorId: 2 }).where(b.id.eq(1)))
      expect(book.authorId).toBe(2)
      expect(() => book.author).toThrow(NotLoadedError)
    })

    it('delete takes the objects out, until a rollback', async () => {
      await session.load(ann, a.books)
      await session.execute(deleteFrom(Book).where(b.title.eq('One')))
      expect(inspect(book).state).toBe('deleted')
      expect(ann.books).toEqual([])
      await session.rollback()
      expect([inspect(book).state, ann.books]).toEqual(['persistent', [book]])
    })

    it('is worked out here with evaluate', async () => {
      const set = (where: RowCondition, age: number) =>
        session.execute(update(Author).set({ age }).where(where), { synchronizeSession: 'evaluate' })
      await set(and(a.email.eq('ann@x'), a.age.lt(40)), 1)
      expect(db.sent().at(-1)).not.toContain('returning')
      expect([ann.age, bob.age]).toEqual([1, 50])
      await set(a.id.in([2, 3]), 2)
      expect([ann.age, bob.age]).toEqual([1, 2])
      await set(a.age.ne(2), 3)
      expect([ann.age, bob.age]).toEqual([3, 2])
      db.sent()
      await expect(set(a.email.like('a%'), 4)).rejects.toThrow(InvalidRequestError)
      expect(db.sent()).toEqual([])
      await session.execute(deleteFrom(Book).where(b.id.eq(1)), { synchronizeSession: 'evaluate' })
      expect(inspect(book).state).toBe('deleted')
      await session.rollback()
      expect([ann.age, bob.age, inspect(book).state]).toEqual([30, 50, 'persistent'])
    })

    it('leaves the objects alone with false, and refuses what makes no sense', async () => {
      await session.execute(update(Author).set({ age: 1 }).where(a.id.eq(1)), { synchronizeSession: false })
      expect(ann.age).toBe(30)
      await expect(session.execute(select(Author), { synchronizeSession: 'fetch' }).all()).rejects.toThrow(
        ArgumentError,
      )
      const wrong = Reflect.apply(session.execute, session, [
        update(Author).set({ age: 1 }).where(a.id.eq(1)),
        { synchronizeSession: 'auto' },
      ])
      await expect(wrong).rejects.toThrow("synchronizeSession is 'fetch', 'evaluate' or false, not auto")
    })
  })
})
