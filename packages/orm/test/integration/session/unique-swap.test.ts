// Two objects that exchange a unique value in one flush: refused by the database, which looks row by row, and the ways to do it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, type Session } from '@oriel/orm'
import { entity, insert, select, sql, UniqueViolationError } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Author, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const a = entity(Author)

describeLane('a unique value', (lane) => {
  let db: Recorded
  let session: Session
  let ann: Author
  let bob: Author

  const stored = () => db.engine.execute(select(a.email).orderBy(a.id)).scalars().all()

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    await db.engine.execute(insert(Author).values([{ email: 'ann@x' }, { email: 'bob@x' }]))
    session = db.sessions.open()
    ann = await session.getOne(Author, 1)
    bob = await session.getOne(Author, 2)
    db.sent()
  })
  afterEach(() => session.close())

  describe('that two objects exchange in one flush', () => {
    it('is refused with the entity, the property and the value; nothing is written and no edit is lost', async () => {
      ann.email = 'bob@x'
      bob.email = 'ann@x'
      const refused = await session.flush().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(UniqueViolationError)
      expect(refused).toMatchObject({ entity: 'Author', property: 'email', constraint: 'authors_email_key' })
      expect(String(refused)).toMatch(/Author\.email "(ann|bob)@x" is already taken/)
      expect([ann.email, bob.email]).toEqual(['bob@x', 'ann@x'])
      await session.rollback()
      expect([ann.email, bob.email]).toEqual(['ann@x', 'bob@x'])
      expect(await stored()).toEqual(['ann@x', 'bob@x'])
    })

    it('is exchanged step by step, over a value that nobody has', async () => {
      bob.email = 'moving@x'
      await session.flush()
      ann.email = 'bob@x'
      await session.flush()
      bob.email = 'ann@x'
      await session.commit()
      expect(await stored()).toEqual(['bob@x', 'ann@x'])
    })
  })

  it('of an object that is deleted is free for a new one behind a flush, not in the same one', async () => {
    session.delete(ann)
    const fresh = Object.assign(new Author(), { email: 'ann@x' })
    session.add(fresh)
    const outcome = await session.flush().catch((error: unknown) => error)
    // An insert goes before a delete, unless the new object takes the key of the deleted one.
    expect(outcome).toBeInstanceOf(UniqueViolationError)
    await session.rollback()
    session.delete(ann)
    await session.flush()
    session.add(fresh)
    await session.commit()
    expect(await stored()).toEqual(['bob@x', 'ann@x'])
    expect(inspect(fresh).state).toBe('persistent')
  })
})
