// What a flush sends, statement by statement: what a careful person would write.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { CircularDependencyError, createAll, type Session, StaleDataError } from '@oriel/orm'
import { sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { circles, Knot, Left, Loop, Right } from '../../fixture/circle.ts'
import { Badge, Box, graph, Item, Person, Tag, Team } from '../../fixture/graph.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const person = (name: string, rest: Partial<Person> = {}): Person => Object.assign(new Person(), { name }, rest)
const team = (name: string, ...people: Person[]): Team => Object.assign(new Team(), { name, people })
const tag = (label: string): Tag => Object.assign(new Tag(), { label })
const item = (slot: number, content = 'c'): Item => Object.assign(new Item(), { slot, content })
const boxId = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`
const box = (n: number, ...items: Item[]): Box => Object.assign(new Box(), { id: boxId(n), name: `b${n}`, items })
const badge = (): Badge => new Badge()

const unnest = (table: string, columns: string, types: string, returning = ''): string =>
  `insert into ${table} (${columns}) select ${columns} from unnest(${types}) with ordinality as rows(${columns}, ordinality) order by ordinality${returning && ` returning ${returning}`}`

/** What is there before, what is changed, and what the flush sends. */
interface Golden {
  readonly before?: () => object[]
  readonly change: (session: Session, before: object[]) => void
  readonly sends: readonly string[]
}

function deleteAll(session: Session, objects: readonly object[]): void {
  for (const object of objects) session.delete(object)
}

function at<T>(list: readonly object[], i: number, type: new () => T): T {
  const found = list[i]
  if (found instanceof type) return found
  throw new Error(`${i} is no ${type.name}`)
}

const goldens: Record<string, Golden> = {
  'one row': { change: (s) => s.add(team('a')), sends: ['insert into teams (name) values ($1) returning id'] },
  'rows of one class': {
    change: (s) => s.addAll([team('a'), team('b')]),
    sends: [unnest('teams', 'name', '$1::text[]', 'id')],
  },
  'rows with a given key': {
    change: (s) => s.addAll([box(1), box(2)]),
    sends: [unnest('boxes', 'id, name', '$1::uuid[], $2::text[]')],
  },
  'rows whose key is a uuid that is made here': {
    change: (s) => s.add(Object.assign(new Box(), { name: 'b' })),
    sends: ['insert into boxes (id, name) values ($1, $2)'],
  },
  'rows with other columns apart': {
    change: (s) => s.addAll([team('a'), Object.assign(team('b'), { id: 7 })]),
    sends: ['insert into teams (name) values ($1) returning id', 'insert into teams (id, name) values ($1, $2)'],
  },
  'parent before child, from the child': {
    change: (s) => s.add(person('p', { team: team('t') })),
    sends: [
      'insert into teams (name) values ($1) returning id',
      'insert into people (name, team_id) values ($1, $2) returning id',
    ],
  },
  'parent before child, from the parent': {
    change: (s) => s.add(team('t', person('p'), person('q'))),
    sends: [
      'insert into teams (name) values ($1) returning id',
      unnest('people', 'name, team_id', '$1::text[], $2::integer[]', 'id'),
    ],
  },
  'children of several parents together': {
    change: (s) => s.addAll([team('t', person('p')), team('u', person('q'))]),
    sends: [
      unnest('teams', 'name', '$1::text[]', 'id'),
      unnest('people', 'name, team_id', '$1::text[], $2::integer[]', 'id'),
    ],
  },
  'self-reference, level by level': {
    change: (s) => {
      const top = person('top')
      s.addAll([person('low', { manager: person('mid', { manager: top }) }), person('mid2', { manager: top })])
    },
    sends: [
      'insert into people (name) values ($1) returning id',
      unnest('people', 'name, manager_id', '$1::text[], $2::integer[]', 'id'),
      'insert into people (name, manager_id) values ($1, $2) returning id',
    ],
  },
  'a row that refers to itself': {
    change: (s) => {
      const own = person('own')
      own.manager = own
      s.add(own)
    },
    sends: [
      'insert into people (name, manager_id) values ($1, $2) returning id',
      'update people set manager_id = $1 where id = $2',
    ],
  },
  'a circle of two rows, broken once': {
    change: (s) => {
      const one = person('one')
      one.manager = person('two', { manager: one })
      s.add(one)
    },
    sends: [
      'insert into people (name, manager_id) values ($1, $2) returning id',
      'insert into people (name, manager_id) values ($1, $2) returning id',
      'update people set manager_id = $1 where id = $2',
    ],
  },
  'a composite key with a part from the parent': {
    change: (s) => s.add(box(1, item(1), item(2))),
    sends: [
      'insert into boxes (id, name) values ($1, $2)',
      unnest('items', 'box_id, slot, content', '$1::uuid[], $2::integer[], $3::text[]'),
    ],
  },
  'one-to-one, from the side without the key': {
    change: (s) => s.add(person('p', { badge: badge() })),
    sends: [
      'insert into people (name) values ($1) returning id',
      'insert into badges (serial, person_id) values ($1, $2)',
    ],
  },
  'many-to-many, rows behind both sides': {
    change: (s) => s.add(person('p', { tags: [tag('x'), tag('y')] })),
    sends: [
      'insert into people (name) values ($1) returning id',
      unnest('tags', 'label', '$1::text[]'),
      unnest('people_tags', 'person_id, tag_label', '$1::integer[], $2::text[]'),
    ],
  },
  'a changed column, and only that': {
    before: () => [person('p')],
    change: (_, [p]) => Object.assign(p ?? {}, { name: 'q' }),
    sends: ['update people set name = $1 where id = $2'],
  },
  'the same column of several rows': {
    before: () => [person('p'), person('q'), person('r')],
    change: (_, list) => {
      for (const [i, p] of list.entries()) Object.assign(p, { name: `new${i}` })
    },
    sends: [
      'update people set name = rows.name from unnest($1::integer[], $2::text[]) as rows(old_id, name) where people.id = rows.old_id',
    ],
  },
  'other columns apart': {
    before: () => [person('p'), person('q')],
    change: (_, [p, q]) => {
      Object.assign(p ?? {}, { name: 'x' })
      Object.assign(q ?? {}, { managerId: 1 })
    },
    sends: ['update people set name = $1 where id = $2', 'update people set manager_id = $1 where id = $2'],
  },
  'a move between parents': {
    before: () => [team('t', person('p')), team('u')],
    change: (_, list) => at(list, 1, Team).people.push(...at(list, 0, Team).people),
    sends: ['update people set team_id = $1 where id = $2'],
  },
  'a child let go': {
    before: () => [team('t', person('p'))],
    change: (_, list) => at(list, 0, Team).people.splice(0),
    sends: ['update people set team_id = $1 where id = $2'],
  },
  'a new child of a known parent': {
    before: () => [team('t')],
    change: (_, list) => void at(list, 0, Team).people.push(person('p')),
    sends: ['insert into people (name, team_id) values ($1, $2) returning id'],
  },
  'a known child of a new parent': {
    before: () => [person('p')],
    change: (s, list) => s.add(team('t', at(list, 0, Person))),
    sends: ['insert into teams (name) values ($1) returning id', 'update people set team_id = $1 where id = $2'],
  },
  'an orphan': {
    before: () => [box(1, item(1), item(2))],
    change: (_, list) => at(list, 0, Box).items.pop(),
    sends: ['delete from items where box_id = $1 and slot = $2'],
  },
  'an orphan that a new one replaces': {
    before: () => [box(1, item(1))],
    change: (_, list) => at(list, 0, Box).items.splice(0, 1, item(1, 'new')),
    sends: [
      'delete from items where box_id = $1 and slot = $2',
      'insert into items (box_id, slot, content) values ($1, $2, $3)',
    ],
  },
  'a delete with its children': {
    before: () => [box(1, item(1), item(2))],
    change: (s, list) => s.delete(at(list, 0, Box)),
    sends: [
      'delete from items using unnest($1::uuid[], $2::integer[]) as rows(box_id, slot) where items.box_id = rows.box_id and items.slot = rows.slot returning items.box_id, items.slot',
      'delete from boxes where id = $1',
    ],
  },
  'a delete that lets its children go': {
    before: () => [team('t', person('p'), person('q'))],
    change: (s, list) => s.delete(at(list, 0, Team)),
    sends: [
      'update people set team_id = rows.team_id from unnest($1::integer[], $2::integer[]) as rows(old_id, team_id) where people.id = rows.old_id',
      'delete from teams where id = $1',
    ],
  },
  'several deletes': {
    before: () => [team('t'), team('u')],
    change: (s, list) => deleteAll(s, list),
    sends: ['delete from teams where id = any ($1) returning id'],
  },
  'a delete of a tree of one class': {
    before: () => {
      const top = person('top')
      return [top, person('low', { manager: top })]
    },
    change: (s, list) => deleteAll(s, list),
    sends: ['delete from people where id = any ($1) returning id'],
  },
  'a delete with rows of an association': {
    before: () => [person('p', { tags: [tag('x')] })],
    change: (s, list) => s.delete(at(list, 0, Person)),
    sends: ['delete from people_tags where person_id = $1', 'delete from people where id = $1'],
  },
  'a link and an unlink': {
    before: () => [person('p', { tags: [tag('x')] }), tag('y')],
    change: (_, list) => at(list, 0, Person).tags.splice(0, 1, at(list, 1, Tag)),
    sends: [
      'delete from people_tags where person_id = $1 and tag_label = $2',
      'insert into people_tags (person_id, tag_label) values ($1, $2)',
    ],
  },
  'several links from the other side': {
    before: () => [person('p'), person('q'), tag('x')],
    change: (_, list) => void at(list, 2, Tag).people.push(at(list, 0, Person), at(list, 1, Person)),
    sends: [unnest('people_tags', 'person_id, tag_label', '$1::integer[], $2::text[]')],
  },
  'a natural key that changes': {
    before: () => [tag('x')],
    change: (_, list) => Object.assign(at(list, 0, Tag), { label: 'y' }),
    sends: ['update tags set label = $1 where label = $2'],
  },
  'a part of a composite key that changes': {
    before: () => [box(1, item(1))],
    change: (_, list) => Object.assign(at(list, 0, Box).items[0] ?? {}, { slot: 9 }),
    sends: ['update items set slot = $1 where box_id = $2 and slot = $3'],
  },
  'a one-to-one that is taken over': {
    before: () => [person('p', { badge: badge() })],
    change: (_, list) => Object.assign(at(list, 0, Person), { badge: badge() }),
    sends: [
      'update badges set person_id = $1 where serial = $2',
      'insert into badges (serial, person_id) values ($1, $2)',
    ],
  },
  'insert, update and delete in this order': {
    before: () => [team('t'), team('u')],
    change: (s, list) => {
      s.delete(at(list, 0, Team))
      at(list, 1, Team).name = 'v'
      s.add(team('w'))
    },
    sends: [
      'insert into teams (name) values ($1) returning id',
      'update teams set name = $1 where id = $2',
      'delete from teams where id = $1',
    ],
  },
  'two tables that refer to each other': {
    change: (s) => {
      const left = new Left()
      const right = Object.assign(new Right(), { left })
      left.right = right
      s.add(right)
    },
    sends: [
      'insert into lefts (right_id) values ($1) returning id',
      'insert into rights (left_id) values ($1) returning id',
      'update lefts set right_id = $1 where id = $2',
    ],
  },
  'a delete of two tables that refer to each other': {
    before: () => {
      const left = new Left()
      const right = Object.assign(new Right(), { left })
      left.right = right
      return [left, right]
    },
    change: (s, list) => deleteAll(s, list),
    sends: [
      'update lefts set right_id = $1 where id = $2',
      'delete from rights where id = $1',
      'delete from lefts where id = $1',
    ],
  },
  'a ring of five': {
    change: (s) => {
      const ring = Array.from({ length: 5 }, () => new Loop())
      for (const [i, each] of ring.entries()) Object.assign(each, { next: ring[(i + 1) % 5] })
      s.addAll(ring)
    },
    sends: [
      ...Array.from({ length: 5 }, () => 'insert into loops (next_id) values ($1) returning id'),
      'update loops set next_id = $1 where id = $2',
    ],
  },
  'many small circles, in few statements': {
    change: (s) => {
      for (let i = 0; i < 20; i++) {
        const one = new Loop()
        one.next = Object.assign(new Loop(), { next: one })
        s.add(one)
      }
    },
    sends: [
      unnest('loops', 'next_id', '$1::integer[]', 'id'),
      unnest('loops', 'next_id', '$1::integer[]', 'id'),
      'update loops set next_id = rows.next_id from unnest($1::integer[], $2::integer[]) as rows(old_id, next_id) where loops.id = rows.old_id',
    ],
  },
  'nothing, for a value set to what it is': {
    before: () => [person('p')],
    change: (_, list) => Object.assign(at(list, 0, Person), { name: 'p', teamId: null }),
    sends: [],
  },
  'nothing, for a collection in another order': {
    before: () => [team('t', person('p'), person('q'))],
    change: (_, list) => at(list, 0, Team).people.reverse(),
    sends: [],
  },
}

describeLane('golden flushes', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), graph)
    await createAll(db.engine, { registry: circles })
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(
      sql`truncate people, teams, tags, people_tags, boxes, items, badges, lefts, rights, loops restart identity cascade`,
    )
  })
  afterEach(() => session.close())

  it('are forty', () => {
    session = db.sessions.open()
    expect(Object.keys(goldens).length).toBeGreaterThanOrEqual(40)
  })

  it.each(Object.entries(goldens))('%s', async (title, { before, change, sends }) => {
    const isCircle = /two tables|ring|circles,/.test(title)
    session = (isCircle ? db.factory({ registry: circles }) : db.sessions).open()
    const objects = before?.() ?? []
    session.addAll(objects)
    await session.commit()
    await session.begin()
    db.sent()
    change(session, objects)
    await session.flush()
    expect(db.sent()).toEqual(sends)
    await session.flush()
    expect(db.sent()).toEqual([])
    await session.commit()
  })

  it('a circle of keys that cannot be null is named, before anything is sent', async () => {
    session = db.factory({ registry: circles }).open()
    const one = new Knot()
    one.next = Object.assign(new Knot(), { next: one })
    session.add(one)
    await session.begin()
    db.sent()
    const refused = await session.flush().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(CircularDependencyError)
    expect(String(refused)).toContain('New objects refer to each other in a circle: Knot.next → Knot.next')
    expect(db.sent()).toEqual([])
  })

  describe('rows that are gone', () => {
    it.each<[string, (session: Session, list: Person[]) => void]>([
      [
        'updated',
        (_, list) => {
          for (const each of list) each.name += '!'
        },
      ],
      ['deleted', (s, list) => deleteAll(s, list)],
    ])('are named when they were to be %s', async (verb, change) => {
      session = db.sessions.open()
      const people = Array.from({ length: 100 }, (_, i) => person(`p${i}`))
      session.addAll(people)
      await session.commit()
      await db.engine.execute(sql`delete from people where id = 42`)
      change(session, people)
      const stale = await session.flush().catch((error: unknown) => error)
      expect(stale).toBeInstanceOf(StaleDataError)
      expect(String(stale)).toContain(`Person 42 could not be ${verb}: the row is not there any more`)
      await session.rollback()
      const [only] = people.slice(41)
      if (only) change(session, [only])
      await expect(session.flush()).rejects.toThrow(`Person 42 could not be ${verb}`)
      await session.rollback()
    })
  })
})
