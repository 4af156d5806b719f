// Hostile values, names and filters: stored as they are or refused by name, and never taken for SQL.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  and,
  Column,
  CompileError,
  createAll,
  createEngine,
  Entity,
  entity,
  func,
  insert,
  literal,
  MappingError,
  not,
  OrielError,
  or,
  PrimaryKey,
  Registry,
  select,
  sql,
  types as t,
  update,
} from 'oriel'
import { freshEngine, freshLane } from '../fixture/lane.ts'
import { Customer, day, fillShop, Order } from '../fixture/shop.ts'

const engine = await freshEngine()
const [o, c] = [entity(Order), entity(Customer)]

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

describe('order, limits and names from outside', () => {
  const hostile = ['id; drop table orders', '"id"', 'ID', "'", 'asc', '__proto__', 'constructor']
  it('are not columns, directions or labels', async () => {
    for (const text of hostile) {
      expect(() => select(o.id).orderBy(text as never)).toThrow(ArgumentError)
      expect(() => select(o.id).groupBy(text as never)).toThrow(ArgumentError)
      expect(() => Reflect.get(o, text.replace('constructor', 'construct'))).toThrow(ArgumentError)
      expect(() => select(o.id).where(text as never)).toThrow(ArgumentError)
      expect(() => select(text as never)).toThrow(ArgumentError)
    }
    const label = select({ 'x"; drop table orders; --': o.id }).orderBy(o.id).limit(1)
    expect(await engine.execute(label).all()).toEqual([{ 'x"; drop table orders; --': 1 }])
    expect(
      await engine
        .execute(select(o.id.as('a"b')).orderBy(o.id).limit(1))
        .scalars()
        .all(),
    ).toEqual([1])
    const parent = aliased(Order, 'p" cross join customers; --')
    expect(await engine.execute(select(parent.id).orderBy(parent.id).limit(1)).scalars().all()).toEqual([1])
    const cte = select({ id: o.id }).orderBy(o.id).limit(1).cte('c") select 1; --')
    expect(await engine.execute(select(cte)).all()).toEqual([{ id: 1 }])
    expect(() => func.call('now(); drop table orders; --')).toThrow(ArgumentError)
    expect(() => o.id.operator('; drop' as never, 1)).toThrow(ArgumentError)
  })

  it('limit by whole numbers only', () => {
    for (const rows of ['1', '1; drop table orders', Number.NaN, -1, 1.5, 1e30, null, undefined, [1], {}]) {
      expect(() => select(o.id).limit(rows as never)).toThrow(ArgumentError)
      expect(() => select(o.id).offset(rows as never)).toThrow(ArgumentError)
    }
  })
})

describe('filters from JSON', () => {
  it('are values, never operators', async () => {
    const bodies = [
      '{"$ne":null}',
      '{"gt":""}',
      '[1,2]',
      '{"__proto__":{"x":1}}',
      '{"constructor":1}',
      '{"toString":"x"}',
      'true',
      '{"node":{"kind":"keyword","word":"true"}}',
    ]
    for (const body of bodies) {
      const value = JSON.parse(body) as never
      for (const attempt of [
        async () => engine.execute(select(o.id).where(o.id.eq(value))),
        async () => engine.execute(select(c.id).where(c.email.eq(value))),
        async () => engine.execute(select(c.id).where(c.email.in([value]))),
        async () => engine.execute(update(Customer).set({ email: value }).where(c.id.eq(1))),
        async () => engine.execute(select(o.id).where(value)),
      ])
        await expect(attempt()).rejects.toThrow(OrielError)
    }
    expect(Reflect.get({}, 'x')).toBeUndefined()
    expect(
      await engine
        .execute(select(c.email).where(c.id.eq(1)))
        .scalars()
        .one(),
    ).toBe('ann@x.io')
  })
})

describe('undefined', () => {
  it('never widens a statement', async () => {
    const nothing = undefined as never
    const attempts: (() => Promise<unknown>)[] = [
      async () => engine.execute(select(o.id).where(nothing)),
      async () => engine.execute(select(o.id).where(o.id.eq(nothing))),
      async () => engine.execute(select(o.id).where(o.id.ne(nothing))),
      async () => engine.execute(select(o.id).where(or(o.id.eq(1), nothing))),
      async () => engine.execute(select(o.id).where(and(nothing))),
      async () => engine.execute(select(o.id).where(not(nothing))),
      async () => engine.execute(select(o.id).where(o.id.in([nothing]))),
      async () => engine.execute(select(o.id).where(o.id.in(nothing))),
      async () => engine.execute(select(o.id).where(o.id.between(1, nothing))),
      async () => engine.execute(select(o.id).where(o.items.any(() => nothing))),
      async () => engine.execute(select(o.id).where(o.customer.has(nothing))),
      async () => engine.execute(select(o.id).having(nothing)),
      async () => engine.execute(select(o.id).limit(nothing)),
      async () => engine.execute(select(o.id).orderBy(nothing)),
      async () => engine.execute(select(o.id).where(sql<boolean>`${o.id} = ${nothing}`)),
      async () => engine.execute(select({ x: literal(nothing) })),
      async () => engine.execute(select(func.count().filter(nothing))),
      async () => engine.execute(update(Order).set({ status: nothing }).where(o.id.eq(1))),
      async () => engine.execute(update(Order).set({ status: 'paid' }).where(nothing)),
      async () => engine.execute(insert(Customer).values({ email: nothing })),
      async () => engine.execute(insert(Customer).values(nothing)),
      async () => engine.execute(insert(Customer).values([{ email: 'x@x.io' }, nothing])),
    ]
    const outcomes = await Promise.all(
      attempts.map(async (attempt, i) => {
        const outcome = await attempt().catch((error: unknown) => error)
        return outcome instanceof ArgumentError || outcome instanceof CompileError ? 'refused' : [i, String(outcome)]
      }),
    )
    expect(outcomes).toEqual(attempts.map(() => 'refused'))
    expect(
      await engine
        .execute(select(func.count()).from(o).where(o.status.eq('paid')))
        .scalars()
        .one(),
    ).toBe(3)
  })
})

describe('patterns', () => {
  it('are literal whatever the server calls an escape', async () => {
    await using connection = await engine.connect()
    await connection.begin()
    await connection.execute(insert(Customer).values([{ email: 'a%b_c\\d' }, { email: 'aXbYc\\d' }]))
    for (const setting of ['on', 'off']) {
      await connection.execute(sql`select set_config('standard_conforming_strings', ${setting}, true)`)
      const found = (condition: ReturnType<typeof c.email.contains>) =>
        connection.execute(select(c.email).where(condition)).scalars().all()
      expect(await found(c.email.contains('%b_'))).toEqual(['a%b_c\\d'])
      expect(await found(c.email.startsWith('a%'))).toEqual(['a%b_c\\d'])
      expect(await found(c.email.endsWith('c\\d'))).toHaveLength(2)
    }
    await connection.rollback()
  })
})

describe('parameters', () => {
  it('go up to the limit of the wire, past it by an error of ours, in lists without limit', async () => {
    const keys = Array.from({ length: 200_000 }, (_, i) => i)
    expect(
      await engine
        .execute(select(func.count()).from(o).where(o.id.in(keys)))
        .scalars()
        .one(),
    ).toBe(6)
    const rows = (n: number) => Array.from({ length: n }, (_, i) => ({ email: `${i}@many`, region: 'XX' }))
    const many = async (n: number) => engine.execute(insert(Customer).values(rows(n)).onConflictDoNothing())
    expect((await many(30_000)).rowCount).toBe(30_000)
    for (const n of [32_768, 40_000, 100_000]) {
      const outcome = await many(n).catch((error: unknown) => error)
      expect(outcome).toBeInstanceOf(OrielError)
      expect(String(outcome)).toMatch(/parameters/)
    }
    expect(await engine.execute(sql`delete from customers where email like '%@many'`)).toMatchObject({
      rowCount: 30_000,
    })
  })

  it('keep their sign behind a minus', async () => {
    expect(
      await engine
        .execute(select(o.id.sub(-1)).where(o.id.eq(1)))
        .scalars()
        .one(),
    ).toBe(2)
    expect(
      await engine
        .execute(sql`select 5-${-1}::int`.columns([t.integer()]))
        .scalars()
        .one(),
    ).toBe(6)
  })
})

describe('depth', () => {
  it('does not overflow the stack', async () => {
    let deep = o.id.eq(1)
    for (let i = 0; i < 10_000; i++) deep = i % 2 ? or(deep, o.id.eq(i)) : and(deep, o.id.gte(0))
    await expect(engine.execute(select(o.id).where(deep))).rejects.toThrow(/nested too deeply/)
    const wide = or(...Array.from({ length: 10_000 }, (_, i) => o.id.eq(i)))
    expect(await engine.execute(select(func.count()).from(o).where(wide)).scalars().one()).toBe(6)
    expect(await engine.execute(sql`select 1`).all()).toHaveLength(1)
  })
})

/** An entity with one odd property, in a registry of its own. */
function withProperty(property: string) {
  class Odd {
    declare id: number
  }
  const registry = new Registry()
  Reflect.apply(PrimaryKey(t.integer()), undefined, [Odd.prototype, 'id'])
  Reflect.apply(Column(t.integer()), undefined, [Odd.prototype, property])
  Entity({ registry, table: `odd_${property}` })(Odd)
  return { registry, Odd }
}

describe('names in the mapping', () => {
  const names = [
    'select',
    'Upper',
    'with space',
    'a.b',
    'a"b',
    '1st',
    '"; drop table x; --',
    'ü'.repeat(31),
    'x'.repeat(63),
    '👩‍👩‍👧',
    'user',
    '$1',
  ]

  it('are quoted, and come back by position', async () => {
    const registry = new Registry()
    const classes = names.map((name) => {
      class Named {
        id!: number
        value!: string
      }
      Reflect.apply(PrimaryKey(t.integer()), undefined, [Named.prototype, 'id'])
      Reflect.apply(Column(t.text(), { name }), undefined, [Named.prototype, 'value'])
      Entity({ registry, table: name })(Named)
      return Named
    })
    const other = await freshEngine()
    await createAll(other, { registry })
    for (const Named of classes) {
      const n = entity(Named)
      await other.execute(insert(Named).values({ id: 1, value: 'x' }))
      expect(
        await other
          .execute(select(Named).where(n.value.eq('x')))
          .scalars()
          .one(),
      ).toMatchObject({ id: 1, value: 'x' })
      expect(await other.execute(select({ [n.value ? 'v' : '']: n.value })).all()).toEqual([{ v: 'x' }])
    }
  })

  it('are refused when they are too long, empty or hold a NUL', () => {
    for (const name of ['x'.repeat(64), 'ü'.repeat(32), '', 'a\0b', 'half \ud83d']) {
      class Named {
        id!: number
      }
      Reflect.apply(PrimaryKey(t.integer()), undefined, [Named.prototype, 'id'])
      const registry = new Registry()
      Entity({ registry, table: name })(Named)
      const outcome = (() => {
        try {
          registry.configure()
          return 'mapped'
        } catch (error) {
          return error instanceof MappingError ? 'refused' : String(error)
        }
      })()
      expect([name, outcome]).toEqual([name, 'refused'])
    }
  })

  it('of properties that JavaScript keeps for itself are refused', () => {
    for (const property of ['constructor', '__proto__', 'prototype']) {
      const { registry } = withProperty(property)
      expect(() => registry.configure()).toThrow(new RegExp(`cannot be called '${property}'`))
    }
  })

  it('of properties that every object has are plain columns', async () => {
    for (const property of ['then', 'toJSON', 'hasOwnProperty', 'toString', 'valueOf', 'length', 'name']) {
      const { registry, Odd } = withProperty(property)
      await createAll(engine, { registry })
      await engine.execute(insert(Odd).values({ id: 1, [property]: 7 }))
      const row = await engine.execute(select(Odd)).scalars().one()
      expect(Object.entries(row)).toEqual([
        ['id', 1],
        [property, 7],
      ])
      const column: typeof o.id = Reflect.get(entity(Odd), property)
      expect(await engine.execute(select({ [property]: column }).where(column.eq(7))).all()).toEqual([
        { [property]: 7 },
      ])
    }
    expect(Object.hasOwn(Object.prototype, 'then')).toBe(false)
  })

  it('that are equal or equally cut do not mix rows', async () => {
    const [first, second] = [`${'a'.repeat(63)}1`, `${'a'.repeat(63)}2`]
    const one = select({ [first]: o.id, [second]: o.customerId }).where(o.id.eq(3))
    expect(await engine.execute(one).all()).toEqual([{ [first]: 3, [second]: 2 }])
    expect(await engine.execute(select(o.id, c.id, o.id).join(o.customer).where(o.id.eq(3))).all()).toEqual([[3, 2, 3]])
    const raw = sql`select 1 as a, 2 as a, 3 as "__proto__"`
    expect(await engine.execute(raw.columns([t.integer(), t.integer(), t.integer()])).all()).toEqual([[1, 2, 3]])
    const [row] = await engine.execute(sql`select 3 as "__proto__", 4 as "constructor"`).all()
    expect(Object.entries(row ?? {})).toEqual([
      ['__proto__', 3],
      ['constructor', 4],
    ])
    await expect(engine.execute(sql`select 1 as a, 2 as a`).all()).rejects.toThrow(/twice|two columns|same name/)
  })

  it('of 1,600 columns fit into one table, and past 1,664 into an error', async () => {
    const registry = new Registry()
    class Wide {
      id!: number
    }
    Reflect.apply(PrimaryKey(t.integer()), undefined, [Wide.prototype, 'id'])
    for (let i = 1; i < 1600; i++) Reflect.apply(Column(t.integer().nullable()), undefined, [Wide.prototype, `c${i}`])
    Entity({ registry, table: 'wide' })(Wide)
    await createAll(engine, { registry })
    await engine.execute(insert(Wide).values({ id: 1, c1599: 7 } as never))
    expect(await engine.execute(select(Wide)).scalars().one()).toMatchObject({ id: 1, c1: null, c1599: 7 })
    const beside = aliased(Wide, 'beside')
    const w = entity(Wide)
    const both = engine.execute(select(Wide, beside).join(beside, beside.id.eq(w.id)))
    await expect(both).rejects.toMatchObject({ sqlState: '54011' })
  })
})

describe('errors and logs', () => {
  it('hold no values and no passwords unless asked', async () => {
    const lines: string[] = []
    const { driver } = await freshLane()
    const quiet = createEngine(driver, { echo: (line) => lines.push(line) })
    await quiet.execute(sql`create table secret (a int unique)`)
    const failing = await quiet.execute(sql`select ${'s3cret'}::int`).catch((error: unknown) => error)
    const { inspect } = await import('node:util')
    for (const text of [String(failing), inspect(failing), JSON.stringify(failing), lines.join('\n')])
      expect(text).not.toMatch(/s3cret"|, *s3cret|\[.*s3cret/)
    await quiet.close()
  })
})

describe('dates', () => {
  it('that JavaScript cannot hold are refused by name', async () => {
    await expect(
      (async () =>
        engine.execute(
          update(Order)
            .set({ createdAt: new Date('x') })
            .where(o.id.eq(1)),
        ))(),
    ).rejects.toThrow(/Order\.createdAt/)
    expect(
      await engine
        .execute(select(o.id).where(o.createdAt.eq(day(1))))
        .scalars()
        .all(),
    ).toEqual([1])
  })
})
