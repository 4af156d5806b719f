// Mapping: what the decorators say is what the database gets, and plain objects come back.
import { beforeAll, describe, expect, it } from '@jest/globals'
import { create, createAll, entity, insert, NotLoadedError, select, sql, types as t } from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { Customer, day, fillShop, Order, OrderItem } from '../fixture/shop.ts'

const engine = await freshEngine()
const o = entity(Order)

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

describe('createAll', () => {
  it('names tables and columns in snake_case where nothing else is said', async () => {
    const columns = await engine
      .execute(
        sql`select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, ordinal_position`.columns(
          [t.text(), t.text()],
        ),
      )
      .all()
    expect(columns.filter(([table]) => table === 'orders').map(([, column]) => column)).toEqual([
      'id',
      'customer_id',
      'amount',
      'status',
      'created_at',
    ])
    expect(new Set(columns.map(([table]) => table))).toEqual(
      new Set(['customers', 'orders', 'order_items', 'category', 'top_order']),
    )
  })

  it('makes the index with its order, the unique and the foreign keys', async () => {
    const indexes = await engine
      .execute(
        sql`select indexdef from pg_indexes where schemaname = 'public' and tablename in ('orders', 'customers') order by 1`.columns(
          [t.text()],
        ),
      )
      .scalars()
      .all()
    expect(indexes.some((text) => /ON public\.orders USING btree \(customer_id, created_at DESC\)/.test(text))).toBe(
      true,
    )
    expect(indexes.some((text) => /UNIQUE INDEX .* ON public\.customers USING btree \(email\)/.test(text))).toBe(true)
    const keys = await engine
      .execute(
        sql`select conrelid::regclass::text || ' -> ' || confrelid::regclass::text from pg_constraint where contype = 'f' order by 1`.columns(
          [t.text()],
        ),
      )
      .scalars()
      .all()
    expect(keys).toEqual(['category -> category', 'order_items -> orders', 'orders -> customers'])
  })
})

describe('objects', () => {
  it('are plain instances with their methods', async () => {
    const order = await engine
      .execute(select(Order).where(o.id.eq(2)))
      .scalars()
      .one()
    expect(order).toBeInstanceOf(Order)
    expect(order.total()).toBe(40)
    expect({ ...order }).toEqual({ id: 2, customerId: 1, amount: '40.00', status: 'paid', createdAt: day(2) })
    expect(Object.getOwnPropertySymbols(order)).toEqual([])
    expect(structuredClone({ ...order })).toEqual({ ...order })
  })

  it('raise at a relationship that was not loaded, and say the two ways out', async () => {
    const order = await engine
      .execute(select(Order).where(o.id.eq(2)))
      .scalars()
      .one()
    expect(() => order.customer).toThrow(NotLoadedError)
    expect(() => order.customer).toThrow(/Order\.customer is not loaded \(Order 2\)/)
    expect(() => order.items).toThrow(/Order\.items/)
    const hint = (() => {
      try {
        return String(order.items)
      } catch (error) {
        return error instanceof NotLoadedError ? error.hint : 'nothing thrown'
      }
    })()
    expect(hint).toMatch(/selectinload/)
    expect(hint).toMatch(/session\.load/)
  })

  it('take plain objects and arrays for relationships', () => {
    const customer = create(Customer, { email: 'd@x.io' })
    const order = create(Order, { amount: '1', status: 'new', createdAt: day(1), customer })
    const item = create(OrderItem, { product: 'nail', qty: 1, order })
    order.items = [item]
    order.items.push(item)
    expect(order.customer).toBe(customer)
    expect(order.items).toHaveLength(2)
    expect(new Order().customer).toBeUndefined()
  })

  it('fill what is generated when it is left out', async () => {
    const [row] = await engine
      .execute(insert(Customer).values({ email: 'late@x.io' }).returning(Customer))
      .scalars()
      .all()
    expect(row?.id).toBeGreaterThan(3)
    expect(row?.createdAt).toBeInstanceOf(Date)
    expect(row?.region).toBeNull()
  })

  it('carry their attributes in a static', async () => {
    expect(Order.$.amount.gt('1').constructor).toBe(o.amount.gt('1').constructor)
    expect(await engine.execute(select(Order.$.id).where(Order.$.amount.gt('1000')))).toMatchObject({})
    expect(await engine.execute(select(Order.$.id).where(Order.$.amount.gt('1000'))).all()).toEqual([[5]])
  })
})

describe('numeric', () => {
  it('may be read as a number, or in a class of the user', async () => {
    expect(
      await engine.execute(sql`select ${'12.50'}::numeric as n`.columns({ n: t.numeric(12, 2).asNumber() })).all(),
    ).toEqual([{ n: 12.5 }])
    class Cents {
      readonly cents: bigint
      constructor(cents: bigint) {
        this.cents = cents
      }
    }
    const money = t.numeric(12, 2).as<Cents>({
      decode: (text) => new Cents(BigInt(text.replace('.', ''))),
      encode: (value) => `${value.cents / 100n}.${value.cents % 100n}`,
    })
    expect(await engine.execute(sql`select 12.50::numeric(12,2) as n`.columns({ n: money })).all()).toEqual([
      { n: new Cents(1250n) },
    ])
  })
})
