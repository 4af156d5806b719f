// What only several connections can show: leaks out of a transaction, retries, deadlocks, a backend that is killed. The embedded
// database has one connection: there a second session inside the first is refused at once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CanceledError, ConnectionLostError, createEngine, type Engine, PendingRollbackError } from '@oriel/engine'
import { inspect, type Session, sessionFactory } from '@oriel/orm'
import {
  CompileError,
  entity,
  func,
  InvalidRequestError,
  SerializationError,
  select,
  sql,
  types as t,
  update,
} from '@oriel/sql'
import { describeLane, laneName } from '@oriel/testing'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const author = (email: string): Author => Object.assign(new Author(), { email })

describeLane('several sessions', (lane) => {
  let db: Recorded
  const count = (): Promise<number> => db.engine.execute(select(func.count()).from(Author)).scalars().one()

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    db.warnings.splice(0)
  })

  if (laneName() === 'pglite') {
    it('SEMANTICS 40: on one connection a second session inside a transaction is refused at once', async () => {
      const inside = db.sessions.begin(async () => {
        await using second = db.sessions.open()
        await second.scalars(select(Author)).all()
      })
      await expect(inside).rejects.toThrow(InvalidRequestError)
      await expect(db.sessions.begin(async () => await db.engine.execute(select(func.count())))).rejects.toThrow(
        'inside the callback of sessions.begin',
      )
    })
    return
  }

  describe('SEMANTICS 40: leaks out of a transaction', () => {
    it('are warned of with both places, and leave no row where the transaction is rolled back', async () => {
      await db.sessions
        .begin(async () => {
          await db.engine.execute(select(func.count()).from(Author))
          await using second = db.sessions.open()
          await second.scalars(select(Author)).all()
          throw new Error('back')
        })
        .catch(() => {})
      expect(db.warnings).toHaveLength(2)
      for (const warning of db.warnings) {
        expect(warning).toContain('outside-transaction')
        expect(warning.match(/server\.test\.ts/g)?.length).toBe(2)
        expect(warning).toContain('use the session that the callback was given')
      }
    })

    it('are errors under strict', async () => {
      const engine = createEngine(lane().driver, { strict: ['outside-transaction'] })
      const strict = sessionFactory(engine, { registry: office })
      try {
        await expect(
          strict.begin(async () => {
            await strict.begin(async (second) => second.add(author('leak@x')))
          }),
        ).rejects.toThrow(CompileError)
        expect(await count()).toBe(0)
      } finally {
        await engine.close()
      }
    })

    it('are none where they are meant, nor what the session itself does, nor what comes after', async () => {
      await db.sessions.begin(async (session) => {
        await db.sessions.begin({ independent: true }, async (second) => second.add(author('own@x')))
        await session.rollback()
        await session.scalars(select(Author)).all()
      })
      await db.engine.execute(select(func.count()).from(Author))
      expect(db.warnings).toEqual([])
      expect(await count()).toBe(1)
    })
  })

  describe('SEMANTICS 13: retry', () => {
    it('runs a deadlocked transaction again, in a new session, and both have their effect', async () => {
      await db.sessions.begin(async (session) => session.addAll([author('one@x'), author('two@x')]))
      const sessions = new Set<Session>()
      let arrived = 0
      let go = (): void => {}
      const both = new Promise<void>((resolve) => {
        go = resolve
      })
      const run = (order: readonly number[]) =>
        db.sessions.begin({ retry: { attempts: 5 } }, async (session, { attempt }) => {
          sessions.add(session)
          for (const [i, id] of order.entries()) {
            await session.execute(
              update(Author)
                .set({ age: a.age.add(1) })
                .where(a.id.eq(id)),
            )
            if (i === 0 && attempt === 1) {
              if (++arrived === 2) go()
              await both
            }
          }
          return attempt
        })
      const attempts = await Promise.all([run([1, 2]), run([2, 1])])
      expect([...attempts].sort()).toEqual([1, 2])
      expect(sessions.size).toBe(3)
      expect(await db.engine.execute(select(a.age).orderBy(a.id)).scalars().all()).toEqual([32, 32])
    })

    it('stops at the number of attempts, and gives back transient objects', async () => {
      const made: Author[] = []
      const failing = db.sessions.begin({ retry: { attempts: 3 } }, async (session) => {
        const one = author('same@x')
        made.push(one)
        session.add(one)
        await session.flush()
        await session.execute(sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`)
      })
      await expect(failing).rejects.toThrow(SerializationError)
      expect(made.map((each) => [inspect(each).state, each.id])).toEqual(Array(3).fill(['transient', undefined]))
      expect(await count()).toBe(0)
    })

    it('does not run anything else again', async () => {
      let runs = 0
      await expect(
        db.sessions.begin({ retry: { attempts: 3 } }, async () => {
          runs++
          throw new Error('mine')
        }),
      ).rejects.toThrow('mine')
      expect(runs).toBe(1)
    })

    it('holds an invariant under write skew', async () => {
      await db.sessions.begin(async (session) => session.addAll([author('a@x'), author('b@x')]))
      const leave = (id: number) =>
        db.sessions.begin({ isolation: 'serializable', retry: { attempts: 10 } }, async (session) => {
          const sum = (await session.scalars(select(Author)).all()).reduce((total, each) => total + each.age, 0)
          if (sum >= 60) (await session.getOne(Author, id)).age = 1
        })
      await Promise.all([leave(1), leave(2)])
      const ages = await db.engine.execute(select(a.age)).scalars().all()
      expect([...ages].sort()).toEqual([1, 30])
    })
  })

  it('flushes of the same rows in opposite orders never deadlock', async () => {
    await db.sessions.begin(async (session) => session.addAll(Array.from({ length: 10 }, (_, i) => author(`a${i}@x`))))
    const touch = async (isReversed: boolean, age: number): Promise<void> => {
      await db.sessions.begin(async (session) => {
        const list = await session.scalars(select(Author).orderBy(isReversed ? a.id.desc() : a.id.asc())).all()
        for (const each of list) each.age = age
      })
    }
    for (let run = 0; run < 500; run++) await Promise.all([touch(false, 100 + run), touch(true, 1000 + run)])
    expect(new Set(await db.engine.execute(select(a.age)).scalars().all()).size).toBe(1)
  }, 60_000)

  describe('a flush of several batches under a time limit', () => {
    const many = (): Author[] => Array.from({ length: 5_200 }, (_, i) => author(`slow-${i}@example.org`))
    let limited: Engine

    // Each statement, of however many rows, takes a second.
    beforeAll(async () => {
      await db.engine.execute(sql`create function wait_a_second() returns trigger language plpgsql as
        $$ begin perform pg_sleep(1); return null; end $$`)
      await db.engine.execute(sql`create trigger wait after insert on authors for each statement
        execute function wait_a_second()`)
    })
    afterAll(async () => {
      await db.engine.execute(sql`drop function wait_a_second() cascade`)
    })
    afterEach(() => limited.close())

    it('has it for each of them, from when it is sent', async () => {
      limited = createEngine(lane().driver, { timeoutMs: 1_900 })
      await sessionFactory(limited, { registry: office }).begin(async (session) => {
        session.addAll(many())
      })
      expect(await count()).toBe(5_200)
    })

    it('is stopped at it, with nothing written and all objects as they were', async () => {
      limited = createEngine(lane().driver, { timeoutMs: 500 })
      await using session = sessionFactory(limited, { registry: office }).open()
      const authors = many()
      session.addAll(authors)
      await expect(session.flush()).rejects.toThrow(CanceledError)
      await session.rollback()
      expect(authors.filter((each) => each.id !== undefined || inspect(each).state !== 'transient')).toEqual([])
      expect(await count()).toBe(0)
    })
  })

  describe('a backend that is killed in the middle of a flush', () => {
    let session: Session

    beforeEach(() => {
      session = db.sessions.open()
    })
    afterEach(() => session.close())

    it('leaves nothing written, says so, and the session works again after a rollback', async () => {
      const known = author('known@x')
      session.add(known)
      await session.commit()
      known.age = 50
      const writer = author('writer@x')
      session.addAll([writer, Object.assign(new Book(), { title: 't', author: writer })])
      await session.begin()
      const [pid] = await session.noAutoflush(
        async () => await session.execute(sql`select pg_backend_pid()`.columns([t.integer()])).one(),
      )
      let killed = false
      const off = db.engine.on('afterExecute', ({ text }) => {
        if (killed || !text.startsWith('insert into authors')) return
        killed = true
      })
      // The second table waits for a lock, so that the flush is under way when its backend ends.
      const blocker = await db.engine.connect({ independent: true })
      await blocker.begin()
      await blocker.execute(sql`lock table books in access exclusive mode`)
      const flushing = session.flush().catch((error: unknown) => error)
      for (let wait = 0; !killed && wait < 1000; wait++) await new Promise((resolve) => setTimeout(resolve, 5))
      await new Promise((resolve) => setTimeout(resolve, 50))
      await blocker.execute(sql`select pg_terminate_backend(${pid})`)
      const lost = await flushing
      await blocker.close()
      off()
      expect(lost).toBeInstanceOf(ConnectionLostError)
      expect(String(lost)).toContain('nothing of this transaction was written')
      expect([writer.id, known.age]).toEqual([undefined, 50])
      expect([writer, known].map((each) => inspect(each).state)).toEqual(['pending', 'persistent'])
      await expect(session.scalars(select(Author)).all()).rejects.toThrow(PendingRollbackError)
      await session.rollback()
      expect([inspect(writer).state, known.age]).toEqual(['transient', 30])
      session.add(writer)
      await session.commit()
      expect(await count()).toBe(2)
      expect(db.engine.pool.stats().inUse).toBe(0)
    })
  })
})
