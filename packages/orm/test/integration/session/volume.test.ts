// Many objects: few statements, no deep stacks, time in proportion to their number.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createAll, type SessionFactory, sessionFactory } from '@oriel/orm'
import { func, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { circles, Loop } from '../../fixture/circle.ts'
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
      expect(db.sent().map((text) => text.split(' ').slice(0, 3).join(' '))).toEqual([
        'insert into teams',
        'insert into people',
        'insert into people',
      ])
      await session.flush()
      expect(db.sent()).toEqual([])
    })
    for (const [i, each] of teams.entries())
      for (const person of each.people) {
        expect(person.teamId).toBe(each.id)
        expect(person.name.startsWith(`p${i}.`)).toBe(true)
        for (const report of person.reports) expect(report.managerId).toBe(person.id)
      }
    expect(await db.engine.execute(select(func.count()).from(Person)).scalars().one()).toBe(20_000)
    const misplaced = await db.engine
      .execute(sql`select count(*)::int from people p join people m on m.id = p.manager_id
        where split_part(p.name, '.', 2) <> split_part(m.name, '.', 2) or substr(split_part(p.name, '.', 1), 2) <> substr(split_part(m.name, '.', 1), 2)`)
      .scalars()
      .one()
    expect(misplaced).toBe(0)
  })

  it('a chain of 10,000 self-references does not overflow the stack', async () => {
    await using session = loops.open()
    let last: Loop | null = null
    for (let i = 0; i < 10_000; i++) last = Object.assign(new Loop(), { next: last })
    if (last) session.add(last)
    await session.commit()
    const depth = await db.engine
      .execute(sql`with recursive chain as (select id, 1 as depth from loops where next_id is null
        union all select l.id, depth + 1 from loops l join chain c on l.next_id = c.id) select max(depth)::int from chain`)
      .scalars()
      .one()
    expect(depth).toBe(10_000)
  })

  it('flush, change, move and delete in time proportional to their number', async () => {
    const measure = async (from: number, count: number): Promise<number> => {
      await using session = db.sessions.open()
      const list = boxes(from, count)
      const start = performance.now()
      session.addAll(list)
      await session.flush()
      for (const each of list) each.name += '!'
      await session.flush()
      // One parent takes over all, one by one and at once.
      const [first] = list
      let slot = 100
      for (const each of list.slice(1)) for (const item of each.items) Object.assign(item, { box: first, slot: slot++ })
      await session.flush()
      expect(first?.items).toHaveLength(count * 5)
      for (const each of list) session.delete(each)
      await session.flush()
      return performance.now() - start
    }
    await measure(0, 200)
    const small = await measure(1_000, 1_000)
    const large = await measure(10_000, 8_000)
    // Eight times as many; what grows with the square would take 64 times as long.
    expect(large / small).toBeLessThan(24)
  })
})
