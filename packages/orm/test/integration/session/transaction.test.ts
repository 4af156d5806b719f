// The transaction of a session: when it begins, what a failure and a rollback leave behind, what may overlap.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ClosedError, PendingRollbackError } from '@oriel/engine'
import { ConcurrentSessionError, inspect, type Session } from '@oriel/orm'
import { entity, func, InvalidRequestError, insert, select, sql, UniqueViolationError, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const author = (email: string): Author => Object.assign(new Author(), { email })
const book = (title: string, by?: Author): Book => Object.assign(new Book(), { title, ...(by ? { author: by } : {}) })

describeLane('transactions of a session', (lane) => {
  let office_: Recorded
  let session: Session

  beforeAll(async () => {
    office_ = await recorded(lane(), office)
  })
  afterAll(() => office_.close())
  beforeEach(async () => {
    await office_.engine.execute(sql`truncate authors, books restart identity`)
    session = office_.sessions.open()
    office_.sent()
  })
  afterEach(() => session.close())

  describe('SEMANTICS 9: a transaction begins with', () => {
    it('nothing, for a plain SELECT: it runs on a borrowed connection that is given back', async () => {
      await session.scalars(select(Author)).all()
      await session.get(Author, 1)
      await session.execute(select(func.count())).one()
      expect(session.inTransaction).toBe(false)
      expect(office_.sent().filter((text) => text.startsWith('begin'))).toEqual([])
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it.each<[string, (session: Session) => Promise<unknown>]>([
      ['begin', (s) => s.begin()],
      [
        'a flush',
        async (s) => {
          s.add(author('a'))
          await s.flush()
        },
      ],
      ['DML', (s) => s.execute(insert(Author).values({ email: 'a' }))],
      ['a row lock', (s) => s.execute(select(Author).forUpdate())],
      ['raw sql', (s) => s.execute(sql`select 1`)],
      ['a function that is not known to be read-only', (s) => s.execute(select(func.call('pg_backend_pid')))],
    ])('%s', async (_, begin) => {
      await begin(session)
      expect(session.inTransaction).toBe(true)
      expect(office_.sent()[0]).toBe('begin')
      await session.rollback()
      expect(session.inTransaction).toBe(false)
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it('every statement, under another isolation or autobegin: always', async () => {
      for (const options of [{ isolation: 'repeatable read' }, { autobegin: 'always' }] as const) {
        await using strict = office_.factory(options).open()
        await strict.scalars(select(Author)).all()
        expect(strict.inTransaction).toBe(true)
      }
      expect(office_.sent().filter((text) => text.startsWith('begin'))).toEqual([
        'begin isolation level repeatable read',
        'begin',
      ])
    })

    it('and is held until commit, rollback or close', async () => {
      await session.begin()
      await session.scalars(select(Author)).all()
      await session.commit()
      expect(session.inTransaction).toBe(false)
      await session.begin()
      await session.close()
      expect(office_.sent()).toEqual(['begin', expect.stringMatching(/^select/), 'commit', 'begin', 'rollback'])
      expect(office_.engine.pool.stats().inUse).toBe(0)
      await expect(session.scalars(select(Author)).all()).rejects.toThrow(ClosedError)
    })
  })

  it('SEMANTICS 10: isolation is fixed when the transaction begins', async () => {
    await session.begin({ isolation: 'serializable' })
    office_.sent()
    await expect(session.begin({ isolation: 'repeatable read' })).rejects.toThrow(InvalidRequestError)
    expect(office_.sent()).toEqual([])
  })

  describe('SEMANTICS 11: a failed flush', () => {
    it('puts states and generated keys back, keeps the edits, and refuses all but rollback, close and expunge', async () => {
      const known = author('known@x')
      session.add(known)
      await session.commit()
      known.age = 31
      const fresh = author('fresh@x')
      const twin = author('known@x')
      session.addAll([fresh, twin])
      await expect(session.flush()).rejects.toThrow(UniqueViolationError)
      expect([known.age, fresh.email, fresh.id, fresh.age]).toEqual([31, 'fresh@x', undefined, undefined])
      expect([known, fresh, twin].map((each) => inspect(each).state)).toEqual(['persistent', 'pending', 'pending'])
      office_.sent()
      for (const verb of [
        () => session.flush(),
        () => session.commit(),
        () => session.begin(),
        () => session.get(Author, 1),
        () => session.execute(select(Author)),
        () => session.refresh(known),
        () => session.nested(async () => {}),
      ])
        await expect(verb()).rejects.toThrow(PendingRollbackError)
      expect(() => session.add(author('x'))).toThrow(PendingRollbackError)
      const refusal = await session.flush().catch((error: unknown) => error)
      expect(refusal).toMatchObject({ cause: expect.any(UniqueViolationError) })
      expect(office_.sent()).toEqual([])
      session.expunge(twin)
      await session.rollback()
      expect(known.age).toBe(30)
      session.add(fresh)
      await session.commit()
      expect(await session.scalars(select(Author).orderBy(a.email)).all()).toHaveLength(2)
    })

    it('of the second of three tables leaves nothing behind', async () => {
      await office_.engine.execute(sql`with known as (insert into authors (email) values ('old@x') returning id)
        insert into books (id, title, author_id) select 1, 'old', id from known`)
      const writer = author('w@x')
      const clash = Object.assign(book('t', writer), { id: 1 })
      session.addAll([writer, Object.assign(book('s', writer), { id: 3 }), clash])
      await expect(session.flush()).rejects.toThrow('is already taken')
      expect([writer.id, clash.authorId]).toEqual([undefined, undefined])
      await session.rollback()
      expect(await office_.engine.execute(select(func.count()).from(Author)).scalars().one()).toBe(1)
      clash.id = 2
      session.add(clash)
      await session.commit()
      // Along the cascades from the book to its author, and from there to the other book.
      expect(await office_.engine.execute(select(func.count()).from(Book)).scalars().one()).toBe(3)
    })

    it('that is refused before SQL sends nothing, and can be mended without a rollback', async () => {
      const bare = new Author()
      session.add(bare)
      await expect(session.flush()).rejects.toThrow('Author.email of a new Author is not set, and cannot be null')
      expect(office_.sent()).toEqual([])
      bare.email = 'now@x'
      await session.commit()
      expect(bare.id).toBe(1)
    })
  })

  describe('SEMANTICS 12: rollback puts every object back', () => {
    it('values, keys, states and membership, without SQL and without expiry', async () => {
      const ann = author('ann@x')
      const first = book('first', ann)
      session.addAll([ann, first])
      await session.commit()
      const titles = ann.books
      ann.age = 40
      ann.books.push(book('second'))
      await session.flush()
      ann.age = 50
      const third = book('third', ann)
      session.add(third)
      const [second] = titles.slice(1)
      session.delete(first)
      await session.flush()
      expect(inspect(first).state).toBe('deleted')
      office_.sent()
      await session.rollback()
      expect(office_.sent()).toEqual(['rollback'])
      expect(ann.age).toBe(30)
      expect(ann.books).toBe(titles)
      expect(ann.books).toEqual([first])
      expect([first, second, third].map((each) => each && inspect(each).state)).toEqual([
        'persistent',
        'transient',
        'transient',
      ])
      expect([second?.id, third.id, third.authorId]).toEqual([undefined, undefined, undefined])
      expect(session.dirty.size + session.new.size + session.deleted.size).toBe(0)
      expect(office_.sent()).toEqual([])
    })

    it('to a savepoint too, at every depth', async () => {
      const ann = author('ann@x')
      session.add(ann)
      await session.commit()
      await session.begin()
      const ages: number[] = []
      const fall = async (depth: number): Promise<void> => {
        ann.age = 100 + depth
        await session
          .nested(async () => {
            ann.age = 200 + depth
            if (depth < 4) await fall(depth + 1)
            if (depth % 2 === 0) await session.flush()
            throw new Error('back')
          })
          .catch(() => ages.push(ann.age))
      }
      await fall(1)
      expect(ages).toEqual([104, 103, 102, 101])
      await session.rollback()
      expect(ann.age).toBe(30)
    })

    it('what a statement refreshed in between, too', async () => {
      const ann = author('ann@x')
      session.add(ann)
      await session.commit()
      await session.execute(update(Author).set({ age: 77 }).where(a.email.eq('ann@x')))
      expect(ann.age).toBe(77)
      await session.rollback()
      expect(ann.age).toBe(30)
      expect(session.dirty.size).toBe(0)
    })
  })

  describe('a commit inside of sessions.begin', () => {
    it('ends its transaction: what comes behind is refused, and not left to a second one', async () => {
      const outcome = office_.sessions.begin(async (own) => {
        own.add(author('ann@x'))
        await own.commit()
        own.add(author('bob@x'))
      })
      await expect(outcome).rejects.toThrow(
        'add(): the transaction of sessions.begin was committed by commit() inside of it.',
      )
      await expect(outcome).rejects.toThrow(InvalidRequestError)
      const ann = author('ann@x')
      await expect(
        office_.sessions.begin(async (own) => {
          await own.execute(update(Author).set({ age: 40 }).everyRow())
          await own.commit()
          await own.execute(select(Author)).all()
        }),
      ).rejects.toThrow('execute(): the transaction of sessions.begin was committed')
      await expect(
        office_.sessions.begin(async (own) => {
          ann.email = 'eve@x'
          own.add(ann)
          await own.commit()
          ann.age = 99
        }),
      ).rejects.toThrow('changes: the transaction of sessions.begin was committed')
      expect(await office_.engine.execute(select(a.email, a.age).orderBy(a.id)).all()).toEqual([
        ['ann@x', 40],
        ['eve@x', 30],
      ])
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it('may be the last thing that the work does', async () => {
      const given = await office_.sessions.begin(async (own) => {
        own.add(author('ann@x'))
        await own.commit()
        return 'done'
      })
      expect(given).toBe('done')
      expect(await office_.engine.execute(select(func.count()).from(Author)).scalars().one()).toBe(1)
    })
  })

  describe('SEMANTICS 13: afterCommit', () => {
    it('is called once, behind the commit, and forgotten by rollback and savepoint rollback', async () => {
      const calls: string[] = []
      await office_.sessions.begin(async (own) => {
        own.add(author('ann@x'))
        own.afterCommit(() => calls.push(`kept ${own.inTransaction}`))
        await own
          .nested(async () => {
            own.afterCommit(() => calls.push('undone'))
            throw new Error('back')
          })
          .catch(() => {})
      })
      session.afterCommit(() => calls.push('rolled back'))
      await session.rollback()
      await session.commit()
      expect(calls).toEqual(['kept false'])
    })

    it('that throws is heard, but the work is not run again', async () => {
      let runs = 0
      const work = async (own: Session): Promise<void> => {
        runs++
        own.add(author('ann@x'))
        own.afterCommit(() => own.execute(sql`x`))
      }
      await expect(office_.sessions.begin({ retry: { attempts: 3 } }, work)).rejects.toThrow()
      expect(runs).toBe(1)
      expect(await office_.engine.execute(select(func.count()).from(Author)).scalars().one()).toBe(1)
    })
  })

  describe('SEMANTICS 14: operations', () => {
    it('queue, first come, first served', async () => {
      const order: number[] = []
      await Promise.all(
        [1, 2, 3, 4].map(async (n) => {
          await session.execute(select(Author).where(a.id.eq(n))).all()
          order.push(n)
        }),
      )
      expect(order).toEqual([1, 2, 3, 4])
    })

    it.each<[string, (session: Session) => Promise<unknown>]>([
      ['flush', (s) => s.flush()],
      ['commit', (s) => s.commit()],
      ['rollback', (s) => s.rollback()],
      ['close', (s) => s.close()],
      ['begin', (s) => s.begin()],
      ['nested', (s) => s.nested(async () => {})],
    ])('%s beside a query is refused, with both places', async (verb, call) => {
      const running = session.execute(select(Author)).all()
      const refused = await call(session).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(ConcurrentSessionError)
      expect(String(refused)).toContain(`${verb}() was called while execute() was under way`)
      const { stack, message } = refused as ConcurrentSessionError
      expect(stack?.match(/transaction\.test\.ts/g)?.length).toBeGreaterThanOrEqual(2)
      expect(stack).toMatch(/\n {2}execute\(\):\n {4}at .*transaction\.test\.ts/)
      expect(message).not.toContain('.ts')
      expect(await running).toEqual([])
    })

    it('a second nested beside an open one is refused; one inside another is fine', async () => {
      await session.begin()
      const order: string[] = []
      await session.nested(async () => {
        await session.nested(async () => void order.push('inner'))
        order.push('outer')
      })
      expect(order).toEqual(['inner', 'outer'])
      const outcomes = await Promise.allSettled([
        session.nested(async () => {
          session.add(author('one@x'))
          await new Promise((resolve) => setTimeout(resolve, 20))
        }),
        new Promise((resolve) => setTimeout(resolve, 10)).then(() => session.nested(async () => {})),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
      expect(outcomes[1]).toMatchObject({ reason: expect.any(ConcurrentSessionError) })
      await session.commit()
      expect(await session.scalars(select(a.email)).all()).toEqual(['one@x'])
    })

    it('commit inside nested is refused; a rollback there ends the savepoint with an error', async () => {
      await expect(session.nested(async () => await session.commit())).rejects.toThrow('the savepoint is still open')
      await session.rollback()
      await expect(session.nested(async () => await session.rollback())).rejects.toThrow('was rolled back inside')
      await session.rollback()
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it('hundred random interleavings lose nothing', async () => {
      for (let run = 0; run < 100; run++) {
        await using own = office_.sessions.open()
        const [one, two] = [author(`one${run}`), author(`two${run}`)]
        const outcomes = await Promise.allSettled(
          [one, two].map(async (each, i) => {
            if ((run >> i) % 2 === 0) await own.execute(select(Author).limit(1).orderBy(a.id)).all()
            own.add(each)
            await own.flush()
          }),
        )
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrentSessionError)
        await own.commit()
        expect([one.id, two.id].every((id) => typeof id === 'number')).toBe(true)
      }
      expect(await office_.engine.execute(select(func.count()).from(Author)).scalars().one()).toBe(200)
    })
  })

  describe('SEMANTICS 42: constraint errors speak the model', () => {
    it('of unique, of both sides of a foreign key, of NOT NULL and of a check', async () => {
      const fails = async (work: (own: Session) => unknown): Promise<unknown> =>
        await office_.sessions.begin(async (own) => void (await work(own))).catch((error: unknown) => error)
      await office_.sessions.begin(async (own) => {
        const ann = author('ann@x')
        own.addAll([ann, book('b', ann)])
      })
      expect(await fails((own) => own.add(author('ann@x')))).toMatchObject({
        message: expect.stringContaining('Author.email "ann@x" is already taken (constraint authors_email_key)'),
        entity: 'Author',
        property: 'email',
        value: 'ann@x',
        constraint: 'authors_email_key',
      })
      expect(await fails((own) => own.add(Object.assign(book('c'), { authorId: 999 })))).toMatchObject({
        message: expect.stringContaining('Book.author 999 does not exist in Author'),
        entity: 'Book',
        property: 'author',
      })
      expect(await fails(async (own) => own.delete(await own.getOne(Author, 1)))).toMatchObject({
        message: expect.stringContaining('Author.id 1 is still referenced by Book.author'),
        entity: 'Author',
        property: 'id',
      })
      expect(await fails((own) => own.execute(sql`insert into authors (email) values (null)`))).toMatchObject({
        message: expect.stringContaining('Author.email must not be null'),
        property: 'email',
      })
      expect(await fails((own) => own.add(Object.assign(author('bob@x'), { age: -1 })))).toMatchObject({
        message: expect.stringContaining('Author: a row fails the check authors_age_check'),
        entity: 'Author',
      })
    })
  })

  it('EXPERIENCE 16: after a swallowed error the next statement names the first failure', async () => {
    await session.begin()
    await session.execute(sql`select * from nowhere`).catch(() => {})
    const next = await session
      .execute(select(Author))
      .all()
      .catch((error: unknown) => error)
    expect(next).toBeInstanceOf(PendingRollbackError)
    expect(String(next)).toContain('nowhere')
    await session.rollback()
    expect(await session.scalars(select(Author)).all()).toEqual([])
  })
})
