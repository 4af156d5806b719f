// Both sides of a relationship, and what a delete takes along.
import { inspect as print } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createAll, FlushError, inspect, NotLoadedError, type Session } from '@oriel/orm'
import { entity, InvalidRequestError, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Badge, Box, graph, Item, Person, Tag, Team } from '../../fixture/graph.ts'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const person = (name: string, rest: Partial<Person> = {}): Person => Object.assign(new Person(), { name }, rest)
const team = (name: string): Team => Object.assign(new Team(), { name })
const item = (slot: number): Item => Object.assign(new Item(), { slot, content: `c${slot}` })
const box = (name: string, ...items: Item[]): Box => Object.assign(new Box(), { name, items })

describeLane('relationships', (lane) => {
  let db: Recorded
  let session: Session
  let red: Team
  let blue: Team
  let ann: Person

  beforeAll(async () => {
    db = await recorded(lane(), graph)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(
      sql`truncate people, teams, tags, people_tags, boxes, items, badges restart identity cascade`,
    )
    session = db.sessions.open()
    red = team('red')
    blue = team('blue')
    ann = person('ann', { team: red })
    session.addAll([red, blue, ann])
    await session.commit()
    db.sent()
  })
  afterEach(() => session.close())

  describe('SEMANTICS 19: both sides', () => {
    it('are told by add', () => {
      const bob = person('bob', { team: red })
      session.add(bob)
      expect(red.people).toEqual([ann, bob])
      const green = Object.assign(team('green'), { people: [person('cy')] })
      session.add(green)
      expect(green.people[0]?.team).toBe(green)
    })

    it('are told by sync, and by each flush', async () => {
      ann.team = blue
      session.sync()
      expect([red.people, blue.people]).toEqual([[], [ann]])
      expect(db.sent()).toEqual([])
      await session.flush()
      expect(db.sent()).toEqual(['begin', 'update people set team_id = $1 where id = $2'])
      red.people.push(ann)
      await session.flush()
      expect([ann.team, ann.teamId, blue.people]).toEqual([red, red.id, []])
    })

    it('may be said anew after they agreed, from either side', async () => {
      ann.team = blue
      session.sync()
      ann.team = red
      session.sync()
      expect([red.people, blue.people]).toEqual([[ann], []])
      blue.people.push(ann)
      session.sync()
      expect(ann.team).toBe(blue)
      blue.people.splice(0)
      session.sync()
      expect([ann.team, red.people, blue.people]).toEqual([null, [], []])
      await session.flush()
      expect(db.sent()).toEqual(['begin', 'update people set team_id = $1 where id = $2'])
      expect(ann.teamId).toBeNull()
    })

    it('are adjusted only where they are loaded', async () => {
      await using other = db.sessions.open()
      const [one, other_] = [await other.getOne(Person, 1), await other.getOne(Team, 2)]
      one.team = other_
      await other.flush()
      expect(() => other_.people).toThrow(NotLoadedError)
      await other.load(other_, entity(Team).people)
      expect(other_.people).toEqual([one])
    })

    it('follow the key where only the key was changed', async () => {
      ann.teamId = blue.id
      await session.flush()
      expect([red.people, blue.people]).toEqual([[], [ann]])
      expect(() => ann.team).toThrow(NotLoadedError)
      await session.rollback()
      expect([ann.team, ann.teamId, red.people, blue.people]).toEqual([red, red.id, [ann], []])
    })

    it('SEMANTICS 16: a reference whose key is null is null, loaded or not, and nothing is asked for it', async () => {
      session.add(person('bob'))
      await session.commit()
      await using other = db.sessions.open()
      const [bob, known] = [await other.getOne(Person, 2), await other.getOne(Person, 1)]
      db.sent()
      expect([bob.teamId, bob.team]).toEqual([null, null])
      expect(inspect(bob).isLoaded('team')).toBe(true)
      expect(print(bob)).toContain('team: null')
      expect(Object.keys(bob)).not.toContain('team')
      expect(() => known.team).toThrow(NotLoadedError)
      known.teamId = null
      expect(known.team).toBeNull()
      expect(db.sent()).toEqual([])
      await other.flush()
      expect(known.team).toBeNull()
      known.teamId = blue.id ?? 0
      await other.flush()
      expect(() => known.team).toThrow(NotLoadedError)
      other.expire(bob)
      expect(() => bob.team).toThrow(NotLoadedError)
    })

    it.each<[string, () => void, string]>([
      [
        'two parents',
        () => {
          const bob = person('bob')
          red.people.push(bob)
          blue.people.push(bob)
        },
        'a new Person is claimed twice: by Team.people of Team 1, by Team.people of Team 2',
      ],
      [
        'a collection and a to-one',
        () => {
          blue.people.push(ann)
          ann.team = null
        },
        'Person 1 is claimed twice: by Person.team of Person 1, which is null, by Team.people of Team 2',
      ],
      [
        'a to-one and its key',
        () => {
          ann.team = blue
          ann.teamId = null
        },
        'Person.team of Person 1 and Person.teamId were both changed, and disagree',
      ],
      [
        'a collection and the key',
        () => {
          blue.people.push(ann)
          ann.teamId = 77
        },
        'Team.people of Team 2 and Person.teamId were both changed, and disagree',
      ],
    ])('that disagree are a FlushError before SQL that names both: %s', async (_, contradict, message) => {
      contradict()
      const refused = await session.flush().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(FlushError)
      const parts = message.split(/ by |, and|, /)
      for (const part of parts) expect(String(refused)).toContain(part.trim())
      expect(db.sent()).toEqual([])
      expect(ann.id).toBe(1)
    })

    it('of many-to-many: one row, whoever speaks; adding here and removing there is refused', async () => {
      const tag = Object.assign(new Tag(), { label: 'x' })
      ann.tags.push(tag)
      await session.flush()
      expect(tag.people).toEqual([ann])
      expect(db.sent()).toEqual([
        'begin',
        'insert into tags (label) values ($1)',
        'insert into people_tags (person_id, tag_label) values ($1, $2)',
      ])
      tag.people.splice(0)
      await session.flush()
      expect(ann.tags).toEqual([])
      expect(db.sent()).toEqual(['delete from people_tags where person_id = $1 and tag_label = $2'])
      ann.tags.push(tag)
      tag.people.push(ann)
      await session.flush()
      expect(db.sent()).toHaveLength(1)
      expect([ann.tags, tag.people]).toEqual([[tag], [ann]])
    })

    it('of one-to-one: the other side follows, and the place is left before it is taken', async () => {
      const [first, second] = [new Badge(), new Badge()]
      ann.badge = first
      await session.flush()
      expect([first.person, first.personId]).toEqual([ann, ann.id])
      second.person = ann
      session.add(second)
      await session.commit()
      expect([ann.badge, first.person, first.personId]).toEqual([second, null, null])
    })
  })

  describe('SEMANTICS 20', () => {
    it('assigning an unloaded collection of a persistent object is refused', async () => {
      await using other = db.sessions.open()
      const one = await other.getOne(Team, 1)
      one.people = []
      await expect(other.flush()).rejects.toThrow(NotLoadedError)
      await expect(other.flush()).rejects.toThrow('Team.people of Team 1 was assigned without having been loaded')
      // The way out of the hint.
      one.people = [person('bob')]
      await expect(other.flush()).rejects.toThrow("session.expire(object, ['people'])")
      other.expire(one, ['people'])
      await other.load(one, entity(Team).people)
      one.people = [person('cat')]
      await other.commit()
      const p = entity(Person)
      expect(await db.engine.execute(select(p.name, p.teamId).orderBy(p.id)).all()).toEqual([
        ['ann', null],
        ['cat', 1],
      ])
    })

    it('delete loads children that cascade by one select per relationship and level', async () => {
      session.addAll([box('a', item(1), item(2)), box('b', item(1))])
      await session.commit()
      await using other = db.sessions.open()
      for (const each of await other.scalars(select(Box)).all()) other.delete(each)
      db.sent()
      await other.commit()
      expect(db.sent()).toEqual([
        'begin',
        expect.stringMatching(/^select .* from items where box_id = any/),
        expect.stringMatching(/^delete from items using unnest/),
        'delete from boxes where id = any ($1) returning id',
        'commit',
      ])
    })

    it('removing a member whose key cannot be null is refused before SQL', async () => {
      await createAll(db.engine, { registry: office })
      const own = db.factory({ registry: office })
      await own.begin(async (writing) => {
        const author = Object.assign(new Author(), { email: 'a' })
        const book = Object.assign(new Book(), { title: 't', author })
        writing.add(book)
        await writing.flush()
        db.sent()
        author.books.splice(0)
        await expect(writing.flush()).rejects.toThrow('Book 1 cannot be without author: authorId cannot be null')
        author.books.push(book)
        writing.delete(author)
        await expect(writing.flush()).rejects.toThrow('Author 1 cannot be deleted: Book 1 refers to it by authorId')
        expect(db.sent()).toEqual([])
        await writing.rollback()
      })
    })

    it('a removed orphan is deleted, and comes back where it is put in again', async () => {
      const [one, two] = [item(1), item(2)]
      const first = box('a', one, two)
      session.add(first)
      await session.commit()
      first.items.splice(0, 1)
      session.sync()
      expect([...session.deleted]).toEqual([one])
      first.items.push(one)
      session.sync()
      expect(session.deleted.size).toBe(0)
      first.items.splice(0, 1)
      await session.commit()
      expect(inspect(two).state).toBe('detached')
      expect(first.items).toEqual([one])
    })

    it('a key that is deleted and taken again in one flush is deleted first', async () => {
      const first = box('a', item(1))
      session.add(first)
      await session.commit()
      const fresh = item(1)
      first.items = [fresh]
      db.sent()
      await session.commit()
      expect(db.sent().map((text) => text.split(' ')[0])).toEqual(['begin', 'delete', 'insert', 'commit'])
      expect(inspect(fresh).state).toBe('persistent')
    })
  })

  it('deleted objects leave the relationships that held them, and a rollback brings them back', async () => {
    session.delete(ann)
    await session.flush()
    expect(red.people).toEqual([])
    await session.rollback()
    expect(red.people).toEqual([ann])
    session.delete(red)
    await session.commit()
    expect([ann.team, ann.teamId]).toEqual([null, null])
  })

  it('a deleted member that is put into a collection again is refused before SQL', async () => {
    const crate = box('crate', item(1))
    const tag = Object.assign(new Tag(), { label: 'gone' })
    ann.tags = [tag]
    session.add(crate)
    await session.flush()
    const [gone] = crate.items.splice(0)
    session.delete(tag)
    await session.flush()
    if (!gone) throw new RangeError('There is one.')
    db.sent()
    crate.items.push(gone)
    await expect(session.flush()).rejects.toThrow(/Box\.items of Box .* holds Item .*, which is deleted/)
    crate.items.pop()
    ann.tags.push(tag)
    await expect(session.flush()).rejects.toThrow('Person.tags of Person 1 holds Tag gone, which is deleted')
    expect(db.sent()).toEqual([])
  })

  it('two objects for one row are refused before SQL', async () => {
    const tag = (label: string): Tag => Object.assign(new Tag(), { label })
    session.addAll([tag('two'), tag('two')])
    await expect(session.flush()).rejects.toThrow('Two new objects have one key: Tag two.')
    expect(db.sent()).toEqual([])
    session.expungeAll()
    // Whether a row is there already, only the database knows.
    session.add(tag('one'))
    await session.flush()
    await session.execute(sql`delete from tags`)
    session.add(tag('one'))
    await session.flush()
  })

  it('children that are added one by one come to their parent one by one', async () => {
    const green = team('green')
    const tag = Object.assign(new Tag(), { label: 'growing' })
    session.addAll([green, tag])
    const people: Person[] = []
    for (const state of ['new', 'stored']) {
      for (let i = 0; i < 30; i++) {
        const child = person(`${state} ${i}`, { team: green, tags: [tag] })
        session.add(child)
        people.push(child)
        expect([green.people.at(-1), tag.people.at(-1)]).toEqual([child, child])
      }
      expect([green.people.length, tag.people.length]).toEqual([people.length, people.length])
      await session.flush()
    }
    expect(people.filter(({ teamId }, i) => teamId !== green.id || green.people[i] !== people[i])).toEqual([])
    expect(session.dirty.size).toBe(0)
  })

  it('add is whole or not at all', async () => {
    await using other = db.sessions.open()
    const [bob, cat] = [person('bob'), person('cat')]
    other.add(bob)
    cat.reports = [bob]
    expect(() => session.add(cat)).toThrow('belongs to another session')
    expect(() => session.addAll([team('green'), bob])).toThrow('belongs to another session')
    expect([session.new.size, inspect(cat).state]).toEqual([0, 'transient'])
    session.delete(ann)
    session.expunge(red)
    expect(() => session.addAll([ann, red, bob])).toThrow('belongs to another session')
    expect([...session.deleted]).toEqual([ann])
    expect(inspect(red).state).toBe('detached')
    session.add(ann)
    other.expunge(bob)
    session.add(cat)
    await session.flush()
    expect(bob.managerId).toBe(cat.id)
  })

  it('an object of another session, a deleted one, and one that nobody adds are refused', async () => {
    await using other = db.sessions.open()
    const foreign = await other.getOne(Team, 2)
    expect(() => session.add(foreign)).toThrow('Team 2 belongs to another session')
    session.delete(ann)
    await session.flush()
    expect(() => session.add(ann)).toThrow(InvalidRequestError)
    expect(() => session.delete(person('x'))).toThrow('is in no session')
  })
})
