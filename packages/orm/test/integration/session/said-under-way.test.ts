// What is said while a flush is under way is news for the next one: neither lost, nor half heard.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { select } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Badge, Box, graph, Item, Person, Team } from '../../fixture/graph.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

describeLane('while a flush is under way', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), graph)
  })
  afterAll(() => db.close())

  it('a new object is given references, from both sides', async () => {
    await using session = db.sessions.open()
    const ann = Object.assign(new Person(), { name: 'ann' })
    const team = Object.assign(new Team(), { name: 'team' })
    session.addAll([ann, team])
    const flushing = session.flush()
    const badge = new Badge()
    session.add(badge)
    ann.badge = badge
    ann.team = team
    await flushing
    expect([ann.badge, ann.team]).toEqual([badge, team])
    await session.flush()
    expect([badge.personId, ann.teamId]).toEqual([ann.id, team.id])
  })

  it('that loads what is deleted along, objects are given the key of a reference, new or stored', async () => {
    await using session = db.sessions.open()
    const team = Object.assign(new Team(), { name: 'team' })
    const box = Object.assign(new Box(), { name: 'box' })
    const bob = Object.assign(new Person(), { name: 'bob' })
    session.addAll([team, box, bob])
    await session.flush()
    const ann = Object.assign(new Person(), { name: 'ann' })
    session.add(ann)
    session.delete(box)
    const flushing = session.flush()
    ann.teamId = team.id
    bob.teamId = team.id
    await flushing
    await session.flush()
    for (const person of [ann, bob]) {
      expect(person.teamId).toBe(team.id)
      // Not loaded, or the team: not null.
      expect(Object.getOwnPropertyDescriptor(person, 'team')?.value).not.toBeNull()
    }
    expect(new Set(team.people)).toEqual(new Set([ann, bob]))
  })

  it('whose target is deleted, a key that was set before is let go, and stays so', async () => {
    await using session = db.sessions.open()
    const [old, gone] = ['old', 'gone'].map((name) => Object.assign(new Team(), { name }))
    if (!old || !gone) throw new RangeError('There are two.')
    session.addAll([old, gone])
    await session.flush()
    const cat = Object.assign(new Person(), { name: 'cat', teamId: old.id })
    session.add(cat)
    await session.flush()
    cat.teamId = gone.id
    session.delete(gone)
    await session.flush()
    expect(cat.teamId).toBeNull()
    expect(session.dirty.size).toBe(0)
    await session.flush()
  })

  it('an object that has gone to another session is left to that one', async () => {
    await using first = db.sessions.open()
    await using second = db.sessions.open()
    const team = Object.assign(new Team(), { name: 'shared', people: [Object.assign(new Person(), { name: 'dan' })] })
    first.add(team)
    await first.commit()
    const [dan] = team.people
    if (!dan) throw new RangeError('There is one.')
    first.expunge(dan)
    Reflect.deleteProperty(dan, 'team')
    second.add(dan)
    team.people.pop()
    await first.commit()
    expect(dan.teamId).toBe(team.id)
    expect(second.isModified(dan)).toBe(false)
  })

  it('that loads what is deleted along, another is deleted: its children go, too', async () => {
    await using session = db.sessions.open()
    const boxes = ['first', 'second'].map((name) => {
      const items = [Object.assign(new Item(), { slot: 1, content: name })]
      return Object.assign(new Box(), { name, items })
    })
    const [first, second] = boxes
    if (!first || !second) return
    session.addAll(boxes)
    await session.flush()
    for (const box of boxes) session.expire(box)
    session.delete(first)
    const flushing = session.flush()
    session.delete(second)
    await flushing
    expect(await session.execute(select(Item)).all()).toEqual([])
  })

  it('that writes a key, another is set: it goes with the next', async () => {
    await using session = db.sessions.open()
    const ann = Object.assign(new Person(), { name: 'ann' })
    const [first, second, third] = ['first', 'second', 'third'].map((name) => Object.assign(new Team(), { name }))
    if (!first || !second || !third) return
    ann.team = first
    session.addAll([ann, first, second, third])
    await session.flush()
    ann.team = second
    const flushing = session.flush()
    ann.teamId = third.id
    await flushing
    expect(ann.teamId).toBe(third.id)
    await session.flush()
    expect([first, second, third].map(({ people }) => people.length)).toEqual([0, 0, 1])
  })
})
