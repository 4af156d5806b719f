// What a property is that holds nothing, row by row of the table in docs/sessions.md: unset, unloaded, expired or deferred, and what
// reading it, assigning it, deleting its object and JSON make of that.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, NotLoadedError, type Session } from '@oriel/orm'
import { InvalidRequestError, insert, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('SEMANTICS 16: a property that holds nothing', (lane) => {
  let db: Recorded
  let session: Session
  let ann: Author

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(insert(Author).values([{ email: 'ann@x' }, { email: 'bob@x' }]))
    await db.engine.execute(insert(Book).values({ title: 'One', authorId: 2, summary: 'long' }))
    session = db.sessions.open()
    ann = await session.getOne(Author, 1)
  })
  afterEach(() => session.close())

  /** An added object whose property is unset; what else it needs is there. */
  const added = async (object: object): Promise<object> => {
    session.add(object)
    return object
  }
  const expired = async (object: object): Promise<object> => {
    session.expire(object)
    return object
  }

  interface Case {
    readonly make: () => Promise<object>
    readonly property: string
    /** What reading gives; null where it raises. */
    readonly read: { readonly value: unknown } | null
    readonly assign: () => unknown
    /** What the next flush sends for the assignment, its BEGIN left out; null where it is refused. */
    readonly written: readonly (string | RegExp)[] | null
    /** What the flush sends for a deletion of the object; null where there is nothing to delete. */
    readonly deleted: readonly string[] | null
    /** Does JSON show it? */
    readonly isShown: boolean
  }

  const deleteBook = ['delete from books where id = $1']
  const deleteAuthor = ['delete from authors where id = $1']
  const cases: Readonly<Record<string, Case>> = {
    'unset column': {
      make: () => added(Object.assign(new Book(), { title: 'Two', authorId: 1 })),
      property: 'summary',
      read: { value: undefined },
      assign: () => 'now',
      written: ['insert into books (title, author_id, summary) values ($1, $2, $3) returning id'],
      deleted: null,
      isShown: false,
    },
    'unset reference': {
      make: () => added(Object.assign(new Book(), { title: 'Two' })),
      property: 'author',
      read: { value: undefined },
      assign: () => ann,
      written: ['insert into books (title, author_id) values ($1, $2) returning id'],
      deleted: null,
      isShown: false,
    },
    'unset collection': {
      make: () => added(Object.assign(new Author(), { email: 'new@x' })),
      property: 'books',
      read: { value: [] },
      assign: () => [Object.assign(new Book(), { title: 'Two' })],
      written: [
        'insert into authors (email) values ($1) returning id, age',
        'insert into books (title, author_id) values ($1, $2) returning id',
      ],
      deleted: null,
      isShown: true,
    },
    'unloaded reference': {
      make: () => session.getOne(Book, 1),
      property: 'author',
      read: null,
      assign: () => ann,
      written: ['update books set author_id = $1 where id = $2'],
      deleted: deleteBook,
      isShown: false,
    },
    'unloaded collection': {
      make: async () => ann,
      property: 'books',
      read: null,
      assign: () => [],
      written: null,
      deleted: deleteAuthor,
      isShown: false,
    },
    'expired column': {
      make: async () => expired(await session.getOne(Book, 1)),
      property: 'title',
      read: null,
      assign: () => 'Uno',
      written: ['update books set title = $1 where id = $2'],
      deleted: deleteBook,
      isShown: false,
    },
    'expired reference': {
      make: async () => expired(await session.getOne(Book, 1)),
      property: 'author',
      read: null,
      assign: () => ann,
      written: ['update books set author_id = $1 where id = $2'],
      deleted: deleteBook,
      isShown: false,
    },
    'expired collection': {
      make: () => expired(ann),
      property: 'books',
      read: null,
      assign: () => [],
      written: null,
      deleted: deleteAuthor,
      isShown: false,
    },
    'deferred column': {
      make: () => session.getOne(Book, 1),
      property: 'summary',
      read: null,
      assign: () => 'now',
      written: ['update books set summary = $1 where id = $2'],
      deleted: deleteBook,
      isShown: false,
    },
  }

  const sent = (): string[] => db.sent().filter((text) => text !== 'begin')
  const all = Object.entries(cases)

  it.each(all)('%s: read', async (_, { make, property, read }) => {
    const object = await make()
    db.sent()
    if (read) expect(Reflect.get(object, property)).toEqual(read.value)
    else expect(() => Reflect.get(object, property)).toThrow(NotLoadedError)
    expect(inspect(object).isLoaded(property)).toBe(read?.value !== undefined)
    expect(sent()).toEqual([])
  })

  it.each(all)('%s: assign', async (_, { make, property, assign, written }) => {
    const object = await make()
    const value = assign()
    Reflect.set(object, property, value)
    expect(Reflect.get(object, property)).toBe(value)
    db.sent()
    if (written) {
      await session.flush()
      expect(sent()).toEqual(written)
      expect(Reflect.get(object, property)).toBe(value)
      expect(session.dirty.size).toBe(0)
    } else {
      await expect(session.flush()).rejects.toThrow(NotLoadedError)
      expect(sent()).toEqual([])
    }
  })

  it.each(all)('%s: delete the object', async (_, { make, deleted }) => {
    const object = await make()
    db.sent()
    if (!deleted) return expect(() => session.delete(object)).toThrow(InvalidRequestError)
    session.delete(object)
    await session.flush()
    expect(sent()).toEqual(deleted)
  })

  it.each(all)('%s: JSON', async (_, { make, property, isShown }) => {
    const object = await make()
    const shown = property in JSON.parse(JSON.stringify(object))
    expect(shown).toBe(isShown)
    expect(Object.hasOwn(structuredClone(object), property) && Reflect.get(object, property) !== undefined).toBe(
      isShown,
    )
  })

  describe('of a transient object', () => {
    it('unset reads undefined whatever it is, and is nothing in JSON', () => {
      const author = Object.assign(new Author(), { email: 'new@x' })
      expect([author.id, author.age, author.books]).toEqual([undefined, undefined, undefined])
      expect(JSON.parse(JSON.stringify(author))).toEqual({ email: 'new@x' })
    })
  })

  it('a loaded column that is taken off with delete is not loaded any more, and writes nothing', async () => {
    Reflect.deleteProperty(ann, 'age')
    expect(() => ann.age).toThrow(NotLoadedError)
    db.sent()
    await session.flush()
    expect(sent()).toEqual([])
    await session.refresh(ann)
    expect(ann.age).toBe(30)
  })
})
