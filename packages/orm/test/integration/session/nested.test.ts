// Savepoints and what runs beside them: who is not inside is told so, and loses nothing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ConcurrentSessionError, type Session } from '@oriel/orm'
import { entity, func, InvalidRequestError, insert, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)
const author = (email: string): Author => Object.assign(new Author(), { email })

describeLane('nested()', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  describe('EXPERIENCE 14: beside an open savepoint', () => {
    it.each<[string, (session: Session) => unknown]>([
      ['add', (s) => s.add(author('beside@x'))],
      ['addAll', (s) => s.addAll([author('beside@x')])],
      ['merge', (s) => s.merge(author('beside@x'))],
      ['flush', (s) => s.flush()],
      ['commit', (s) => s.commit()],
      ['rollback', (s) => s.rollback()],
      ['an INSERT', (s) => s.execute(insert(Author).values({ email: 'beside@x' }))],
      ['raw SQL', (s) => s.execute(sql`insert into authors (email) values ('beside@x')`)],
      ['what would flush', (s) => s.execute(select(Author))],
    ])('%s is refused, and not undone with it', async (_, beside) => {
      await session.begin()
      let open = (): void => {}
      const isOpen = new Promise<void>((resolve) => {
        open = resolve
      })
      let end = (): void => {}
      const mayEnd = new Promise<void>((resolve) => {
        end = resolve
      })
      const inside = session.nested(async () => {
        session.add(author('inside@x'))
        open()
        await mayEnd
        throw new RangeError('back')
      })
      const refused = isOpen.then(async () => {
        try {
          await beside(session)
          return null
        } catch (error) {
          return error
        } finally {
          end()
        }
      })
      await expect(inside).rejects.toThrow(RangeError)
      expect(await refused).toBeInstanceOf(ConcurrentSessionError)
      expect(String(await refused)).toContain('while nested() was under way')
      session.add(author('behind@x'))
      await session.commit()
      expect(await db.engine.execute(select(a.email)).scalars().all()).toEqual(['behind@x'])
    })

    it('reads that have nothing to write run', async () => {
      await session.begin()
      const outcomes = await Promise.all([
        session.nested(async () => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          await session.execute(sql`select 1`)
        }),
        new Promise((resolve) => setTimeout(resolve, 5)).then(
          async () => await session.execute(select(func.count()).from(Author)).scalars().one(),
        ),
      ])
      expect(outcomes[1]).toBe(0)
    })

    it('all of it runs inside, whatever calls it', async () => {
      await session.begin()
      await session.nested(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        session.add(author('one@x'))
        await Promise.all([1, 2].map(async (n) => await session.execute(insert(Author).values({ email: `m${n}@x` }))))
        await session.nested(async () => session.add(author('two@x')))
        session.add(author('three@x'))
      })
      await session.commit()
      expect(await db.engine.execute(select(func.count()).from(Author)).scalars().one()).toBe(5)
    })
  })

  it('SEMANTICS 10: takes no isolation of its own, and sends nothing', async () => {
    await session.begin()
    db.sent()
    const given = Reflect.apply(session.nested, session, [async () => {}, { isolation: 'serializable' }])
    await expect(given).rejects.toThrow(InvalidRequestError)
    expect(db.sent()).toEqual([])
  })
})
