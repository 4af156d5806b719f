// Random graphs under random loader options: what comes is what the rows say, counted by hand, and what lazy reads bring one by one.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import {
  awaitable,
  createAll,
  inspect,
  joinedload,
  type SessionFactory,
  selectinload,
  sessionFactory,
} from '@oriel/orm'
import { type EntityClass, entity, type LoaderOption, type Relationship, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import fc from 'fast-check'
import { Badge, graph, Person, Tag, Team } from '../../fixture/graph.ts'

const cases = Number(process.env.ORIEL_LOADER_CASES ?? (process.env.ORIEL_LANE === 'postgres-js' ? 8 : 12))
const seed = Number(process.env.ORIEL_GRAPH_SEED ?? process.env.ORIEL_SEED ?? Date.now() % 2 ** 31)

type Name = 'Team' | 'Person' | 'Tag' | 'Badge'

const classes: Record<Name, EntityClass<object>> = { Team, Person, Tag, Badge }
/** Where relationships lead, and the property by which members can be ordered. */
const leads: Record<Name, Record<string, Name>> = {
  Team: { people: 'Person' },
  Person: { team: 'Team', manager: 'Person', reports: 'Person', tags: 'Tag', badge: 'Badge' },
  Tag: { people: 'Person' },
  Badge: { person: 'Person' },
}
const keys: Record<Name, string> = { Team: 'name', Person: 'name', Tag: 'label', Badge: 'serial' }
const collections = new Set(['people', 'reports', 'tags'])

interface Branch {
  readonly relationship: string
  readonly strategy: 'selectinload' | 'joinedload'
  readonly limit: number | null
  readonly below: readonly Branch[]
}

interface PersonPlan {
  readonly team: number | null
  readonly manager: number | null
  readonly tags: readonly number[]
  readonly hasBadge: boolean
}

const made = new Map<string, fc.Arbitrary<readonly Branch[]>>()

function branches(name: Name, depth: number): fc.Arbitrary<readonly Branch[]> {
  const known = made.get(`${name} ${depth}`)
  if (known) return known
  const each = Object.entries(leads[name]).map(([relationship, target]) =>
    fc.option(
      fc.record({
        relationship: fc.constant(relationship),
        strategy: fc.constantFrom('selectinload' as const, 'joinedload' as const),
        limit: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 3 }),
        below: depth > 1 ? branches(target, depth - 1) : fc.constant([]),
      }),
      { freq: 2 },
    ),
  )
  const all = fc.tuple(...each).map((list) => list.filter((branch) => branch !== null))
  made.set(`${name} ${depth}`, all)
  return all
}

/** How often a relationship is asked for: two loaders with other filters would speak of the same property. */
function count(name: Name, list: readonly Branch[], counts = new Map<string, number>()): Map<string, number> {
  for (const { relationship, below } of list) {
    const label = `${name}.${relationship}`
    counts.set(label, (counts.get(label) ?? 0) + 1)
    const target = leads[name][relationship]
    if (target) count(target, below, counts)
  }
  return counts
}

function isFiltered(name: Name, branch: Branch, counts: ReadonlyMap<string, number>): boolean {
  const isAlone = counts.get(`${name}.${branch.relationship}`) === 1
  return isAlone && branch.limit !== null && branch.strategy === 'selectinload' && collections.has(branch.relationship)
}

function loaders(name: Name, list: readonly Branch[], counts: ReadonlyMap<string, number>): LoaderOption<never>[] {
  return list.map((branch) => {
    const { relationship, strategy, limit, below } = branch
    const target = leads[name][relationship] ?? name
    const attribute = Reflect.get(entity(classes[name]), relationship) as Relationship<never, object>
    const orderBy = (attributes: object) => Reflect.get(attributes, keys[target])
    const loader =
      strategy === 'joinedload'
        ? joinedload(attribute)
        : isFiltered(name, branch, counts)
          ? selectinload(attribute, (attributes) => ({ orderBy: orderBy(attributes), limit: limit ?? 0 }))
          : selectinload(attribute)
    return loader.options(...loaders(target, below, counts))
  })
}

const keyOf = (name: Name, object: object): string => String(Reflect.get(object, keys[name]))
const listOf = (value: unknown): object[] => (Array.isArray(value) ? value : value ? [value as object] : [])

/** What is stored, as the objects that were stored say it: `Team t0.people` → names. */
type Facts = ReadonlyMap<string, readonly string[]>

describeLane('random loaders', (lane) => {
  let engine: Engine
  let sessions: SessionFactory

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    sessions = sessionFactory(engine, { registry: graph })
    await createAll(engine, { registry: graph })
  })
  afterAll(() => engine.close())

  async function store(teamCount: number, plans: readonly PersonPlan[]): Promise<Facts> {
    await engine.execute(sql`truncate people, teams, tags, people_tags, badges restart identity cascade`)
    const teams = Array.from({ length: teamCount }, (_, i) => Object.assign(new Team(), { name: `t${i}` }))
    const tags = ['x', 'y', 'z'].map((label) => Object.assign(new Tag(), { label }))
    const people = plans.map((_, i) => Object.assign(new Person(), { name: `p${i}` }))
    const badges: Badge[] = []
    const facts = new Map<string, string[]>()
    const link = (from: string, to: string): void => void facts.set(from, [...(facts.get(from) ?? []), to].sort())
    await sessions.begin(async (session) => {
      session.addAll([...teams, ...tags, ...people])
      await session.flush()
      for (const [i, plan] of plans.entries()) {
        const person = people[i]
        if (!person) continue
        const team = plan.team === null ? undefined : teams[plan.team % Math.max(1, teamCount)]
        const manager = plan.manager === null ? undefined : people[plan.manager % people.length]
        person.teamId = team?.id ?? null
        person.managerId = manager?.id ?? null
        if (team) {
          link(`Person ${person.name}.team`, team.name)
          link(`Team ${team.name}.people`, person.name)
        }
        if (manager) {
          link(`Person ${person.name}.manager`, manager.name)
          link(`Person ${manager.name}.reports`, person.name)
        }
        for (const at of new Set(plan.tags)) {
          const label = tags[at]?.label ?? 'x'
          await session.execute(sql`insert into people_tags (person_id, tag_label) values (${person.id}, ${label})`)
          link(`Person ${person.name}.tags`, label)
          link(`Tag ${label}.people`, person.name)
        }
        if (plan.hasBadge) badges.push(Object.assign(new Badge(), { personId: person.id }))
      }
      session.addAll(badges)
    })
    for (const badge of badges) {
      const name = people.find(({ id }) => id === badge.personId)?.name ?? ''
      link(`Badge ${badge.serial}.person`, name)
      link(`Person ${name}.badge`, badge.serial)
    }
    return facts
  }

  it(`bring what the rows say, in ${cases} graphs (seed ${seed})`, async () => {
    let compared = 0
    const person: fc.Arbitrary<PersonPlan> = fc.record({
      team: fc.option(fc.nat(5), { freq: 4 }),
      manager: fc.option(fc.nat(8), { freq: 3 }),
      tags: fc.array(fc.nat(2), { maxLength: 3 }),
      hasBadge: fc.boolean(),
    })
    const root = fc.constantFrom<Name>('Person', 'Team', 'Tag', 'Badge')
    const wanted = root.chain((name) => fc.record({ name: fc.constant(name), tree: branches(name, 3) }))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.array(person, { minLength: 1, maxLength: 8, size: 'max' }),
        fc.array(wanted, { minLength: 3, maxLength: 3 }),
        async (teamCount, plans, wishes) => {
          const facts = await store(teamCount, plans)
          for (const { name, tree } of wishes) {
            const counts = count(name, tree)
            await using session = sessions.open()
            await using lazy = sessions.open()
            const root = entity(classes[name])
            const statement = select(classes[name]).orderBy(Reflect.get(root, keys[name])).allow('joined-collections')
            const found = await session.scalars(statement.options(...loaders(name, tree, counts))).all()
            const plain = await lazy.scalars(statement).all()
            expect(found.map((object) => keyOf(name, object))).toEqual(plain.map((object) => keyOf(name, object)))
            const check = async (at: Name, pair: [object, object], list: readonly Branch[]): Promise<void> => {
              const [object, other] = pair
              for (const branch of list) {
                const { relationship, limit } = branch
                const target = leads[at][relationship] ?? at
                const label = `${at} ${keyOf(at, object)}.${relationship}`
                expect(inspect(object).isLoaded(relationship)).toBe(true)
                const all = facts.get(label) ?? []
                const expected = isFiltered(at, branch, counts) ? all.slice(0, limit ?? 0) : all
                const members = listOf(Reflect.get(object, relationship))
                const lazily = listOf(await Reflect.get(awaitable(other), relationship))
                expect([label, ...members.map((member) => keyOf(target, member)).sort()]).toEqual([label, ...expected])
                expect([label, ...lazily.map((member) => keyOf(target, member)).sort()]).toEqual([label, ...all])
                compared++
                for (const member of members) {
                  const twin = lazily.find((each) => keyOf(target, each) === keyOf(target, member))
                  if (twin) await check(target, [member, twin], branch.below)
                }
              }
            }
            for (const [i, object] of found.entries()) await check(name, [object, plain[i] ?? object], tree)
          }
        },
      ),
      { numRuns: cases, seed, endOnFailure: process.env.ORIEL_GRAPH_SHRINK === undefined },
    )
    // Cases in which nothing was loaded would prove nothing.
    expect(compared).toBeGreaterThan(cases * 5)
  }, 120_000)
})
