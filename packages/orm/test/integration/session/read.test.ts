// Reading through a session beyond `get` and `execute`: find with a filter, and rows that overwrite what is known.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, type Session, selectinload } from '@oriel/orm'
import { ArgumentError, entity, insert, select, sql, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { archive, Folder, Mark, Note } from '../../fixture/archive.ts'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const b = entity(Book)

describeLane('reading through a session', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(insert(Author).values([{ email: 'ann@x' }, { email: 'bob@x', age: 50 }, { email: 'cy@x' }]))
    await db.engine.execute(
      insert(Book).values([
        { title: 'One', authorId: 1 },
        { title: 'Two', authorId: 1 },
      ]),
    )
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  it('expunge takes along what cascades say, and leaves the rest', async () => {
    await using own = db.factory({ registry: archive }).open()
    const mark = new Mark()
    const note = Object.assign(new Note(), { marks: [mark] })
    const folder = Object.assign(new Folder(), { notes: [note] })
    own.add(folder)
    own.expunge(note)
    expect([folder, note, mark].map((each) => inspect(each).state)).toEqual(['pending', 'transient', 'transient'])
    expect([...own.new]).toEqual([folder])
  })

  describe('find', () => {
    it('gives all objects of a class, or those of a filter, in its order and number', async () => {
      expect(await session.find(Author).all()).toHaveLength(3)
      const young = await session
        .find(Author, (each) => ({ where: each.age.lt(40), orderBy: each.email.desc(), limit: 1, offset: 1 }))
        .all()
      expect(young.map(({ email }) => email)).toEqual(['ann@x'])
      expect(db.sent()).toEqual([
        'select id, email, age from authors',
        'select id, email, age from authors where age < $1 order by email desc limit $2 offset $3',
      ])
      const both = await session
        .find(Author, (each) => ({
          where: [each.age.lt(40), each.email.like('c%')],
          orderBy: [each.age, each.id],
        }))
        .one()
      expect(both).toBe(await session.get(Author, 3))
    })

    it('takes loaders, and flushes what it has to see', async () => {
      const bob = await session.getOne(Author, 2)
      bob.age = 20
      const [first] = await session
        .find(Author, (each) => ({ where: each.age.lt(25) }), selectinload(a.books).selectinload(b.author))
        .all()
      expect(first).toBe(bob)
      expect(bob.books).toEqual([])
      expect(await session.find(Author, (each) => ({ where: each.age.gt(99) })).first()).toBeNull()
    })

    it.each<[string, unknown, string]>([
      ['an option that a filter does not have', () => ({ wher: 1 }), "find(Author) has no option 'wher'"],
      ['undefined, which would widen it', () => ({ where: undefined }), 'where is undefined'],
      ['undefined in a list', () => ({ where: [undefined] }), 'undefined'],
      ['a condition in place of a filter', (each: typeof a) => each.id.eq(1), 'the filter gives an expression'],
      ['an object in place of the function', { where: a.id.eq(1) }, 'is a function of the entity'],
      ['a loader in place of the function', selectinload(a.books), 'the filter before them is undefined'],
      ['null', null, "find(Author): the filter is a function of the entity's attributes, not null."],
      ['a limit below zero', () => ({ limit: -1 }), 'limit()'],
    ])('refuses %s', (_, filter, message) => {
      const find = (): unknown => Reflect.apply(session.find, session, [Author, filter])
      expect(find).toThrow(ArgumentError)
      expect(find).toThrow(message)
      expect(db.sent()).toEqual([])
    })
  })

  describe('SEMANTICS 24: rows read again', () => {
    const elsewhere = async (): Promise<void> => {
      await db.engine.execute(update(Author).set({ age: 77, email: 'other@x' }).where(a.id.eq(1)))
    }

    it('do not overwrite what was assigned while it was expired', async () => {
      const ann = await session.getOne(Author, 1)
      session.expire(ann, ['email', 'age'])
      ann.email = 'mine@x'
      expect(await session.get(Author, 1)).toBe(ann)
      expect([ann.email, ann.age]).toEqual(['mine@x', 30])
      expect(inspect(ann).changes()).toEqual({ email: { from: 'ann@x', to: 'mine@x' } })
    })

    it('overwrite all with populateExisting, what the loaders bring too', async () => {
      const ann = await session.getOne(Author, 1)
      await session.load(ann, a.books)
      const books = ann.books
      const [one, two] = books
      await session.noAutoflush(async () => {
        ann.email = 'mine@x'
        if (one) one.title = 'Mine'
        books.splice(0, 1)
        await elsewhere()
        await db.engine.execute(update(Book).set({ title: 'Zwei' }).where(b.id.eq(2)))
        const statement = select(Author)
          .options(selectinload(a.books, (each) => ({ orderBy: each.id })))
          .where(a.id.eq(1))
        await session.scalars(statement).all()
        expect([ann.email, one?.title, books]).toEqual(['mine@x', 'Mine', [two]])
        await session.scalars(statement, { populateExisting: true }).all()
      })
      expect([ann.email, ann.age]).toEqual(['other@x', 77])
      expect(ann.books).toBe(books)
      expect(books.map(({ title }) => title)).toEqual(['One', 'Zwei'])
      expect(session.dirty.size).toBe(0)
    })

    it('of populateExisting are undone by a rollback like any other change', async () => {
      await session.begin()
      const ann = await session.getOne(Author, 1)
      await session.execute(sql`update authors set age = 50 where id = 1`)
      await session.scalars(select(Author)).all()
      expect(ann.age).toBe(30)
      await session.scalars(select(Author), { populateExisting: true }).all()
      expect(ann.age).toBe(50)
      await session.rollback()
      expect(ann.age).toBe(30)
    })
  })
})
