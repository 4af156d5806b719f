// What people meet when they use a session: its errors, its refusals, what a console shows. Titled by the number of the promise.
import { inspect as show } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { laneName } from '@oriel/testing'
import fc from 'fast-check'
import {
  CompileError,
  ConcurrentSessionError,
  create,
  DatabaseError,
  type Engine,
  entity,
  ForeignKeyViolationError,
  func,
  InvalidRequestError,
  insert,
  inspect,
  NotLoadedError,
  PendingRollbackError,
  type Session,
  type SessionFactory,
  select,
  selectinload,
  sessionFactory,
  sql,
  UniqueViolationError,
} from 'oriel'
import { engineOn, freshLane } from '../fixture/lane.ts'
import { Author, Book, createPress, Edition, emptyPress, press, Review } from '../fixture/press.ts'

const a = entity(Author)
const b = entity(Book)
const author = (email: string): Author => create(Author, { email })

const { driver } = await freshLane()
const engine: Engine = engineOn(driver)
const sessions: SessionFactory = sessionFactory(engine, { registry: press })
const warnings: string[] = []
engine.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`))

const count = async (): Promise<number> => await engine.execute(select(func.count()).from(Author)).scalars().one()

/** The error of a transaction. */
async function failure(work: (session: Session) => unknown): Promise<unknown> {
  try {
    await sessions.begin(async (session) => void (await work(session)))
  } catch (error) {
    return error
  }
  return null
}

let session: Session

beforeAll(async () => {
  await createPress(engine)
})
beforeEach(async () => {
  await emptyPress(engine)
  await engine.execute(insert(Author).values([{ email: 'ann@x.io' }, { email: 'bob@x.io' }]))
  await engine.execute(insert(Book).values({ title: 'One', authorId: 1, sold: 2n ** 60n }))
  await engine.execute(insert(Edition).values({ bookId: 1, year: 2001 }))
  warnings.splice(0)
  session = sessions.open()
})
afterEach(() => session.close())

describe('EXPERIENCE 5: a unique violation speaks of the entity', () => {
  it('by a flush, with entity, property, value and constraint, on every driver alike', async () => {
    const error = await failure((own) => own.add(author('ann@x.io')))
    expect(error).toBeInstanceOf(UniqueViolationError)
    expect(String(error).split('\n')[0]).toBe(
      'UniqueViolationError: Author.email "ann@x.io" is already taken (constraint authors_email_key)',
    )
    expect(error).toMatchObject({
      entity: 'Author',
      property: 'email',
      value: 'ann@x.io',
      constraint: 'authors_email_key',
      sqlState: '23505',
    })
  })

  it('by an update, and for a key of several columns', async () => {
    const update = await failure(async (own) => {
      const ann = await own.getOne(Author, 1)
      ann.email = 'bob@x.io'
    })
    expect(String(update)).toContain('Author.email "bob@x.io" is already taken')
    const composite = await failure((own) => own.add(create(Edition, { bookId: 1, year: 2001 })))
    expect(String(composite)).toContain('Edition.(bookId, year) (1, 2001) is already taken')
    expect(composite).toMatchObject({ entity: 'Edition', property: '(bookId, year)', value: ['1', '2001'] })
  })
})

describe('EXPERIENCE 6: a foreign key says which side', () => {
  it('of a single column: what is missing, and what is still in use', async () => {
    const missing = await failure((own) => own.add(create(Book, { title: 'Two', authorId: 999 })))
    expect(missing).toBeInstanceOf(ForeignKeyViolationError)
    expect(String(missing)).toContain('Book.author 999 does not exist in Author')
    expect(missing).toMatchObject({ entity: 'Book', property: 'author' })
    const used = await failure(async (own) => own.delete(await own.getOne(Author, 1)))
    expect(used).toBeInstanceOf(ForeignKeyViolationError)
    expect(String(used)).toContain('Author.id 1 is still referenced by Book.author')
  })

  it('of several columns', async () => {
    const missing = await failure((own) => own.add(create(Review, { bookId: 1, year: 1999 })))
    expect(String(missing)).toContain('Review.edition (1, 1999) does not exist in Edition')
    await engine.execute(insert(Review).values({ bookId: 1, year: 2001 }))
    const used = await failure(async (own) => own.delete(await own.getOne(Edition, { bookId: 1, year: 2001 })))
    expect(String(used)).toContain('Edition.(bookId, year) (1, 2001) is still referenced by Review.edition')
  })
})

describe('EXPERIENCE 9: unloaded is never undefined', () => {
  it('to one and to many: the error names the entity, the property, the object and the ways out', async () => {
    const book = await session.getOne(Book, 1)
    expect(() => book.author).toThrow(NotLoadedError)
    expect(() => book.author).toThrow('Book.author is not loaded (Book 1).')
    expect(() => book.author).toThrow('.options(selectinload(entity(Book).author))')
    expect(() => book.author).toThrow('await session.load(book, entity(Book).author)')
    const ann = await session.getOne(Author, 1)
    expect(() => ann.books).toThrow('Author.books is not loaded (Author 1).')
    await session.load(book, b.author)
    expect(book.author).toBe(ann)
  })

  it('after it left its session, and after that was closed', async () => {
    const book = await session.getOne(Book, 1)
    session.expunge(book)
    expect(inspect(book).state).toBe('detached')
    expect(() => book.author).toThrow(NotLoadedError)
    const other = await session.getOne(Book, 1)
    await session.close()
    expect(() => other.author).toThrow(NotLoadedError)
    expect(() => other.editions).toThrow(NotLoadedError)
  })

  it('after the flush that stored it', async () => {
    const book = create(Book, { title: 'Two', authorId: 1 })
    session.add(book)
    expect(book.author).toBeUndefined()
    await session.flush()
    expect(() => book.author).toThrow('Book.author is not loaded (Book 2)')
    expect(book.editions).toEqual([])
  })
})

describe('EXPERIENCE 13: a failed flush loses nothing', () => {
  it('until a rollback every call says what was refused', async () => {
    session.addAll([author('new@x.io'), author('ann@x.io')])
    await expect(session.commit()).rejects.toThrow(UniqueViolationError)
    for (const call of [() => session.flush(), () => session.commit(), () => session.get(Author, 1)]) {
      const refused = await call().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(PendingRollbackError)
      expect(String(refused)).toContain('Author.email "ann@x.io" is already taken')
    }
    await session.rollback()
    await session.commit()
    expect(await count()).toBe(2)
  })

  it('mended and added again, new objects are stored; none is reported stored that is not', async () => {
    const [fresh, twin] = [author('new@x.io'), author('ann@x.io')]
    session.addAll([fresh, twin])
    await expect(session.flush()).rejects.toThrow(UniqueViolationError)
    await session.rollback()
    expect([fresh, twin].map((each) => [inspect(each).state, each.id])).toEqual([
      ['transient', undefined],
      ['transient', undefined],
    ])
    twin.email = 'eve@x.io'
    session.addAll([fresh, twin])
    await session.commit()
    expect(
      await engine.execute(select(a.email).where(a.id.in([Number(fresh.id), Number(twin.id)]))).all(),
    ).toHaveLength(2)
  })

  it('behind a savepoint the rest goes on, and what failed is stored at the second attempt', async () => {
    const twin = author('ann@x.io')
    await sessions.begin(async (own) => {
      own.add(author('first@x.io'))
      await own.nested(async () => own.add(twin)).catch(() => {})
      expect(inspect(twin).state).toBe('transient')
      twin.email = 'second@x.io'
      own.add(twin)
    })
    expect(await engine.execute(select(a.email).orderBy(a.id).offset(2)).scalars().all()).toEqual([
      'first@x.io',
      'second@x.io',
    ])
  })
})

describe('EXPERIENCE 14: Promise.all is safe, or refused at once', () => {
  it('in 100 random interleavings no row is lost, and every refusal shows both places', async () => {
    const verb = fc.constantFrom('add and flush', 'query', 'get', 'nested')
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(verb, fc.nat(2)), { minLength: 2, maxLength: 4 }), async (tasks) => {
        run++
        await using own = sessions.open()
        const added: Author[] = []
        const outcomes = await Promise.allSettled(
          tasks.map(async ([kind, ticks], i) => {
            for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
            if (kind === 'query') await own.execute(select(a.id).limit(1).orderBy(a.id)).all()
            else if (kind === 'get') await own.get(Author, 1)
            else if (kind === 'nested') await own.nested(async () => void (await own.get(Author, 2)))
            else {
              const one = author(`r${run}.${i}@x.io`)
              added.push(one)
              own.add(one)
              await own.flush()
            }
          }),
        )
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') {
            expect(outcome.reason).toBeInstanceOf(ConcurrentSessionError)
            expect((outcome.reason as Error).stack?.match(/experience\.test\.ts/g)?.length).toBeGreaterThanOrEqual(2)
          }
        await own.commit()
        const emails = added.map(({ email }) => email)
        const stored = await engine
          .execute(select(func.count()).from(a).where(a.email.in(emails)))
          .scalars()
          .one()
        expect(stored).toBe(added.length)
      }),
      { numRuns: 100 },
    )
  })
})

describe('EXPERIENCE 15: nothing leaks out of a transaction unseen', () => {
  const leak = async (own: SessionFactory): Promise<unknown> =>
    await own
      .begin(async () => {
        await own.begin(async (second) => second.add(author('leak@x.io')))
        throw new RangeError('back')
      })
      .catch((error: unknown) => error)

  it('strict: the outer factory inside the callback is refused, and there is no row', async () => {
    // One connection refuses by itself, whatever is strict.
    const isAlone = laneName() === 'pglite'
    const strict = isAlone ? engine : engineOn(driver, { strict: ['outside-transaction'] })
    const refused = await leak(sessionFactory(strict, { registry: press }))
    expect(refused).toBeInstanceOf(isAlone ? InvalidRequestError : CompileError)
    expect(String(refused)).toContain('inside the callback of sessions.begin')
    expect(await engine.execute(select(a.id).where(a.email.eq('leak@x.io'))).all()).toEqual([])
  })

  it('by default it is said with both places, or refused where there is one connection', async () => {
    const outcome = await leak(sessions)
    if (laneName() === 'pglite') expect(String(outcome)).toContain('inside the callback of sessions.begin')
    else {
      expect(outcome).toBeInstanceOf(RangeError)
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toContain('outside-transaction')
      expect(warnings[0]?.match(/experience\.test\.ts/g)?.length).toBe(2)
    }
  })
})

describe('EXPERIENCE 16: an aborted transaction names its first failure', () => {
  it('of a statement that was swallowed: its message and its line', async () => {
    const refused = await failure(async (own) => {
      await own.execute(sql`select 1 / 0`).catch(() => {})
      await own.execute(select(a.id)).all()
    })
    expect(refused).toBeInstanceOf(PendingRollbackError)
    expect(String(refused)).toContain('the transaction was aborted by: division by zero')
    expect(String(refused)).toMatch(/experience\.test\.ts:\d+/)
    expect(refused).toMatchObject({ cause: expect.any(DatabaseError), hint: expect.stringContaining('savepoint') })
  })

  it('of a flush that was swallowed', async () => {
    const refused = await failure(async (own) => {
      own.add(author('ann@x.io'))
      await own.flush().catch(() => {})
      await own.execute(select(a.id)).all()
    })
    expect(refused).toBeInstanceOf(PendingRollbackError)
    expect(String(refused)).toContain('the transaction was aborted by: Author.email "ann@x.io" is already taken')
    expect(String(refused)).toMatch(/experience\.test\.ts:\d+/)
    expect(refused).toMatchObject({
      cause: expect.any(UniqueViolationError),
      hint: expect.stringContaining('session.nested()'),
    })
  })
})

describe('EXPERIENCE 17: a forgotten await is noticed', () => {
  const lineOf = (error: unknown, text: string): number => {
    const [, line] =
      new RegExp(`${text}[\\s\\S]*?experience\\.test\\.ts:(\\d+)`).exec((error as Error).stack ?? '') ?? []
    return Number(line ?? 0)
  }

  it.each<[string, string, (own: Session) => unknown]>([
    ['a flush', 'flush', (own) => void own.flush()],
    ['a statement', 'execute', (own) => void own.execute(insert(Author).values({ email: 'x@x.io' }))],
    ['a savepoint', 'nested', (own) => void own.nested(async () => {}).catch(() => {})],
  ])('%s at the end of a transaction: nothing is committed, and the error names its line', async (_, verb, forget) => {
    const refused = await failure((own) => {
      own.add(author('new@x.io'))
      forget(own)
    })
    expect(refused).toBeInstanceOf(ConcurrentSessionError)
    expect(String(refused)).toContain(`commit() was called while ${verb}() was under way`)
    expect(refused).toMatchObject({ hint: expect.stringContaining('an await may be missing') })
    expect(lineOf(refused, `\\n  ${verb}\\(\\):`)).toBeGreaterThan(0)
    expect(await count()).toBe(2)
    expect(engine.pool.stats().inUse).toBe(0)
  })

  it('a query when its session is closed: said with its line, and the connection is not lost', async () => {
    const reading: Promise<unknown>[] = []
    const block = async (): Promise<void> => {
      await using own = sessions.open()
      reading.push(own.execute(select(a.id)).all())
    }
    const refused = await block().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ConcurrentSessionError)
    expect(String(refused)).toContain('close() was called while execute() was under way')
    expect(await Promise.all(reading)).toHaveLength(1)
    expect(engine.pool.stats().inUse).toBe(0)
  })

  it.each<[string, (own: Session) => Promise<void>]>([
    ['close', (own) => own.close()],
    ['using', (own) => own[Symbol.asyncDispose]()],
  ])('a commit when its session is closed: nothing is committed (%s)', async (_, close) => {
    const own = sessions.open()
    own.add(author('new@x.io'))
    const forgotten = own.commit()
    const refused = await close(own).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ConcurrentSessionError)
    expect(String(refused)).toContain('close() was called while commit() was under way')
    expect(lineOf(refused, '\\n  commit\\(\\):')).toBeGreaterThan(0)
    await expect(forgotten).rejects.toThrow(
      'commit() was given up before COMMIT was sent: its session ended meanwhile.',
    )
    expect(await count()).toBe(2)
    expect(engine.pool.stats().inUse).toBe(0)
  })

  it('a commit whose promise nobody holds ends no program', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown): unknown => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    const own = sessions.open()
    own.add(author('new@x.io'))
    void own.commit()
    await own.close().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
    expect(await count()).toBe(2)
  })

  it('a COMMIT that is sent cannot be taken back, and the error says so', async () => {
    const own = sessions.open()
    own.add(author('new@x.io'))
    await own.flush()
    let closed: Promise<unknown> | null = null
    const stop = engine.on('beforeExecute', ({ text }) => {
      if (text === 'commit') closed ??= own.close().catch((error: unknown) => error)
    })
    await own.commit()
    stop()
    const refused = await closed
    expect(refused).toBeInstanceOf(ConcurrentSessionError)
    expect(String(refused)).toContain('Its COMMIT was sent already and cannot be taken back.')
    expect(await count()).toBe(3)
    expect(engine.pool.stats().inUse).toBe(0)
  })

  it('a commit inside of a work that fails: nothing is committed', async () => {
    const refused = await failure((own) => {
      own.add(author('new@x.io'))
      void own.commit()
      throw new RangeError('no')
    })
    expect(refused).toBeInstanceOf(RangeError)
    expect(await count()).toBe(2)
    expect(engine.pool.stats().inUse).toBe(0)
  })

  it('where all is awaited nothing is said', async () => {
    expect(
      await failure(async (own) => {
        own.add(author('new@x.io'))
        await own.flush()
        await own.execute(select(a.id)).all()
      }),
    ).toBeNull()
    expect(warnings).toEqual([])
  })
})

describe('EXPERIENCE 18: console.log can be read', () => {
  it('what is loaded is shown, what is not is named, and back references do not go in circles', async () => {
    const book = await session.getOne(Book, 1)
    expect(show(book)).toBe(
      "Book#1 {\n  title: 'One',\n  authorId: 1,\n  sold: 1152921504606846976n,\n  summary: [not loaded],\n  author: [not loaded],\n  editions: [not loaded]\n}",
    )
    await session.load(book, b.author)
    const ann = book.author
    await session.load(ann, a.books)
    expect(show(ann)).toBe(
      "Author#1 {\n  email: 'ann@x.io',\n  age: 30,\n  books: [\n    Book#1 {\n      title: 'One',\n      authorId: 1,\n      sold: 1152921504606846976n,\n      author: Author#1 (reference),\n      summary: [not loaded],\n      editions: [not loaded]\n    }\n  ]\n}",
    )
    expect(show(ann, { depth: 0 })).toContain('books: [Array]')
    expect(show({ list: [ann] }, { depth: 1 })).toBe('{ list: [ [Author#1] ] }')
    expect(show(await session.getOne(Edition, { bookId: 1, year: 2001 }))).toBe(
      'Edition#(1, 2001) { book: [not loaded] }',
    )
  })

  it('new objects show what they were given, circles too', () => {
    const ann = author('new@x.io')
    ann.books = [create(Book, { title: 'Two', author: ann })]
    expect(show(new Author())).toBe('Author {}')
    expect(show(ann)).toBe(
      "Author {\n  email: 'new@x.io',\n  books: [ Book { title: 'Two', author: Author (reference) } ]\n}",
    )
  })

  it('plain objects stay plain: no key, symbol or accessor of ours is copied, compared or written', async () => {
    const [one] = await session.scalars(select(Author).options(selectinload(a.books)).orderBy(a.id)).all()
    const ann = one ?? new Author()
    const plain = {
      id: 1,
      email: 'ann@x.io',
      age: 30,
      books: [{ id: 1, title: 'One', authorId: 1, sold: 2n ** 60n }],
    }
    expect(ann).toBeInstanceOf(Author)
    expect({ ...ann }).toEqual(plain)
    expect(ann).toEqual(plain)
    expect(structuredClone(ann)).toEqual(plain)
    expect(show(structuredClone(ann))).not.toContain('#')
    expect([Object.keys(ann), Object.getOwnPropertySymbols(ann)]).toEqual([['id', 'email', 'age', 'books'], []])
    expect(JSON.parse(JSON.stringify(ann))).toEqual({
      ...plain,
      books: [{ id: 1, title: 'One', authorId: 1, sold: '1152921504606846976' }],
    })
    await using other = sessions.open()
    expect(await other.getOne(Author, 1)).not.toEqual(ann)
    expect(await other.getOne(Author, 2)).toEqual({ id: 2, email: 'bob@x.io', age: 30 })
    for (const key in ann) expect(Object.keys(plain)).toContain(key)
  })
})
