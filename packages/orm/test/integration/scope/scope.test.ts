// Request scopes: one session per unit of work, found from inside, ended by the outcome; and the transactions inside of them.
import { AsyncResource } from 'node:async_hooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ClosedError } from '@oriel/engine'
import {
  ConcurrentSessionError,
  current,
  type ScopedSession,
  type Session,
  scopedSession,
  Transactional,
} from '@oriel/orm'
import { ArgumentError, entity, func, InvalidRequestError, select, sql, UniqueViolationError } from '@oriel/sql'
import { describeLane, laneName } from '@oriel/testing'
import { Author, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const author = (email: string): Author => Object.assign(new Author(), { email })

/** Knows no session: it finds the one of the scope it is called in. */
class Authors {
  async add(email: string): Promise<Author> {
    const added = author(email)
    current().add(added)
    await current().flush()
    return added
  }

  @Transactional()
  async register(...emails: string[]): Promise<number> {
    for (const email of emails) await this.add(email)
    return emails.length
  }

  @Transactional()
  async registerThenFail(email: string): Promise<never> {
    await this.add(email)
    throw new RangeError('no more')
  }

  @Transactional({ propagation: 'nested' })
  async tryRegister(email: string): Promise<void> {
    await this.add(email)
  }

  @Transactional({ propagation: 'nested' })
  async tryTwice(email: string): Promise<void> {
    await this.registerThenFail(email).catch(() => {})
  }

  @Transactional({ propagation: 'requiresNew' })
  async registerApart(email: string): Promise<Session> {
    await this.add(email)
    return current()
  }

  @Transactional({ propagation: 'mandatory' })
  async registerInside(email: string): Promise<void> {
    await this.add(email)
  }

  @Transactional({ propagation: 'never' })
  async countOutside(): Promise<boolean> {
    return current().inTransaction
  }

  @Transactional({ propagation: 'supports' })
  async isInTransaction(): Promise<boolean> {
    return current().inTransaction
  }

  @Transactional({ propagation: 'notSupported' })
  async isBeside(session: Session): Promise<boolean> {
    return current() !== session && !current().inTransaction
  }

  @Transactional({ isolation: 'serializable' })
  async serializable(): Promise<string> {
    return await current()
      .execute(sql<{ level: string }>`select current_setting('transaction_isolation') as level`)
      .one()
      .then(({ level }) => level)
  }

  @Transactional({ readOnly: true })
  async count(): Promise<number> {
    return await current().execute(select(func.count()).from(Author)).scalars().one()
  }

  @Transactional()
  static async registerOne(email: string): Promise<void> {
    await new Authors().add(email)
  }
}

describeLane('scopes', (lane) => {
  let office_: Recorded
  let db: ScopedSession
  const authors = new Authors()
  const stored = async (): Promise<string[]> => {
    return await office_.engine.execute(select(a.email).orderBy(a.email)).scalars().all()
  }
  const begins = (): string[] =>
    office_.sent().filter((text) => /^(begin|commit|rollback|savepoint|release)/.test(text))

  beforeAll(async () => {
    office_ = await recorded(lane(), office)
    db = scopedSession(office_.sessions)
  })
  afterAll(() => office_.close())
  beforeEach(async () => {
    await office_.engine.execute(sql`truncate authors, books restart identity`)
    office_.sent()
  })

  describe('a scope', () => {
    it('has one session, found from everywhere inside of it, also behind timers and events', async () => {
      await db.run(async (session) => {
        expect(db.current()).toBe(session)
        expect(current()).toBe(session)
        await new Promise((resolve) => setTimeout(resolve, 1))
        expect(current()).toBe(session)
        expect(db.isActive).toBe(true)
      })
      expect(db.isActive).toBe(false)
    })

    it('commits what its session did, and closes it', async () => {
      const session = await db.run(async (session) => {
        await authors.add('ann')
        return session
      })
      expect(await stored()).toEqual(['ann'])
      expect(() => session.add(author('late'))).toThrow(ClosedError)
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it('rolls back what its session did where the work throws, and the error goes on', async () => {
      const failed = db.run(async () => {
        await authors.add('ann')
        throw new RangeError('no')
      })
      await expect(failed).rejects.toThrow(new RangeError('no'))
      expect(await stored()).toEqual([])
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it('is found by callbacks behind its commit, whoever ends it', async () => {
      const found: unknown[] = []
      const remember = (session: Session): void => session.afterCommit(() => found.push(current() === session))
      await db.run(async (session) => {
        remember(session)
        await authors.add('ann')
      })
      const scope = db.open()
      remember(scope.session)
      scope.session.add(author('bob'))
      await scope.commit()
      expect(found).toEqual([true, true])
      expect(await stored()).toEqual(['ann', 'bob'])
    })

    it('rejects where the commit is refused, and leaves nothing behind', async () => {
      const failed = db.run(async () => {
        current().add(author('ann'))
        current().add(author('ann'))
      })
      await expect(failed).rejects.toThrow(UniqueViolationError)
      expect(await stored()).toEqual([])
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })

    it('borrows nothing and sends nothing where nobody uses its session', async () => {
      expect(await db.run(async () => 7)).toBe(7)
      expect(office_.sent()).toEqual([])
    })

    it('takes the options of a session', async () => {
      await db.run({ isolation: 'repeatable read', readOnly: true }, async (session) => {
        await session.scalars(select(Author)).all()
      })
      expect(begins()).toEqual(['begin isolation level repeatable read read only', 'commit'])
    })

    it('inside of another scope has a session of its own', async () => {
      await db.run(async (outer) => {
        const inner = await db.run(async (session) => session)
        expect(inner).not.toBe(outer)
        expect(current()).toBe(outer)
      })
    })

    it('is told from the scopes of others', async () => {
      const other = scopedSession(office_.sessions)
      await db.run(async (outer) => {
        await other.run(async (inner) => {
          expect([db.current() === outer, other.current() === inner, current() === inner]).toEqual([true, true, true])
        })
      })
    })

    it('refuses current() outside of it, and says what to do', () => {
      expect(() => current()).toThrow(InvalidRequestError)
      expect(() => db.current()).toThrow('current() was called outside of any scope')
    })

    it('refuses current() behind its end', async () => {
      const late = await db.run(async () => AsyncResource.bind(() => current()))
      expect(() => late()).toThrow(ClosedError)
    })

    it('is refused what is no factory, no work, no option', async () => {
      expect(() => Reflect.apply(scopedSession, null, [{}])).toThrow(ArgumentError)
      await expect(Reflect.apply(db.run, db, [{}])).rejects.toThrow('run takes the work as a function')
      await expect(Reflect.apply(db.run, db, [{ isolaton: 'x' }, async () => {}])).rejects.toThrow(ArgumentError)
      await expect(Reflect.apply(db.transaction, db, [{ propagation: 'require' }, async () => {}])).rejects.toThrow(
        "there is no propagation 'require'",
      )
    })
  })

  describe('a scope that is opened by hand', () => {
    it('opens its session when it is asked for it, and ends once', async () => {
      const scope = db.open()
      expect(scope.isUsed).toBe(false)
      scope.enter(() => expect(current()).toBe(scope.session))
      expect(scope.isUsed).toBe(true)
      scope.session.add(author('ann'))
      await Promise.all([scope.commit(), scope.commit(), scope.rollback()])
      expect(scope.isOver).toBe(true)
      expect(await stored()).toEqual(['ann'])
      expect(() => scope.session).toThrow(ClosedError)
    })

    it('waits with its rollback for what is under way', async () => {
      const scope = db.open()
      scope.session.add(author('ann'))
      const read = scope.session.scalars(select(Author)).all()
      await scope.rollback()
      expect((await read).length).toBe(1)
      expect(await stored()).toEqual([])
    })

    it('ends its statements by the signal that it was opened with', async () => {
      const over = new AbortController()
      const scope = db.open({ signal: over.signal })
      await scope.session.scalars(select(Author)).all()
      over.abort(new RangeError('enough'))
      await expect(scope.session.scalars(select(Author)).all()).rejects.toMatchObject({
        code: 'ORIEL_CANCELED',
        cause: new RangeError('enough'),
      })
      await scope.rollback()
    })

    it.each<[string, string, (session: Session) => Promise<unknown>]>([
      ['a statement', 'scalars\\(\\)', async (session) => await session.scalars(select(Author)).all()],
      [
        'a stream',
        'the next batch of a stream',
        async (session) => {
          for await (const _ of session.stream(select(Author))) break
        },
      ],
    ])('names the line of %s that nobody awaited, and its own', async (_, name, forget) => {
      let forgotten: Promise<unknown> = Promise.resolve()
      const failed = db.run(async (session) => {
        forgotten = forget(session).catch(() => {})
      })
      const error = (await failed.catch((problem: unknown) => problem)) as Error
      await forgotten
      expect(error).toBeInstanceOf(ConcurrentSessionError)
      expect(error.message).not.toContain('.ts')
      expect(error.stack).toMatch(
        new RegExp(`under way[^]*scope\\.test\\.ts:\\d+[^]*\\n {2}${name}:\\n {4}at .*scope\\.test\\.ts:\\d+`),
      )
    })

    it('refuses to commit what is under way, and rolls it back', async () => {
      const scope = db.open()
      scope.session.add(author('ann'))
      const read = scope.session.scalars(select(Author)).all()
      await expect(scope.commit()).rejects.toThrow(ConcurrentSessionError)
      await read
      expect(await stored()).toEqual([])
      expect(office_.engine.pool.stats().inUse).toBe(0)
    })
  })

  describe('scopes side by side', () => {
    it('do not see each other, however their parts interleave', async () => {
      const failures = new Set([3, 11, 17])
      const requests = Array.from({ length: 20 }, (_, n) => async () => {
        await db.run(async (session) => {
          await session.scalars(select(Author)).all()
          await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5))
          expect(current()).toBe(session)
          await authors.register(`author ${n}`)
          await new Promise((resolve) => setTimeout(resolve, (n * 3) % 4))
          expect(current()).toBe(session)
          current().add(author(`late ${n}`))
          if (failures.has(n)) throw new RangeError(`request ${n}`)
        })
      })
      const outcomes = await Promise.allSettled(requests.map((request) => request()))
      expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([...failures])
      const wanted = Array.from({ length: 20 }, (_, n) => n).flatMap((n) =>
        failures.has(n) ? [`author ${n}`] : [`author ${n}`, `late ${n}`],
      )
      expect(await stored()).toEqual(wanted.sort())
      expect(office_.engine.pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
    })
  })

  describe('@Transactional', () => {
    it('begins a transaction where none goes on, and commits it', async () => {
      await db.run(async (session) => {
        expect(await authors.register('ann', 'bob')).toBe(2)
        expect(session.inTransaction).toBe(false)
        expect(begins()).toEqual(['begin', 'commit'])
      })
      expect(await stored()).toEqual(['ann', 'bob'])
    })

    it('rolls back where the method throws, and leaves the session usable', async () => {
      await db.run(async () => {
        await expect(authors.registerThenFail('ann')).rejects.toThrow(new RangeError('no more'))
        await authors.register('bob')
      })
      expect(await stored()).toEqual(['bob'])
    })

    it('joins the transaction that goes on', async () => {
      await db.run(async () => {
        await db.transaction(async () => {
          await authors.register('ann')
          await authors.register('bob')
          await Authors.registerOne('eve')
        })
        expect(begins()).toEqual(['begin', 'commit'])
      })
      expect(await stored()).toEqual(['ann', 'bob', 'eve'])
    })

    it('joins a transaction that the session began by itself, and leaves its end to the scope', async () => {
      await db.run(async (session) => {
        await authors.add('ann')
        await authors.register('bob')
        expect(session.inTransaction).toBe(true)
        expect(begins()).toEqual(['begin'])
      })
      expect(begins()).toEqual(['commit'])
      expect(await stored()).toEqual(['ann', 'bob'])
    })

    it('undoes all of it where something that joined throws, also where somebody catches that', async () => {
      const failed = db.run(async () => {
        await db.transaction(async () => {
          await authors.register('ann')
          await authors.registerThenFail('bob').catch(() => {})
        })
      })
      await expect(failed).rejects.toThrow('what had joined its transaction threw, and the error was caught: no more')
      expect(await stored()).toEqual([])
      const other = db.run(async () => {
        await authors.add('ann')
        await authors.registerThenFail('bob').catch(() => {})
      })
      await expect(other).rejects.toMatchObject({ cause: new RangeError('no more') })
      expect(await stored()).toEqual([])
    })

    it('nested: undoes a part and goes on', async () => {
      await db.run(async () => {
        await db.transaction(async () => {
          await authors.register('ann')
          await expect(authors.tryRegister('ann')).rejects.toThrow(UniqueViolationError)
          await expect(authors.tryTwice('bob')).rejects.toThrow(InvalidRequestError)
          await authors.tryRegister('eve')
        })
      })
      expect(await stored()).toEqual(['ann', 'eve'])
    })

    it('nested: begins a transaction where none goes on', async () => {
      await db.run(async () => {
        await authors.tryRegister('ann')
        expect(begins()).toEqual(['begin', 'commit'])
      })
    })

    it('requiresNew: commits on a session of its own', async () => {
      await db.run(async (session) => {
        expect(await authors.registerApart('ann')).not.toBe(session)
        expect(await stored()).toEqual(['ann'])
      })
    })

    if (laneName() !== 'pglite')
      it('tells of statements that leave its transaction, by the name of the method', async () => {
        class Audits {
          @Transactional()
          async write(): Promise<void> {
            await office_.engine.execute(select(a.email)).all()
          }
        }
        await db.run(async () => await new Audits().write())
        expect(office_.warnings.splice(0)).toEqual([
          expect.stringMatching(/^outside-transaction: .* inside the callback of Audits\.write\(\)/),
        ])
      })

    if (laneName() === 'pglite')
      it('requiresNew: is refused inside of a transaction where there is one connection', async () => {
        const failed = db.run(async () => await db.transaction(async () => await authors.registerApart('ann')))
        await expect(failed).rejects.toThrow('the pool has no second connection')
        await expect(failed).rejects.toThrow('inside the callback of transaction()')
      })
    else
      it('requiresNew: keeps what it did though the transaction around it is rolled back', async () => {
        const failed = db.run(async () => {
          await db.transaction(async () => {
            await authors.register('bob')
            await authors.registerApart('ann')
            throw new RangeError('no')
          })
        })
        await expect(failed).rejects.toThrow(RangeError)
        expect(await stored()).toEqual(['ann'])
        expect(office_.warnings).toEqual([])
      })

    it('mandatory, never, supports and notSupported say what they need', async () => {
      await db.run(async (session) => {
        await expect(authors.registerInside('ann')).rejects.toThrow(
          'Authors.registerInside() has to be called inside of a transaction',
        )
        expect(await authors.countOutside()).toBe(false)
        expect(await authors.isInTransaction()).toBe(false)
        expect(await authors.isBeside(session)).toBe(false)
        await db.transaction(async () => {
          await authors.registerInside('ann')
          await expect(authors.countOutside()).rejects.toThrow('must not be called inside of a transaction')
          expect(await authors.isInTransaction()).toBe(true)
          expect(await authors.isBeside(session)).toBe(true)
        })
      })
      expect(await stored()).toEqual(['ann'])
    })

    it('begins with its isolation, and refuses to join a transaction of another one', async () => {
      await db.run(async () => {
        expect(await authors.serializable()).toBe('serializable')
        await expect(db.transaction(async () => await authors.serializable())).rejects.toThrow(
          'Authors.serializable() asks for isolation: "serializable", and would join a transaction that was begun otherwise',
        )
        await db.transaction({ isolation: 'serializable' }, async () => await authors.serializable())
      })
    })

    it('reads only where it says so, and may join who writes', async () => {
      await db.run(async () => {
        expect(await authors.count()).toBe(0)
        expect(begins()).toEqual(['begin read only', 'commit'])
        await db.transaction(async () => {
          await authors.register('ann')
          expect(await authors.count()).toBe(1)
        })
      })
    })

    it('refuses a second one beside an open one on the same session', async () => {
      const failed = db.run(async () => {
        await Promise.all([authors.register('ann'), authors.register('bob')])
      })
      await expect(failed).rejects.toThrow(
        'Authors.register() was called while Authors.register() was under way on the same session',
      )
      const { stack, message } = (await failed.catch((error: unknown) => error)) as Error
      expect(stack?.match(/ at .*scope\.test\.ts/g)?.length).toBeGreaterThanOrEqual(2)
      expect(stack).toMatch(/\n {2}Authors\.register\(\):\n {4}at .*scope\.test\.ts/)
      expect(message).not.toContain('.ts')
      expect((await stored()).length).toBeLessThan(2)
    })

    it('calls afterCommit once it is committed, and not where it is rolled back', async () => {
      const called: string[] = []
      await db.run(async (session) => {
        await db.transaction(async () => {
          session.afterCommit(() => called.push('first'))
          expect(called).toEqual([])
        })
        expect(called).toEqual(['first'])
        await db
          .transaction(async () => {
            session.afterCommit(() => called.push('second'))
            throw new RangeError('no')
          })
          .catch(() => {})
      })
      expect(called).toEqual(['first'])
    })

    it('outside of any scope is refused, or opens one where it is told whose', async () => {
      await expect(authors.register('ann')).rejects.toThrow('Authors.register() was called outside of any scope')
      class Jobs {
        @Transactional({ scope: () => db })
        async nightly(): Promise<Session> {
          await authors.register('ann')
          return db.current()
        }
      }
      const session = await new Jobs().nightly()
      expect(() => session.add(author('late'))).toThrow(ClosedError)
      expect(await stored()).toEqual(['ann'])
      expect(await db.transaction(async (session) => session.inTransaction)).toBe(true)
    })

    it('keeps the name, the length and the arguments of the method', async () => {
      expect(authors.registerThenFail.name).toBe('registerThenFail')
      expect(authors.registerThenFail.length).toBe(1)
    })

    it('stands on methods, with parentheses', () => {
      expect(() => Reflect.apply(Transactional(), null, [undefined, { kind: 'field', name: 'x' }])).toThrow(
        ArgumentError,
      )
      expect(() => Reflect.apply(Transactional, null, [async () => {}])).toThrow('@Transactional()')
      expect(() => Reflect.apply(Transactional, null, [{ propagation: 'requires' }])).toThrow("'required'")
    })
  })
})
