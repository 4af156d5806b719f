// Objects that leave their session, by close() or expunge(), also while a flush is under way, and go into another one.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { Column, createAll, Entity, inspect, ManyToOne, PrimaryKey, Registry } from '@oriel/orm'
import { entity, type Generated, type One, select, sql, types as t } from '@oriel/sql'
import { describeLane, laneName } from '@oriel/testing'
import { Badge, graph, Person, Team } from '../../fixture/graph.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const family = new Registry()

@Entity({ registry: family, table: 'parents' })
class Parent {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) name!: string
}

@Entity({ registry: family, table: 'kids' })
class Kid {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer().nullable()) parentId!: number | null
  @ManyToOne(() => Parent, 'parentId', { cascade: [] }) parent!: One<Parent> | null
}

describeLane('objects that leave their session', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), graph)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate teams, people, badges, tags, people_tags restart identity cascade`)
  })

  const teams = entity(Team)
  const team = (name: string, people: Person[] = []): Team => Object.assign(new Team(), { name, people })
  const person = (name: string): Person => Object.assign(new Person(), { name })

  const ways: readonly (readonly [string, (t1: Team, p: Person) => Promise<void>])[] = [
    [
      'close()',
      async (t1) => {
        const first = db.sessions.open()
        first.add(t1)
        await first.close()
      },
    ],
    [
      'expunge()',
      async (t1, p) => {
        await using first = db.sessions.open()
        first.add(t1)
        first.expunge(p)
        first.expunge(t1)
      },
    ],
    [
      'expungeAll()',
      async (t1) => {
        await using first = db.sessions.open()
        first.add(t1)
        first.expungeAll()
      },
    ],
  ]

  it.each(ways)('by %s, with what their sides agreed on, are as others in the next session', async (_, leave) => {
    const p = person('p')
    const [t1, t2] = [team('t1', [p]), team('t2')]
    await leave(t1, p)
    await using session = db.sessions.open()
    session.addAll([t1, t2])
    await session.commit()
    p.team = t2
    session.sync()
    await session.rollback()
    expect([p.team, t1.people, t2.people]).toEqual([t1, [p], []])
    p.team = t2
    session.sync()
    await session.commit()
    expect([p.teamId, t1.people, t2.people]).toEqual([t2.id, [], [p]])
    t2.people.splice(0)
    await session.commit()
    expect(await db.engine.execute(select(Person)).scalars().all()).toMatchObject([{ name: 'p', teamId: null }])
  })

  it('while their INSERT is under way are detached behind it, with their keys, and new again behind a rollback', async () => {
    await using session = db.sessions.open()
    const [kept, left] = [team('kept'), team('left')]
    session.addAll([kept, left])
    await session.begin()
    const flushing = session.flush()
    session.expunge(left)
    await flushing
    expect([kept, left].map((each) => inspect(each).state)).toEqual(['persistent', 'detached'])
    expect(left.id).toBe(2)
    await session.rollback()
    expect([kept, left].map((each) => [inspect(each).state, each.id])).toEqual([
      ['transient', undefined],
      ['transient', undefined],
    ])
  })

  it('behind their flush are left by its rollback as the next session has them', async () => {
    await db.sessions.begin(async (session) => session.addAll([team('kept'), team('gone')]))
    await using first = db.sessions.open()
    await using second = db.sessions.open()
    const [kept, gone] = await first.scalars(select(Team).orderBy(teams.id)).all()
    if (!kept || !gone) throw new RangeError('There are two.')
    await first.begin()
    for (const each of [kept, gone]) each.name += ', changed'
    await first.flush()
    for (const moved of [kept, gone]) {
      first.expunge(moved)
      second.add(moved)
    }
    second.delete(gone)
    await first.rollback()
    expect([kept, gone].map((each) => inspect(each).state)).toEqual(['persistent', 'persistent'])
    expect(await second.get(Team, kept.id)).toBe(kept)
    kept.name = 'of the second'
    await second.commit()
    expect(await db.engine.execute(select(teams.name)).scalars().all()).toEqual(['of the second'])
  })

  it('while their INSERT is under way give their keys to those who stay', async () => {
    await createAll(db.engine, { registry: family })
    const sessions = db.factory({ registry: family })
    await using first = sessions.open()
    await using second = sessions.open()
    const parent = Object.assign(new Parent(), { name: 'parent' })
    const kid = Object.assign(new Kid(), { parent })
    first.addAll([parent, kid])
    await first.begin()
    const flushing = first.flush()
    first.expunge(parent)
    second.add(parent)
    await flushing
    expect(kid.parentId).toBe(1)
    expect([inspect(parent).state, parent.id]).toEqual(['pending', undefined])
    second.expunge(parent)
    await first.rollback()
  })

  if (laneName() === 'pglite') return

  it('and go over to another one while their INSERT is under way are written by both as the user said', async () => {
    await using first = db.sessions.open()
    await using second = db.sessions.open()
    const badge = Object.assign(new Badge(), { serial: 'c0ffee00-0000-4000-8000-000000000001' })
    first.addAll([team('t'), badge])
    await first.begin()
    const flushing = first.flush()
    first.expunge(badge)
    second.add(badge)
    const other = second.flush()
    await flushing
    await first.rollback()
    await other
    await second.commit()
    expect(badge.serial).toBe('c0ffee00-0000-4000-8000-000000000001')
    expect(await db.engine.execute(sql`select serial::text from badges`).scalars().all()).toEqual([badge.serial])
    expect(inspect(badge).state).toBe('persistent')
  })
})
