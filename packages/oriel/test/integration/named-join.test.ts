// One class joined twice: `relationship.as('name')` is a join and the typed attributes of what it brings.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  Column,
  CompileError,
  containsEager,
  createAll,
  Entity,
  entity,
  func,
  type Many,
  ManyToMany,
  ManyToOne,
  type One,
  PrimaryKey,
  Registry,
  select,
  sessionFactory,
  types as t,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'

const registry = new Registry()

@Entity({ registry })
class Airport {
  @PrimaryKey(t.text()) code!: string
  @Column(t.text()) city!: string
  @Column(t.text().nullable()) hubCode!: string | null
  @ManyToOne(() => Airport, 'hubCode') hub!: One<Airport, 'hubCode'> | null
  @ManyToMany(() => Tag, { through: 'airport_tags' }) tags!: Many<Tag>
}

@Entity({ registry })
class Tag {
  @PrimaryKey(t.text()) name!: string
  @ManyToMany(() => Airport, { through: 'airport_tags' }) airports!: Many<Airport>
}

@Entity({ registry })
class Flight {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) originCode!: string
  @Column(t.text().nullable()) destinationCode!: string | null
  @ManyToOne(() => Airport, 'originCode') origin!: One<Airport, 'originCode'>
  @ManyToOne(() => Airport, 'destinationCode') destination!: One<Airport, 'destinationCode'> | null
}

const engine = await freshEngine()
const sessions = sessionFactory(engine, { registry })
const f = entity(Flight)
const [from, to] = [f.origin.as('from_airport'), f.destination.as('to')]

beforeAll(async () => {
  await createAll(engine, { registry })
  await sessions.begin(async (session) => {
    const make = <T extends object>(made: T, values: Partial<T>): T => Object.assign(made, values)
    const tags = ['busy', 'old'].map((name) => make(new Tag(), { name }))
    const hub = make(new Airport(), { code: 'FRA', city: 'Frankfurt', tags: tags as Many<Tag> })
    const small = make(new Airport(), { code: 'BSL', city: 'Basel', hubCode: 'FRA' })
    session.addAll([
      hub,
      small,
      make(new Flight(), { id: 1, originCode: 'FRA', destinationCode: 'BSL' }),
      make(new Flight(), { id: 2, originCode: 'BSL', destinationCode: null }),
    ])
  })
})

describe('a relationship under a name', () => {
  it('joins one class twice: origin and destination of a flight', async () => {
    const route = select({ id: f.id, from: from.city, to: to.city }).join(from).leftJoin(to).orderBy(f.id)
    const rows: { id: number; from: string; to: string | null }[] = await engine.execute(route).all()
    expect(rows).toEqual([
      { id: 1, from: 'Frankfurt', to: 'Basel' },
      { id: 2, from: 'Basel', to: null },
    ])
    expect(route.toSQL().text).toBe(
      'select flight.id, from_airport.city as "from", "to".city as "to" from flight ' +
        'join airport as from_airport on flight.origin_code = from_airport.code ' +
        'left join airport as "to" on flight.destination_code = "to".code order by flight.id',
    )
  })

  it('gives entities, absent where the join found none', async () => {
    const rows: [Flight, Airport, Airport | null][] = await engine
      .execute(select(Flight, from, to).join(from).leftJoin(to).orderBy(f.id))
      .all()
    expect(rows.map(([flight, origin, destination]) => [flight.id, origin.city, destination?.city ?? null])).toEqual([
      [1, 'Frankfurt', 'Basel'],
      [2, 'Basel', null],
    ])
  })

  it('takes a further condition, and leads on', async () => {
    const hub = to.hub.as('hub')
    const rows = await engine
      .execute(select(f.id, to.code, hub.city).join(to).join(hub, hub.city.eq('Frankfurt')))
      .all()
    expect(rows).toEqual([[1, 'BSL', 'Frankfurt']])
    expect(
      await engine.execute(select(f.id).leftJoin(to, to.city.eq('Rome')).where(to.code.isNull())).all(),
    ).toHaveLength(2)
  })

  it('goes twice over an association table', async () => {
    const a = entity(Airport)
    const [one, other] = [a.tags.as('one'), a.tags.as('other')]
    const pairs = select(a.code, one.name, other.name).join(one).join(other, other.name.gt(one.name))
    expect(await engine.execute(pairs).all()).toEqual([['FRA', 'busy', 'old']])
  })

  it('is read by containsEager', async () => {
    await using session = sessions.open()
    const flights = await session
      .scalars(
        select(Flight)
          .join(from)
          .leftJoin(to)
          .orderBy(f.id)
          .options(containsEager(f.origin, from), containsEager(f.destination, to)),
      )
      .all()
    expect(flights.map(({ origin, destination }) => [origin.city, destination?.city ?? null])).toEqual([
      ['Frankfurt', 'Basel'],
      ['Basel', null],
    ])
  })

  it('is the same source as an alias of that name', async () => {
    const there = aliased(Airport, 'to')
    expect(
      await engine
        .execute(select(func.count(there.code)).from(f).leftJoin(to))
        .scalars()
        .one(),
    ).toBe(1)
  })

  it('wants a name, and one of its own', () => {
    expect(() => f.origin.as('')).toThrow(ArgumentError)
    expect(() => f.origin.as(undefined as never)).toThrow(/Flight\.origin\.as\(\) takes the name of the join/)
    const twice = select(f.id).join(f.origin.as('airport')).join(f.destination.as('airport'))
    expect(() => twice.toSQL()).toThrow(CompileError)
    expect(() => twice.toSQL()).toThrow(/called 'airport'/)
    expect(() => Reflect.get(to, 'cty')).toThrow(/Airport has no property 'cty'/)
  })

  it('is needed: without it, the class stands in FROM twice under one name', async () => {
    expect(() => select(f.id).join(f.origin).join(f.destination).toSQL()).toThrow(/by \.as\(…\) on the relationship/)
  })
})
