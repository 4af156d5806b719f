// What the database knows and a session does not see at once: rows behind a criterion, and keys that are written in several ways.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, type Session, StaleDataError, selectinload } from '@oriel/orm'
import { entity, insert, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { archive, Code, Folder, Loan, Mark, Note, Rate, Use } from '../../fixture/archive.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('what a session does not see at once', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), archive)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate folders, notes, marks, rates, loans, codes, uses restart identity`)
    session = db.sessions.open()
  })
  afterEach(() => session.close())

  describe('SEMANTICS 20: a cascading delete takes what a criterion hides', () => {
    const left = () =>
      db.engine
        .execute(
          sql`select (select count(*) from folders) + (select count(*) from notes) + (select count(*) from marks)`.columns(
            [t.integer()],
          ),
        )
        .scalars()
        .one()

    beforeEach(async () => {
      await db.engine.execute(insert(Folder).values([{}, {}]))
      await db.engine.execute(
        insert(Note).values([{ folderId: 1 }, { folderId: 1, isHidden: true }, { folderId: 2, isHidden: true }]),
      )
      await db.engine.execute(insert(Mark).values([{ noteId: 1 }, { noteId: 2 }, { noteId: 3 }]))
      db.sent()
    })

    it('where the collection is not loaded, and what hangs on the hidden', async () => {
      const folder = await session.getOne(Folder, 1)
      session.delete(folder)
      await session.commit()
      // The other folder, its note and its mark.
      expect(await left()).toBe(3)
    })

    it('where the collection is loaded without them, and was changed', async () => {
      const [folder] = await session
        .scalars(
          select(Folder)
            .options(selectinload(entity(Folder).notes))
            .where(entity(Folder).id.eq(1)),
        )
        .all()
      expect(folder?.notes).toHaveLength(1)
      folder?.notes.push(new Note())
      if (folder) session.delete(folder)
      await session.commit()
      expect(await left()).toBe(3)
    })

    it('and a rollback shows again what was loaded, hidden ones not among it', async () => {
      const folder = await session.getOne(Folder, 1)
      await session.load(folder, entity(Folder).notes)
      const { notes } = folder
      session.delete(folder)
      await session.flush()
      await session.rollback()
      expect(inspect(folder).state).toBe('persistent')
      expect(folder.notes).toBe(notes)
      expect(notes.map(({ id }) => id)).toEqual([1])
      expect(await left()).toBe(8)
    })
  })

  describe('SEMANTICS 22: keys that are written in several ways are one key', () => {
    it('numbers of another scale: one object, both sides of the relationship, no statement too many', async () => {
      await db.engine.execute(sql`insert into rates values (1.50, 'low'), (10, 'high')`)
      await db.engine.execute(sql`insert into loans (rate_percent) values (1.5), (1.500), (10)`)
      const low = await session.getOne(Rate, '1.5')
      expect(low.percent).toBe('1.50')
      db.sent()
      for (const key of ['1.50', '01.5', '1.500', { percent: '1.5' }]) expect(await session.get(Rate, key)).toBe(low)
      expect(db.sent()).toEqual([])
      const loans = await session
        .scalars(
          select(Loan)
            .options(selectinload(entity(Loan).rate))
            .orderBy(entity(Loan).id),
        )
        .all()
      expect(loans.map(({ rate }) => rate.name)).toEqual(['low', 'low', 'high'])
      await session.load(low, entity(Rate).loans)
      expect(low.loans).toEqual(loans.slice(0, 2))
      const [first] = loans
      if (first) first.rate = low
      await session.flush()
      expect(session.dirty.size).toBe(0)
      low.loans.splice(0, 1)
      const high = await session.getOne(Rate, '10.0')
      if (first) first.rate = high
      await session.commit()
      expect([first?.ratePercent, low.loans.length]).toEqual(['10.00', 1])
    })

    it('new ones, several in one statement, and one that is not there any more', async () => {
      const rates = ['1.5', '2', '3.25'].map((percent) => Object.assign(new Rate(), { percent, name: percent }))
      session.addAll(rates)
      await session.commit()
      expect(await session.get(Rate, '2.00')).toBe(rates[1])
      await db.engine.execute(sql`delete from rates where percent = 2`)
      for (const each of rates) each.name += '!'
      const stale = await session.flush().catch((error: unknown) => error)
      expect(stale).toBeInstanceOf(StaleDataError)
      expect(String(stale)).toContain('Rate 2 could not be updated')
      expect(String(stale)).not.toContain('3.25')
    })

    it('padded texts', async () => {
      await db.engine.execute(sql`insert into codes values ('ab'), ('abcd')`)
      await db.engine.execute(sql`insert into uses (code_letters) values ('ab'), ('abcd')`)
      const ab = await session.getOne(Code, 'ab')
      expect(await session.get(Code, 'ab  ')).toBe(ab)
      const [first, second] = await session
        .scalars(
          select(Use)
            .options(selectinload(entity(Use).code))
            .orderBy(entity(Use).id),
        )
        .all()
      expect([first?.code, second?.code.letters]).toEqual([ab, 'abcd'])
      await session.load(ab, entity(Code).uses)
      expect(ab.uses).toEqual([first])
    })
  })
})
