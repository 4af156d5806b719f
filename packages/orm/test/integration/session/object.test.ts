// Objects of a session: how they are made, what is set, loaded and changed, which row they are.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { create, inspect, NotLoadedError, ObjectDeletedError, type Session } from '@oriel/orm'
import { ArgumentError, entity, insert, select, sql, types as t, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, Gadget, office, Reading, Specimen, Widget } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const specimen = (): Specimen =>
  Object.assign(new Specimen(), {
    amount: '12.50',
    payload: { tags: ['a'] },
    numbers: [1, 2],
    bytes: new Uint8Array([1, 2]),
    big: 9007199254740993n,
  })

describeLane('objects of a session', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books, specimens, readings, gadgets, widgets restart identity`)
    await db.engine.execute(insert(Author).values([{ email: 'ann@x' }, { email: 'bob@x' }]))
    await db.engine.execute(insert(Book).values([{ title: 'One', authorId: 1 }]))
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  describe('SEMANTICS 15: loading', () => {
    it('runs no constructor and no field initialiser, unless the class asks for it', async () => {
      await db.engine.execute(insert(Gadget).values({ name: 'g' }))
      await db.engine.execute(sql`insert into widgets (name) values ('w')`)
      const plain = await session.getOne(Author, 1)
      expect(plain.greet()).toBe('I am ann@x')
      expect(Object.keys(plain)).toEqual(['id', 'email', 'age'])
      const gadget = await session.getOne(Gadget, 1)
      expect(gadget.shout()).toBe('G')
      const widget = await session.getOne(Widget, 1)
      expect(widget).toBeInstanceOf(Widget)
      expect(widget.origin).toBe('made')
      expect(session.dirty.size).toBe(0)
      gadget.name = 'h'
      expect([...session.dirty]).toEqual([gadget])
    })

    it('and new objects are made by new, or by create, which checks', () => {
      expect(create(Author, { email: 'x' })).toBeInstanceOf(Author)
      expect(() => create(Author, JSON.parse('{"emial": "x"}'))).toThrow("Author has no property 'emial'")
      expect(() => create(Book, JSON.parse('{"authorId": 1}'))).toThrow('create(Book) lacks title')
    })

    it('from above too: a collection gives its members the reference, and the flush asks who has none', async () => {
      const eve = create(Author, { email: 'eve@x', books: [create(Book, { title: 'Two' })] })
      session.add(eve)
      await session.commit()
      expect(eve.books.map(({ authorId }) => authorId)).toEqual([eve.id])
      session.add(create(Book, { title: 'Three' }))
      await expect(session.flush()).rejects.toThrow(
        'Book.authorId of a new Book is not set, and cannot be null.\n  It has no default: give it a value, or set author.',
      )
    })
  })

  describe('what is no number', () => {
    it('is no value of a decimal, new or changed; the text is, as the server has it', async () => {
      const made = specimen()
      made.amount = Number('x') as unknown as Specimen['amount']
      session.add(made)
      await expect(session.flush()).rejects.toThrow(
        "Specimen.amount expects a finite number (or the text 'NaN'), got NaN (number)",
      )
      made.amount = 'NaN' as Specimen['amount']
      await session.flush()
      Reflect.set(made, 'amount', Number.POSITIVE_INFINITY)
      await expect(session.flush()).rejects.toThrow(ArgumentError)
    })
  })

  describe('SEMANTICS 16: the state of a property', () => {
    // What can be done to a property of a persistent object in each of its states.
    const states = {
      async unloaded(): Promise<Book> {
        return await session.getOne(Book, 1)
      },
      async expired(): Promise<Book> {
        const book = await session.getOne(Book, 1)
        await session.load(book, entity(Book).author)
        session.expire(book)
        return book
      },
    }
    const properties = ['summary', 'author'] as const

    it.each(Object.keys(states).flatMap((state) => properties.map((property) => [state, property] as const)))(
      '%s %s: reading raises, JSON leaves it out',
      async (state, property) => {
        const book = await states[state === 'expired' ? 'expired' : 'unloaded']()
        expect(() => book[property]).toThrow(NotLoadedError)
        expect(() => book[property]).toThrow(`Book.${property} is not loaded (Book 1)`)
        expect(JSON.parse(JSON.stringify(book))).not.toHaveProperty(property)
        expect({ ...book }).not.toHaveProperty(property)
        expect(inspect(book).isLoaded(property)).toBe(false)
        expect(session.dirty.size).toBe(0)
      },
    )

    it.each(Object.keys(states))(
      '%s column: assigning writes it, deleting the row needs nothing more',
      async (state) => {
        const book = await states[state === 'expired' ? 'expired' : 'unloaded']()
        book.summary = 'now'
        expect(inspect(book).isLoaded('summary')).toBe(true)
        db.sent()
        await session.flush()
        expect(db.sent()).toEqual(['begin', 'update books set summary = $1 where id = $2'])
        session.delete(book)
        await session.commit()
        expect(db.sent()).toEqual(['delete from books where id = $1', 'commit'])
      },
    )

    it.each(Object.keys(states))('%s reference: assigning writes its key, and only where it differs', async (state) => {
      const book = await states[state === 'expired' ? 'expired' : 'unloaded']()
      if (state === 'expired') await session.refresh(book)
      book.author = await session.getOne(Author, 1)
      db.sent()
      await session.flush()
      expect(db.sent()).toEqual([])
      book.author = await session.getOne(Author, 2)
      expect([...session.dirty]).toEqual([book])
      db.sent()
      await session.flush()
      expect(db.sent()).toEqual(['begin', 'update books set author_id = $1 where id = $2'])
      expect(book.authorId).toBe(2)
    })

    it('unset on transient and pending objects reads undefined, and settles with the first flush', async () => {
      const author = new Author()
      expect([author.id, author.books]).toEqual([undefined, undefined])
      author.email = 'new@x'
      session.add(author)
      expect(author.books).toEqual([])
      const book = Object.assign(new Book(), { title: 'Two', authorId: 1 })
      session.add(book)
      expect(book.author).toBeUndefined()
      await session.flush()
      expect(author.books).toEqual([])
      expect(author.age).toBe(30)
      expect(book.summary).toBeNull()
      expect(() => book.author).toThrow(NotLoadedError)
      expect(session.dirty.size).toBe(0)
    })

    it('of an object without a row is not forgotten', async () => {
      const author = Object.assign(new Author(), { email: 'new@x' })
      session.add(author)
      expect(() => session.expire(author)).toThrow('expire(): the object is pending; there is no row to read again.')
      await session.flush()
      expect(author.email).toBe('new@x')
      session.delete(author)
      await session.flush()
      expect(() => session.expire(author, ['email'])).toThrow('expire(): the object is deleted')
    })

    it('undefined in a persistent column is an error before SQL', async () => {
      const author = await session.getOne(Author, 1)
      Reflect.set(author, 'email', undefined)
      db.sent()
      await expect(session.flush()).rejects.toThrow(ArgumentError)
      expect(db.sent()).toEqual([])
    })

    it('is told by inspect', async () => {
      const author = await session.getOne(Author, 1)
      author.age = 31
      expect(inspect(author)).toMatchObject({ state: 'persistent' })
      expect(inspect(author).changes()).toEqual({ age: { from: 30, to: 31 } })
      expect(inspect(new Author()).state).toBe('transient')
      session.expunge(author)
      expect(inspect(author).state).toBe('detached')
    })
  })

  it('SEMANTICS 17: state sits beside the object', async () => {
    const author = await session.getOne(Author, 1)
    expect(Reflect.ownKeys(author)).toEqual(['id', 'email', 'age'])
    expect(structuredClone(author)).toEqual({ id: 1, email: 'ann@x', age: 30 })
    expect(inspect({ ...author }).state).toBe('transient')
    await using other = db.sessions.open()
    expect(author).toEqual(await other.getOne(Author, 1))
    expect(author).not.toEqual(await other.getOne(Author, 2))
  })

  it('SEMANTICS 18: a back reference is readable, and no key', async () => {
    const author = await session.getOne(Author, 1)
    await session.load(author, entity(Author).books)
    const [book] = author.books
    expect(book?.author).toBe(author)
    expect(Object.keys(book ?? {})).not.toContain('author')
    expect(JSON.parse(JSON.stringify(author))).toEqual({
      id: 1,
      email: 'ann@x',
      age: 30,
      books: [{ id: 1, title: 'One', authorId: 1 }],
    })
    const cycle = Object.assign(new Book(), { title: 'Two', author })
    author.books.push(cycle)
    expect(JSON.parse(JSON.stringify(cycle)).author.books).toHaveLength(1)
    session.add(Object.assign(specimen(), { note: 'x' }))
    expect(JSON.stringify([...session.new].find((each) => each instanceof Specimen))).toContain(
      '"big":"9007199254740993"',
    )
  })

  describe('SEMANTICS 21: changes', () => {
    it('are not seen where nothing was touched: microseconds survive', async () => {
      await db.engine.execute(
        insert(Specimen).values({ amount: '1', payload: { tags: [] }, numbers: [], bytes: new Uint8Array(), big: 1n }),
      )
      const one = await session.getOne(Specimen, 1)
      expect(one.at.getTime()).toBe(Date.UTC(2024, 0, 2, 3, 4, 5, 123))
      one.at = new Date(one.at)
      one.note = 'touched'
      db.sent()
      await session.commit()
      expect(db.sent()).toEqual(['begin', 'update specimens set note = $1 where id = $2', 'commit'])
      const at = await db.engine.execute(sql`select at::text from specimens`.columns([t.text()])).one()
      expect(at[0]).toContain('05.123456')
    })

    it.each<[string, (one: Specimen) => void, string]>([
      ['Date', (one) => one.at.setUTCDate(9), 'at'],
      ['json', (one) => void one.payload.tags.push('b'), 'payload'],
      ['array', (one) => void one.numbers.push(3), 'numbers'],
      ['bytea', (one) => void one.bytes.set([9], 0), 'bytes'],
    ])('in place of a %s are found, written, and undone by a rollback', async (_, change, column) => {
      const one = specimen()
      session.add(one)
      await session.commit()
      await session.refresh(one)
      const before = structuredClone({ ...one })
      change(one)
      expect([...session.dirty]).toEqual([one])
      db.sent()
      await session.flush()
      expect(db.sent()).toEqual(['begin', `update specimens set ${column === 'at' ? 'at' : column} = $1 where id = $2`])
      expect(session.dirty.size).toBe(0)
      await session.rollback()
      expect({ ...one }).toEqual(before)
    })

    it('of numbers are by value', async () => {
      const one = specimen()
      session.add(one)
      await session.commit()
      for (const same of ['12.5', '12.50', '012.500', '+12.5']) {
        one.amount = same
        expect(session.isModified(one)).toBe(false)
      }
      one.amount = '-12.5'
      expect(session.isModified(one)).toBe(true)
    })
  })

  describe('SEMANTICS 22: identity', () => {
    it('is normalised: one integer, uuid, instant is one key however it is given', async () => {
      const one = await session.getOne(Author, 1)
      expect(await session.get(Author, '1')).toBe(one)
      expect(await session.get(Author, 1n)).toBe(one)
      expect(await session.get(Author, '01')).toBe(one)
      const sensor = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'
      const at = new Date('2024-01-02T03:04:05.678Z')
      const reading = Object.assign(new Reading(), { sensor, sequence: 9007199254740993n, at, position: 1 })
      session.add(reading)
      await session.commit()
      const key = { sensor: sensor.toLowerCase(), sequence: 9007199254740993n, at: new Date(at) }
      expect(await session.get(Reading, key)).toBe(reading)
      await using other = db.sessions.open()
      const again = await other.getOne(Reading, { ...key, sensor })
      expect(again).toBe(await other.get(Reading, key))
      expect(again.position).toBe(1)
    })

    it.each<[string, unknown]>([
      ['an unsafe integer', 2 ** 53],
      ['NaN', Number.NaN],
      ['a fraction', 1.5],
      ['null', null],
      ['undefined', undefined],
      ['a word', 'x'],
    ])('refuses %s', async (_, key) => {
      await expect(Reflect.apply(session.get, session, [Author, key])).rejects.toThrow(ArgumentError)
    })

    it.each<[string, unknown]>([
      ['a missing part', { sensor: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', sequence: 1n }],
      ['an unknown part', { sensor: 'x', sequence: 1n, at: new Date(), sort: 1 }],
      ['an invalid date', { sensor: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', sequence: 1n, at: new Date(Number.NaN) }],
      ['a value alone', 1],
      ['a list', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1n, new Date(0)]],
    ])('of several columns refuses %s', async (_, key) => {
      if (typeof key === 'number' || Array.isArray(key))
        await expect(Reflect.apply(session.get, session, [Reading, key])).rejects.toThrow(
          'The key of Reading is an object: { sensor, sequence, at }.',
        )
      await expect(Reflect.apply(session.get, session, [Reading, key])).rejects.toThrow(ArgumentError)
    })
  })

  it('SEMANTICS 23: the identity map is strong, and warns of its size once', async () => {
    await using small = db.factory({ identityMapWarnAt: 2 }).open()
    expect(db.warnings.filter((each) => each.startsWith('identity-map-size'))).toEqual([])
    await small.scalars(select(Author)).all()
    await small.scalars(select(Book)).all()
    expect(db.warnings.filter((each) => each.startsWith('identity-map-size'))).toHaveLength(1)
    expect(db.warnings.join()).toContain('expungeAll()')
  })

  describe('SEMANTICS 24: rows read again', () => {
    const elsewhere = async (age: number): Promise<void> => {
      await db.engine.execute(update(Author).set({ age }).where(entity(Author).id.eq(1)))
    }

    it('refresh what is unmodified, in a later transaction', async () => {
      const author = await session.getOne(Author, 1)
      author.email = 'mine@x'
      await elsewhere(50)
      await session.noAutoflush(async () => await session.scalars(select(Author)).all())
      expect([author.age, author.email]).toEqual([50, 'mine@x'])
      expect(inspect(author).changes()).toEqual({ email: { from: 'ann@x', to: 'mine@x' } })
    })

    it('fill only what is not loaded, within a transaction', async () => {
      await session.begin()
      const author = await session.getOne(Author, 1)
      session.expire(author, ['email'])
      expect(() => author.email).toThrow(
        'Author.email is not loaded (Author 1): it was expired by expire().\n  Read the row again: await session.refresh(author).',
      )
      await session.execute(sql`update authors set age = 50, email = 'other@x' where id = 1`)
      await session.scalars(select(Author)).all()
      expect([author.age, author.email]).toEqual([30, 'other@x'])
      await session.refresh(author)
      expect(author.age).toBe(50)
    })

    it('by refresh of a reference alone, with its key where that was forgotten', async () => {
      const book = await session.getOne(Book, 1)
      session.expire(book)
      await session.refresh(book, ['author'])
      expect([book.author.email, book.authorId]).toEqual(['ann@x', 1])
      expect(() => book.title).toThrow(NotLoadedError)
    })

    it('expire with a commit only where that is asked', async () => {
      const author = await session.getOne(Author, 1)
      await session.commit()
      expect(author.age).toBe(30)
      await using expiring = db.factory({ expireOnCommit: true }).open()
      const other = await expiring.getOne(Author, 1)
      await expiring.begin()
      await expiring.commit()
      expect(() => other.age).toThrow(NotLoadedError)
      expect(() => other.age).toThrow('it was expired by a commit, since the session has expireOnCommit.')
      expect(other.id).toBe(1)
      expect(await expiring.get(Author, 1)).toBe(other)
      expect(other.age).toBe(30)
    })

    it('of what was deleted elsewhere: get gives null, refresh says so', async () => {
      const author = await session.getOne(Author, 2)
      await db.engine.execute(sql`delete from authors where id = 2`)
      await expect(session.refresh(author)).rejects.toThrow(ObjectDeletedError)
      expect(await session.get(Author, 2)).toBeNull()
    })
  })

  it('reads a class with a deferred column by key once', async () => {
    const book = await session.getOne(Book, 1)
    db.sent()
    expect(await session.get(Book, 1)).toBe(book)
    expect(db.sent()).toEqual([])
    await session.refresh(book, ['summary'])
    expect(book.summary).toBeNull()
  })

  it('merges the values of an object from elsewhere', async () => {
    const detached = Object.assign(new Author(), {
      id: 1,
      email: 'merged@x',
      books: [Object.assign(new Book(), { title: 'New' })],
    })
    const merged = await session.merge(detached)
    expect(merged).toBe(await session.get(Author, 1))
    expect(merged).not.toBe(detached)
    expect(merged.email).toBe('merged@x')
    await session.noAutoflush(async () => expect(session.new.size).toBe(1))
    const unknown = await session.merge(Object.assign(new Author(), { id: 9, email: 'nine@x' }))
    expect(inspect(unknown).state).toBe('pending')
  })
})
