// Objects that the user froze: they stay as they are, and keep nobody else from being read, written or rolled back.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { inspect, type Session } from '@oriel/orm'
import { entity, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { graph, Person, Team } from '../../fixture/graph.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('frozen objects', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), graph)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate teams, people restart identity cascade`)
    await db.engine.execute(sql`insert into teams (name) values ('a'), ('b')`)
  })

  const t = entity(Team)
  const teams = async (session: Session): Promise<[Team, Team]> => {
    const [a, b] = await session.scalars(select(Team).orderBy(t.id)).all()
    if (!a || !b) throw new RangeError('There are two.')
    return [a, b]
  }
  const stored = async (): Promise<string[]> => await db.engine.execute(select(t.name).orderBy(t.id)).scalars().all()

  it('do not stop the rollback of a savepoint or of a transaction', async () => {
    await using session = db.sessions.open()
    const [a, b] = await teams(session)
    await session.begin()
    await session
      .nested(async () => {
        a.name = 'a2'
        b.name = 'b2'
        await session.flush()
        Object.freeze(a)
        throw new RangeError('back')
      })
      .catch(() => {})
    expect(b.name).toBe('b')
    b.name = 'b3'
    await session.flush()
    await session.rollback()
    expect([a.name, b.name]).toEqual(['a2', 'b'])
    await session.close()
    expect(await stored()).toEqual(['a', 'b'])
  })

  it('do not keep others from being read again', async () => {
    await using session = db.sessions.open()
    const [a, b] = await teams(session)
    Object.freeze(a)
    await db.engine.execute(sql`update teams set name = name || '2'`)
    await teams(session)
    expect([a.name, b.name]).toEqual(['a', 'b2'])
  })

  it('are added and written with others, and keep what they say', async () => {
    await using session = db.sessions.open()
    const [cold, warm] = ['cold', 'warm'].map((name) => Object.assign(new Team(), { name }))
    if (!cold || !warm) throw new RangeError('There are two.')
    Object.freeze(cold)
    session.addAll([cold, warm])
    await session.commit()
    expect([cold.id, warm.id]).toEqual([undefined, 4])
    expect(await stored()).toEqual(['a', 'b', 'cold', 'warm'])
  })

  it('and frozen collections do not stop a rollback, a commit or a loader', async () => {
    await using session = db.sessions.open()
    const [a, b] = await teams(session)
    Object.freeze(a)
    const people = ['p', 'q'].map((name) => Object.assign(new Person(), { name, team: b }))
    session.addAll(people)
    await session.commit()
    await session.load([a, b], t.people)
    expect([a.people, b.people]).toEqual([[], people])
    Object.freeze(b.people)
    const [p, q] = people
    if (!p || !q) throw new RangeError('There are two.')
    await session.begin()
    q.name = 'q2'
    b.people = [q]
    await session.flush()
    Object.freeze(b.people)
    await session.rollback()
    expect([b.people, q.name]).toEqual([people, 'q'])
    Object.freeze(b.people)
    session.delete(p)
    await session.commit()
    expect(b.people).toEqual([q])
  })

  it('stay in the collections of others when they are deleted along', async () => {
    await using session = db.sessions.open()
    const p = Object.assign(new Person(), { name: 'p', team: (await teams(session))[0] })
    session.add(p)
    await session.commit()
    Object.freeze(p)
    session.delete(p)
    await session.commit()
    expect(inspect(p).state).toBe('detached')
    expect(await db.engine.execute(select(Person)).all()).toEqual([])
  })
})
