// An object is expired, and moved then: the loaded side of the parent that its forgotten key named lets it go all the same.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { entity, select, sql, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Badge, graph, Person, Team } from '../../fixture/graph.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('an expired object that is moved', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), graph)
  })
  afterAll(() => db.close())

  describe('leaves the loaded side of', () => {
    it('the collection that it was in', async () => {
      await using session = db.sessions.open()
      const ann = Object.assign(new Person(), { name: 'ann' })
      const old = Object.assign(new Team(), { name: 'old', people: [ann] })
      const other = Object.assign(new Team(), { name: 'other' })
      session.addAll([old, other])
      await session.flush()
      session.expire(ann)
      ann.team = other
      await session.flush()
      expect(other.people).toEqual([ann])
      expect(old.people).toEqual([])
    })

    it('that collection where an UPDATE moves it, and where somebody else does and it is read again', async () => {
      await using session = db.sessions.open()
      const eve = Object.assign(new Person(), { name: 'eve' })
      const teams = ['first', 'second', 'third'].map((name) => Object.assign(new Team(), { name }))
      const [first, second, third] = teams
      if (!first || !second || !third) return
      eve.team = first
      session.addAll([eve, ...teams])
      await session.flush()
      session.expire(eve)
      await session.execute(update(Person).set({ teamId: second.id }).where(entity(Person).id.eq(eve.id)))
      expect(teams.map(({ people }) => people.length)).toEqual([0, 1, 0])
      session.expire(eve)
      await session.execute(sql`update people set team_id = ${third.id} where id = ${eve.id}`)
      await session.refresh(eve)
      expect(teams.map(({ people }) => people.length)).toEqual([0, 0, 1])
    })

    it('that collection where a CTE may have moved it: it is not loaded any more', async () => {
      await using session = db.sessions.open()
      const may = Object.assign(new Person(), { name: 'may' })
      const from = Object.assign(new Team(), { name: 'from', people: [may] })
      const to = Object.assign(new Team(), { name: 'to' })
      session.addAll([from, to])
      await session.flush()
      session.expire(may)
      const p = entity(Person)
      const moved = update(Person).set({ teamId: to.id }).where(p.id.eq(may.id)).returning({ id: p.id }).cte('moved')
      await session.execute(select(moved)).all()
      expect(Object.hasOwn(from, 'people')).toBe(false)
    })

    it('the one that it belonged to', async () => {
      await using session = db.sessions.open()
      const badge = new Badge()
      const bob = Object.assign(new Person(), { name: 'bob', badge })
      session.add(bob)
      await session.flush()
      session.expire(badge)
      badge.person = null
      await session.flush()
      expect(bob.badge).toBeNull()
    })
  })
})
