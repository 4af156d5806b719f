// Many objects: few statements, no deep stacks. That time grows with their number, not its square, is shown by apps/bench.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createAll, inspect, type SessionFactory, sessionFactory } from '@oriel/orm'
import { func, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Chain, circles, Loop } from '../../fixture/circle.ts'
import { Box, graph, Item, Person, Team } from '../../fixture/graph.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('many objects', (lane) => {
  let db: Recorded
  let loops: SessionFactory

  beforeAll(async () => {
    db = await recorded(lane(), graph)
    await createAll(db.engine, { registry: circles })
    loops = sessionFactory(db.engine, { registry: circles })
  })
  afterAll(() => db.close())

  const firstWords = (text: string): string => text.split(' ').slice(0, 3).join(' ')
  const depthOf = async (table: 'chains' | 'loops', id: string | number): Promise<number> =>
    await db.engine
      .execute(sql`with recursive chain as (select next_id, 1 as depth from ${sql.identifier(table)}
        where id = ${id} union all select l.next_id, depth + 1 from ${sql.identifier(table)} l join chain c on l.id = c.next_id)
        select max(depth)::int as depth from chain`)
      .scalars()
      .one()

  const boxes = (from: number, count: number): Box[] =>
    Array.from({ length: count }, (_, i) =>
      Object.assign(new Box(), {
        name: `b${from + i}`,
        items: Array.from({ length: 5 }, (__, slot) => Object.assign(new Item(), { slot, content: `c${slot}` })),
      }),
    )

  it('1,000 parents with 5 children and 3 grandchildren each are three INSERTs', async () => {
    const teams = Array.from({ length: 1000 }, (_, i) => {
      const people = Array.from({ length: 5 }, (__, j) => Object.assign(new Person(), { name: `p${i}.${j}` }))
      for (const [j, each] of people.entries())
        each.reports = [0, 1, 2].map((k) => Object.assign(new Person(), { name: `r${i}.${j}.${k}` }))
      return Object.assign(new Team(), { name: `t${i}`, people })
    })
    await db.sessions.begin(async (session) => {
      session.addAll(teams)
      db.sent()
      await session.flush()
      expect(db.sent().map(firstWords)).toEqual(['insert into teams', 'insert into people', 'insert into people'])
      await session.flush()
      expect(db.sent()).toEqual([])
    })
    const people = teams.flatMap((team) => team.people)
    // One expectation for all: a matcher for each of 20,000 objects would take longer than the flush.
    expect(
      people.filter(({ teamId, name }, i) => teamId !== teams[Math.floor(i / 5)]?.id || !/^p\d+\.\d$/.test(name)),
    ).toEqual([])
    expect(people.filter(({ id, reports }) => reports.some(({ managerId }) => managerId !== id))).toEqual([])
    expect(await db.engine.execute(select(func.count()).from(Person)).scalars().one()).toBe(20_000)
    const misplaced = await db.engine
      .execute(sql`select count(*)::int from people p join people m on m.id = p.manager_id
        where split_part(p.name, '.', 2) <> split_part(m.name, '.', 2) or substr(split_part(p.name, '.', 1), 2) <> substr(split_part(m.name, '.', 1), 2)`)
      .scalars()
      .one()
    expect(misplaced).toBe(0)
  })

  it('a batch that is refused leaves the objects of those before it as they were, and all can be written after a rollback', async () => {
    await using session = db.sessions.open()
    const teams = Array.from({ length: 6_000 }, (_, i) => Object.assign(new Team(), { name: `again ${i}` }))
    const late = teams[5_400]
    if (!late) throw new RangeError('There are 6,000.')
    late.name = 'again 5399'
    session.addAll(teams)
    db.sent()
    await expect(session.flush()).rejects.toThrow(/again 5399/)
    expect(db.sent().map(firstWords)).toEqual(['begin', ...new Array<string>(3).fill('insert into teams')])
    expect(teams.filter((each) => each.id !== undefined || inspect(each).state !== 'pending')).toEqual([])
    await session.rollback()
    late.name = 'again 5400'
    session.addAll(teams)
    await session.commit()
    const stored = await db.engine
      .execute(sql<{ id: number; name: string }>`select id, name from teams where name like 'again %'`)
      .all()
    const idOf = new Map(stored.map(({ id, name }) => [name, id]))
    expect(stored).toHaveLength(6_000)
    expect(teams.filter(({ id, name }) => idOf.get(name) !== id)).toEqual([])
  })

  it('a chain of 10,000 self-references whose keys are known is one INSERT, and does not overflow the stack', async () => {
    await using session = loops.open()
    let last: Chain | null = null
    for (let i = 0; i < 10_000; i++) last = Object.assign(new Chain(), { label: `c${i}`, next: last })
    if (last) session.add(last)
    db.sent()
    await session.flush()
    expect(db.sent().map(firstWords)).toEqual(['begin', 'insert into chains'])
    await session.commit()
    expect(await depthOf('chains', last?.id ?? '')).toBe(10_000)
    const [first, second] = [last, last?.next ?? null]
    expect(first?.nextId).toBe(second?.id)
  })

  it('a circle of objects whose keys are known is one INSERT', async () => {
    await using session = loops.open()
    const [a, b, c] = ['a', 'b', 'c'].map((label) => Object.assign(new Chain(), { label }))
    if (!a || !b || !c) throw new RangeError('There are three.')
    Object.assign(a, { next: b })
    Object.assign(b, { next: c })
    Object.assign(c, { next: a })
    session.addAll([a, b, c])
    db.sent()
    await session.flush()
    expect(db.sent().map(firstWords)).toEqual(['begin', 'insert into chains'])
    expect([a.nextId, b.nextId, c.nextId]).toEqual([b.id, c.id, a.id])
    await session.commit()
  })

  it('a chain whose keys the database makes is one INSERT for each link, first the one that refers to none', async () => {
    await using session = loops.open()
    let last: Loop | null = null
    for (let i = 0; i < 1_000; i++) last = Object.assign(new Loop(), { next: last })
    if (last) session.add(last)
    db.sent()
    await session.commit()
    expect(db.sent().filter((text) => text.startsWith('insert'))).toHaveLength(1_000)
    expect(await depthOf('loops', last?.id ?? 0)).toBe(1_000)
  })

  it('one parent takes over the children of 300 others, and all are deleted, by one statement each', async () => {
    await using session = db.sessions.open()
    const list = boxes(0, 300)
    session.addAll(list)
    await session.flush()
    for (const each of list) each.name += '!'
    const [first] = list
    let slot = 100
    for (const each of list.slice(1)) for (const item of each.items) Object.assign(item, { box: first, slot: slot++ })
    db.sent()
    await session.flush()
    expect(db.sent().map(firstWords)).toEqual(['update boxes set', 'update items set'])
    expect(first?.items).toHaveLength(1_500)
    for (const each of list) session.delete(each)
    await session.flush()
    expect(db.sent().map(firstWords)).toEqual(['delete from items', 'delete from boxes'])
  })
})
