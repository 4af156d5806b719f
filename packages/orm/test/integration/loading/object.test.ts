// Objects with loaded relationships: load() and awaitable() for those that are here, edits that stay, printing without cycles.
import { inspect as print } from 'node:util'
import { expect, it } from '@jest/globals'
import { awaitable, create, DetachedInstanceError, inspect, joinedload, selectinload } from '@oriel/orm'
import { ArgumentError, entity, InvalidRequestError, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { ann, bo, openShop } from '../../fixture/filled-shop.ts'
import { Country, Customer, Order, OrderLine, Parcel } from '../../fixture/shop.ts'

const c = entity(Customer)
const o = entity(Order)
const l = entity(OrderLine)

describeLane('loaded objects', (lane) => {
  const shop = openShop(lane)

  it('load() loads for objects that are here, batched, and what lies behind', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const orders = await session.scalars(select(Order).orderBy(o.id)).all()
    recorder.take()
    await session.load(orders, o.lines)
    expect(recorder.take()).toHaveLength(1)
    expect(orders.map(({ lines }) => lines.length)).toEqual([1, 2, 0, 1, 2, 0])
    await session.load(
      orders,
      selectinload(o.customer).joinedload(c.country),
      joinedload(o.lines).selectinload(l.parcels),
    )
    expect(orders[0]?.customer.country?.code).toBe('de')
    expect(orders[0]?.lines[0]?.parcels).toHaveLength(2)
    expect(recorder.take()).toHaveLength(3)
    const [one] = orders
    if (one) await session.load(one, o.customer)
    const none: Order[] = []
    await session.load(none, o.customer)
    expect(recorder.take()).toEqual([])
  })

  it('load() refuses what is not of this session, and what it cannot load', async () => {
    const { sessions } = shop()
    await using other = sessions.open()
    const foreign = await other.scalars(select(Order).where(o.id.eq(1))).one()
    await using session = sessions.open()
    await expect(session.load(foreign, o.lines)).rejects.toThrow(DetachedInstanceError)
    await expect(session.load(new Order(), o.lines)).rejects.toThrow(DetachedInstanceError)
    const fresh = create(Country, { code: 'it', name: 'Italy' })
    session.add(fresh)
    const order = await session.getOne(Order, 1)
    session.expunge(fresh)
    await expect(session.load(fresh, entity(Country).code as never)).rejects.toThrow(DetachedInstanceError)
    await expect(session.load(order)).rejects.toThrow(ArgumentError)
    await expect(session.load(order, c.orders as never)).rejects.toThrow(
      /Customer\.orders\) begins at Customer; the objects are of Order/,
    )
    const added = create(Order, { customerId: ann, amount: '1.00' })
    session.add(added)
    await expect(session.load(added, o.lines)).rejects.toThrow(InvalidRequestError)
    session.expunge(added)
  })

  it('SEMANTICS 29: awaitable() makes one statement of all reads of one tick', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const orders = await session.scalars(select(Order).orderBy(o.id)).all()
    recorder.take()
    const read = await Promise.all(
      orders.map(async (order) => [await awaitable(order).customer, await awaitable(order).lines] as const),
    )
    expect(read.map(([customer, lines]) => [customer.email, lines.length])[4]).toEqual(['bo@x.io', 2])
    expect(recorder.take()).toHaveLength(2)
    await Promise.all(orders.flatMap((order) => [awaitable(order).customer, awaitable(order).lines]))
    expect(recorder.take()).toEqual([])
    expect(orders[0]?.customer.email).toBe('ann@x.io')
  })

  it('awaitable() takes its turn among the session’s operations, and rejects outside of a session', async () => {
    const { sessions } = shop()
    const session = sessions.open()
    const order = await session.getOne(Order, 1)
    const [customer, others] = await Promise.all([awaitable(order).customer, session.scalars(select(Order)).all()])
    expect([customer.id, others.length]).toEqual([ann, 6])
    const unread = await session.getOne(Order, 2)
    await session.close()
    await expect(awaitable(unread).lines).rejects.toThrow(DetachedInstanceError)
    expect(await awaitable(order).customer).toBe(customer)
    const fresh = create(Order, { customerId: ann, amount: '1.00' })
    expect(await awaitable(fresh).customer).toBeUndefined()
    expect(() => Reflect.get(awaitable(order), 'costumer')).toThrow(/Did you mean 'customer'/)
  })

  it('SEMANTICS 24: loading again does not overwrite what was changed', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    await session.begin()
    const [customer] = await session.scalars(select(Customer).where(c.id.eq(ann)).options(selectinload(c.orders))).all()
    if (!customer) throw new TypeError('Ann is there.')
    const added = create(Order, { customerId: ann, amount: '7.00' })
    const list = customer.orders
    list.push(added)
    await session.noAutoflush(async () => {
      await session.scalars(select(Customer).where(c.id.eq(ann)).options(selectinload(c.orders))).all()
      await session.load(customer, c.orders)
    })
    expect(customer.orders).toBe(list)
    expect(list).toHaveLength(5)
    expect(list[4]).toBe(added)
    await session.rollback()
    expect(customer.orders).toHaveLength(4)
  })

  it('loading again brings unchanged collections up to date, in the same array', async () => {
    const { sessions, engine } = shop()
    await using session = sessions.open()
    const [customer] = await session.scalars(select(Customer).where(c.id.eq(bo)).options(selectinload(c.orders))).all()
    const list = customer?.orders
    expect(list).toHaveLength(2)
    await engine.execute(sql`insert into orders (customer_id, amount) values (${bo}::uuid, 70)`)
    if (customer) await session.load(customer, c.orders)
    expect(customer?.orders).toBe(list)
    expect(list).toHaveLength(3)
    expect(session.dirty.size).toBe(0)
    await engine.execute(sql`delete from orders where amount = 70`)
  })

  it('SEMANTICS 18: back references are readable, and no property of their own', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const customers = await session
      .scalars(
        select(Customer)
          .orderBy(c.email)
          .options(selectinload(c.orders).selectinload(o.lines), selectinload(c.country)),
      )
      .all()
    recorder.take()
    const [customer] = customers
    const [order] = customer?.orders ?? []
    expect(order?.customer).toBe(customer)
    expect(Object.keys(order ?? {})).not.toContain('customer')
    expect(order && inspect(order).isLoaded('customer')).toBe(true)
    const parsed: unknown = JSON.parse(JSON.stringify(customers))
    expect(parsed).toMatchObject([
      { email: 'ann@x.io', country: { code: 'de' }, orders: [{ amount: '10.00' }, {}, {}, {}] },
      {},
      { orders: [] },
    ])
    expect(print(customers, { depth: 10 })).not.toContain('Circular')
    expect(structuredClone({ ...order, lines: [] })).toEqual({ ...order, lines: [] })
    expect(recorder.take()).toEqual([])
  })

  it('SEMANTICS 20: deleting a parent loads the members along its cascades, by one statement per relationship', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const parcels = await session.scalars(select(Parcel)).all()
    for (const parcel of parcels) session.delete(parcel)
    await session.flush()
    const orders = await session.scalars(select(Order).where(o.customerId.eq(bo))).all()
    recorder.take()
    await session.load(orders, o.lines)
    for (const order of orders) for (const line of order.lines) session.delete(line)
    for (const order of orders) session.delete(order)
    await session.flush()
    expect(recorder.take()).toEqual([
      'select order_id, line, product_sku from order_lines where order_id = any ($1) order by line',
      expect.stringMatching(/^delete from order_lines/),
      expect.stringMatching(/^delete from orders/),
    ])
    await session.rollback()
    expect(orders.map((order) => inspect(order).state)).toEqual(['persistent', 'persistent'])
  })

  it('is written back by the unit of work like any loaded graph', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const customers = await session
      .scalars(
        select(Customer)
          .orderBy(c.email)
          .options(selectinload(c.orders, (order) => ({ orderBy: order.id }))),
      )
      .all()
    const [first, second] = customers
    const moved = first?.orders.pop()
    if (!moved || !second) throw new TypeError('Ann has orders.')
    second.orders.push(moved)
    recorder.take()
    await session.flush()
    expect(recorder.take().filter((text) => text.startsWith('update'))).toEqual([
      'update orders set customer_id = $1 where id = $2',
    ])
    expect([moved.customerId, moved.customer]).toEqual([bo, second])
    await session.rollback()
    expect([moved.customerId, first?.orders.length, second.orders.length]).toEqual([ann, 4, 2])
  })

  it('SEMANTICS 12: a rollback takes back what was loaded of rows that are gone with it', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const customer = await session.getOne(Customer, ann)
    await session.begin()
    const added = create(Order, { customerId: ann, amount: '7.00' })
    session.add(added)
    await session.flush()
    await session.load(customer, c.orders)
    expect(customer.orders).toContain(added)
    await session.rollback()
    expect(inspect(added).state).toBe('transient')
    expect(inspect(customer).isLoaded('orders')).toBe(false)
    await session.load(customer, c.orders)
    expect(customer.orders).toHaveLength(4)
  })

  it('keeps what a transaction only read when it is rolled back', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    await session.begin()
    const [customer] = await session.scalars(select(Customer).where(c.id.eq(ann)).options(selectinload(c.orders))).all()
    await session.rollback()
    recorder.take()
    expect(customer?.orders).toHaveLength(4)
    expect(recorder.take()).toEqual([])
  })

  it('flushes what the loaders would have to see, before the statement', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    await session.begin()
    session.add(create(Order, { customerId: bo, amount: '7.00' }))
    recorder.take()
    const [customer] = await session.scalars(select(Customer).where(c.id.eq(bo)).options(selectinload(c.orders))).all()
    expect(recorder.take()[0]).toMatch(/^insert into orders/)
    expect(customer?.orders).toHaveLength(3)
    await session.rollback()
  })
})
