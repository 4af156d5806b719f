// What people read: nearest names, wrong values by property, carets, addresses without passwords, and objects on a console.
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { pglite } from '@oriel/pglite'
import { postgresJs } from '@oriel/postgres-js'
import {
  aliased,
  ConnectError,
  create,
  createAll,
  createEngine,
  DatabaseError,
  DataError,
  deleteFrom,
  Entity,
  entity,
  func,
  insert,
  MappingError,
  PrimaryKey,
  ProgrammingError,
  Registry,
  select,
  sessionFactory,
  sql,
  types as t,
  union,
  update,
} from 'oriel'
import { freshEngine, freshLane } from '../fixture/lane.ts'
import { Category, Customer, fillShop, Order, OrderItem } from '../fixture/shop.ts'

const { driver, url } = await freshLane()
const engine = createEngine(driver)
const other = await freshEngine()
const [o, c] = [entity(Order), entity(Customer)]

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

async function failure(work: () => unknown): Promise<Error> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

describe('did you mean', () => {
  const misspelt: readonly (readonly [string, () => unknown])[] = [
    ["'amount'", () => Reflect.get(o, 'amuont')],
    ["'customer'", () => Reflect.get(o, 'custmer')],
    ["'amount'", () => Reflect.get(aliased(Order, 'x'), 'amuont')],
    ["'email'", () => select(Customer).where((x) => Reflect.get(x, 'emial').eq('a'))],
    ["'email'", () => select(Customer).orderBy((x) => Reflect.get(x, 'emial'))],
    ["'region'", () => select(Order).where(o.customer.has((x) => Reflect.get(x, 'regoin').eq('EU')))],
    ["'email'", () => create(Customer, { emial: 'a' } as never)],
    ["'email'", () => insert(Customer).values({ emial: 'a' } as never)],
    ["'email'", () => insert(Customer).fromSelect(['emial' as never], select(c.email) as never)],
    [
      "'email'",
      () =>
        insert(Customer)
          .values({ email: 'a' })
          .onConflictDoUpdate({ target: c.email, set: { emial: 'x' } as never }),
    ],
    ["'status'", () => update(Order).set({ sttaus: 'paid' } as never)],
    ["'status'", () => deleteFrom(Order).where((x) => Reflect.get(x, 'sttaus').eq('paid'))],
    ["'id'", () => Reflect.get(select({ id: o.id }).cte('x').c, 'idd')],
    ["'id'", () => Reflect.get(select({ id: o.id }).subquery('x').c, 'ID')],
    ["'id'", () => union(select({ id: o.id }), select({ id: c.id })).orderBy('idd' as never)],
    ["'orderBy'", () => func.rank().over({ odrerBy: o.id } as never)],
    ["'days'", () => engine.execute(select(o.createdAt.add({ dayz: 1 } as never)))],
    ["'id'", () => engine.execute(select({ id: o.id })).columns('idd' as never)],
    ["'warning'", () => engine.on('warnings' as never, () => {})],
    ["'size'", () => createEngine(driver, { pool: { sizes: 1 } } as never)],
    ["'isolation'", () => engine.begin({ isolaton: 'serializable' } as never, async () => 1)],
    ["'timeoutMs'", () => engine.execute(sql`select 1`, { timeoutMS: 1 } as never)],
    ["'ifNotExists'", () => createAll(engine, { ifNotExist: true } as never)],
    ["'table'", () => configured({ tabel: 'x' })],
    ["'generated'", () => configured({}, { generate: 'identity' })],
  ]

  function configured(entityOptions: object, keyOptions: object = {}) {
    class Odd {
      declare id: number
    }
    const registry = new Registry()
    Reflect.apply(PrimaryKey(t.integer(), keyOptions as never), undefined, [Odd.prototype, 'id'])
    Entity({ registry, ...entityOptions })(Odd)
    registry.configure()
  }

  it('is asked at every entry point', async () => {
    const answers = await Promise.all(
      misspelt.map(async ([name, work]) => {
        const error = await failure(work).catch(() => null)
        return error?.message.includes(`Did you mean ${name}`) || [name, String(work), error?.message]
      }),
    )
    expect(answers.filter((answer) => answer !== true)).toEqual([])
  })

  it('lists the names where none is near', async () => {
    expect((await failure(() => Reflect.get(c, 'zzz'))).message).toMatch(
      /Properties: id, email, region, createdAt, orders/,
    )
    expect(await failure(() => configured({ tabel: 'x' }))).toBeInstanceOf(MappingError)
  })
})

describe('wrong values', () => {
  it('are named by property before they are sent', async () => {
    const error = await failure(() => engine.execute(select(o.id).where(o.customerId.eq('old' as never))))
    expect(error.message).toBe('Order.customerId expects an integer, got "old" (string)')
    const row = await failure(() =>
      engine.execute(
        insert(OrderItem).values([
          { orderId: 1, product: 'a', qty: 1 },
          { orderId: 1, product: 'b', qty: 'two' as never },
        ]),
      ),
    )
    expect(row.message).toMatch(/OrderItem\.qty expects an integer, got "two"/)
  })

  it('are named by the property that refers, where a class refers to itself', async () => {
    await using session = sessionFactory(engine).open()
    const category = await session.getOne(Category, 2)
    Reflect.set(category, 'parentId', 'abc')
    const error = await failure(() => session.flush())
    expect(error.message).toBe('Category.parentId expects an integer, got "abc" (string)')
  })

  it('that only the server finds are named by their parameter', async () => {
    const error = await failure(() =>
      engine.execute(select(o.id).where(o.amount.eq('5'), sql<boolean>`${'x7'}::int = 1`)),
    )
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({ sqlState: '22P02' })
    const custom = await failure(() =>
      engine.execute(sql`select * from customers where ${'not an inet'}::inet is not null and ${1}::int = 1`),
    )
    expect(custom).toMatchObject({ sqlState: '22P02' })
    expect(custom.message).toMatch(/Value 1|\$1/)
  })
})

describe('SQL errors', () => {
  it('show the statement with a caret, parameters by name, and a way out', async () => {
    const error = await failure(() =>
      engine.execute(sql`select id, nmae from orders where ${o.amount.gt('5')}`.allow()),
    )
    expect(error).toBeInstanceOf(ProgrammingError)
    expect(error.message).toMatch(/column "nmae" does not exist/)
    const lines = error.message.split('\n')
    const at = lines.findIndex((line) => line.includes('select id, nmae'))
    expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf('nmae'))
    expect(error.message).toMatch(/\$1 Order\.amount/)
    expect(error.message).not.toContain("'5'")
    expect(Object.keys(error)).not.toContain('statement')
    expect(error).toMatchObject({ sqlState: '42703', statement: { params: ['5'], subjects: ['Order.amount'] } })
  })

  it('say what to do: a window in WHERE, a missing table, a missing key', async () => {
    const cases: readonly (readonly [string, ReturnType<typeof sql>, RegExp])[] = [
      ['42P20', sql`select id from orders where row_number() over () < 3`, /\.cte\('ranked'\)/],
      ['42P01', sql`select * from no_such_table`, /createAll/],
      ['42803', sql`select id, count(*) from orders`, /[Gg]roup by/],
      [
        '42P10',
        sql`insert into orders (id) overriding system value values (1) on conflict (amount) do nothing`,
        /unique/,
      ],
      ['42601', sql`selec 1`, /\^/],
    ]
    for (const [sqlState, statement, wayOut] of cases) {
      const error = await failure(() => engine.execute(statement))
      expect(error).toMatchObject({ sqlState })
      expect(error.message).toMatch(wayOut)
    }
    const ranked = select({ id: o.id, rn: func.rowNumber().over({ orderBy: o.id }) }).cte('ranked')
    expect(
      await engine
        .execute(select(ranked.c.id).where(ranked.c.rn.lt(3)).orderBy(ranked.c.id))
        .scalars()
        .all(),
    ).toEqual([1, 2])
  })

  it('are the same fields whatever the driver', async () => {
    const error = await failure(() => engine.execute(insert(Customer).values({ email: 'ann@x.io' })))
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({
      code: 'ORIEL_UNIQUE_VIOLATION',
      sqlState: '23505',
      constraint: 'customers_email_key',
      table: 'customers',
      detail: 'Key (email)=(ann@x.io) already exists.',
    })
    expect(error.message).toContain('customers_email_key')
  })
})

describe('connection errors', () => {
  it('give the address without the password, and a hint', async () => {
    const refused = createEngine(postgresJs('postgres://ann:pass-w0rd@127.0.0.1:9/shop'))
    const error = await failure(() => refused.execute(sql`select 1`))
    expect(error).toBeInstanceOf(ConnectError)
    for (const text of [error.message, inspect(error), JSON.stringify(error), String(error.stack)])
      expect(text).not.toContain('pass-w0rd')
    for (const part of ['127.0.0.1', '9', 'shop', 'ann', 'Is the server running']) expect(error.message).toContain(part)
    await refused.close()
  })

  // Each lane has mistakes of its own: the embedded database has neither password nor name.
  if (!url)
    it('say what was wrong: the folder', async () => {
      const wrong = createEngine(pglite(join(import.meta.filename, 'data')))
      const error = await failure(() => wrong.execute(sql`select 1`))
      expect(error).toBeInstanceOf(ConnectError)
      expect(error.message).toMatch(/could not be opened: PGlite in .*message\.test\.ts[\s\S]*Is the folder writable/)
      await wrong.close()
    })

  if (url)
    it('say what was wrong: password, database', async () => {
      const cases = [
        [
          (at: URL) => Object.assign(at, { password: 'wr0ng-word' }),
          /password of 'postgres' was refused[\s\S]*Check user and password/,
        ],
        [(at: URL) => Object.assign(at, { pathname: '/no_such_db' }), /no database 'no_such_db'[\s\S]*[Cc]reate/],
      ] as const
      for (const [change, expected] of cases) {
        const wrong = createEngine(postgresJs(change(new URL(url)).href))
        const error = await failure(() => wrong.execute(sql`select 1`))
        expect(error).toBeInstanceOf(ConnectError)
        expect(error.message).toMatch(expected)
        expect(inspect(error)).not.toContain('wr0ng-word')
        await wrong.close()
      }
    })
})

describe('on a console', () => {
  it('EXPERIENCE 18: entities are what they hold, with what is not loaded named', async () => {
    const order = await engine
      .execute(select(Order).where(o.id.eq(1)))
      .scalars()
      .one()
    expect(inspect(order)).toBe(
      "Order#1 {\n  customerId: 1,\n  amount: '10.00',\n  status: 'new',\n  createdAt: 2024-01-01T00:00:00.000Z,\n  customer: [not loaded],\n  items: [not loaded]\n}",
    )
    expect(JSON.stringify(order)).toBe(
      '{"id":1,"customerId":1,"amount":"10.00","status":"new","createdAt":"2024-01-01T00:00:00.000Z"}',
    )
  })

  it('entities in circles, and with bigints, become JSON', () => {
    const customer = create(Customer, { email: 'a@x.io' })
    const order = create(Order, { amount: '1', status: 'new', createdAt: new Date(0), customer })
    customer.orders = [order, order]
    order.items = []
    const text = JSON.stringify(customer)
    expect(JSON.parse(text)).toMatchObject({ email: 'a@x.io', orders: [{ amount: '1', items: [] }, { amount: '1' }] })
    expect(JSON.stringify({ customer, list: [order] })).toContain('a@x.io')
    Reflect.set(order, 'id', 2n ** 60n)
    expect(JSON.stringify(order)).toContain('"1152921504606846976"')
    expect(inspect(customer)).toContain('customer: Customer (reference)')
  })

  it('attributes, statements and results are short', async () => {
    expect(inspect(c)).toBe('Attributes of Customer: id, email, region, createdAt')
    const statement = select(c.id).where(c.email.eq('a@x.io'))
    expect(inspect(statement)).toContain('select id from customers where email = $1')
    expect(inspect(statement)).toContain('a@x.io')
    expect(inspect(statement).split('\n').length).toBeLessThanOrEqual(5)
    for (const thing of [
      c.email,
      o.customer,
      c.email.eq('x'),
      func.rank(),
      insert(Customer).values({ email: 'a' }),
      engine,
      await engine.execute(statement),
    ])
      expect(inspect(thing).split('\n').length).toBeLessThanOrEqual(15)
    expect(inspect(engine) + inspect(driver) + inspect(other)).not.toMatch(/password|:[^:@/]{8,}@/)
  })

  it('nothing throws when it becomes JSON', async () => {
    for (const thing of [
      c,
      c.email,
      o.customer,
      select(Order),
      union(select(o.id), select(o.id)),
      insert(Customer).values({ email: 'a' }),
      await engine.execute(select(o.id)),
      await failure(() => Reflect.get(c, 'zzz')),
      engine.pool.stats(),
    ])
      expect(typeof (JSON.stringify(thing) ?? '')).toBe('string')
  })
})
