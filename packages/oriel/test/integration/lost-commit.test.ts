// A COMMIT whose answer never came: nobody knows whether it was done, and it is never simply run again.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { postgresJs } from '@oriel/postgres-js'
import { laneName } from '@oriel/testing'
import {
  CommitUnknownError,
  create,
  type Engine,
  entity,
  func,
  inspect,
  PendingRollbackError,
  type SessionFactory,
  select,
  sessionFactory,
  sql,
} from 'oriel'
import { type Cut, CuttingProxy } from '../fixture/cutting-proxy.ts'
import { engineOn, freshLane } from '../fixture/lane.ts'
import { Author, createPress, emptyPress, press } from '../fixture/press.ts'

const a = entity(Author)
const author = (email: string): Author => create(Author, { email })

const { driver, url } = await freshLane()
const direct = engineOn(driver)
const count = (): Promise<number> => direct.execute(select(func.count()).from(a)).scalars().one()

beforeAll(() => createPress(direct))
beforeEach(() => emptyPress(direct))

if (laneName() === 'pglite') {
  it('cannot be on an embedded database, which has no connection to lose; commitToken works there too', async () => {
    const texts: string[] = []
    direct.on('beforeExecute', ({ text }) => texts.push(text))
    const own = sessionFactory(direct, { registry: press, commitToken: true })
    await own.begin(async (session) => session.add(author('ann@x')))
    expect(texts.slice(-2)).toEqual(['select pg_current_xact_id_if_assigned()::text', 'commit'])
    expect(await count()).toBe(1)
  })
} else
  describe('a COMMIT that is lost', () => {
    let proxy: CuttingProxy
    let engine: Engine
    let sessions: SessionFactory

    beforeEach(async () => {
      proxy = new CuttingProxy(url ?? '')
      engine = engineOn(postgresJs(await proxy.listen()))
      sessions = sessionFactory(engine, { registry: press })
    })
    afterEach(async () => {
      await engine.close()
      await proxy[Symbol.asyncDispose]()
    })

    const cuts: readonly (readonly [Cut, number])[] = [
      ['before COMMIT arrives', 0],
      ['before the answer arrives', 1],
    ]

    describe.each(cuts)('SEMANTICS 13: %s', (cut, stored) => {
      it('is an error of its own, and the work is not run again', async () => {
        let runs = 0
        const one = author('one@x')
        const lost = await sessions
          .begin({ retry: { attempts: 5 } }, async (session) => {
            runs++
            session.add(one)
            await session.flush()
            proxy.cut = cut
          })
          .catch((error: unknown) => error)
        expect(lost).toBeInstanceOf(CommitUnknownError)
        expect(String(lost)).toContain('was lost while COMMIT was under way')
        expect(lost).toMatchObject({ hint: expect.stringContaining('before running it again'), transactionId: null })
        expect([runs, proxy.commits]).toEqual([1, 1])
        expect([inspect(one).state, one.id]).toEqual(['transient', undefined])
        expect(await count()).toBe(stored)
      })

      it('calls nothing that waits for the commit, and the session works again after a rollback', async () => {
        let called = 0
        await using session = sessions.open()
        const known = author('known@x')
        session.add(known)
        await session.commit()
        known.age = 31
        session.afterCommit(() => called++)
        await session.flush()
        proxy.cut = cut
        await expect(session.commit()).rejects.toThrow(CommitUnknownError)
        await expect(session.commit()).rejects.toThrow(PendingRollbackError)
        await session.rollback()
        expect([called, known.age]).toEqual([0, 30])
        await session.refresh(known)
        expect(known.age).toBe(30 + stored)
        expect(engine.pool.stats().inUse).toBe(0)
      })

      it('with commitToken the error has the number by which the server tells what became of it', async () => {
        const lost = await sessions
          .begin({ commitToken: true }, async (session) => {
            session.add(author('one@x'))
            await session.flush()
            proxy.cut = cut
          })
          .catch((error: unknown) => error)
        expect(lost).toBeInstanceOf(CommitUnknownError)
        const id = lost instanceof CommitUnknownError ? lost.transactionId : null
        expect(id).toMatch(/^\d+$/)
        expect(String(lost)).toContain(`transaction ${id}`)
        // A backend that has lost its client needs a moment to notice.
        let status: unknown = 'in progress'
        for (let wait = 0; status === 'in progress' && wait < 200; wait++) {
          status = await direct.execute(sql`select pg_xact_status(${id}::text::xid8)`).scalars().one()
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
        expect(status).toBe(stored === 1 ? 'committed' : 'aborted')
      })
    })

    it('a transaction that wrote nothing has no number, and asks for none without commitToken', async () => {
      const texts: string[] = []
      engine.on('beforeExecute', ({ text }) => texts.push(text))
      await sessions.begin(async (session) => void (await session.getOne(Author, 1).catch(() => {})))
      expect(texts.join('; ')).not.toContain('pg_current_xact_id')
      await sessions.begin({ commitToken: true }, async (session) => void (await session.get(Author, 1)))
      expect(texts.at(-2)).toBe('select pg_current_xact_id_if_assigned()::text')
      expect(texts.at(-1)).toBe('commit')
    })
  })
