// loadOnly, defer, undefer, withCriteria, raiseload: what of an entity is read, and what reading the rest says.
import { expect, it } from '@jest/globals'
import {
  awaitable,
  defer,
  inspect,
  joinedload,
  loadOnly,
  NotLoadedError,
  raiseload,
  selectinload,
  undefer,
  withCriteria,
} from '@oriel/orm'
import { aliased, entity, select } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { ann, openShop } from '../../fixture/filled-shop.ts'
import { Customer, Order, OrderLine, Profile } from '../../fixture/shop.ts'

const c = entity(Customer)
const o = entity(Order)
const l = entity(OrderLine)
const f = entity(Profile)

describeLane('columns of loaders', (lane) => {
  const shop = openShop(lane)

  it('loads these columns and the key, and raises at the others', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const [order] = await session.scalars(select(Order).orderBy(o.id).options(loadOnly(o.amount))).all()
    expect(recorder.take()).toEqual(['select id, amount from orders order by id'])
    expect({ ...order }).toEqual({ id: 1, amount: '10.00' })
    expect(order).toBeInstanceOf(Order)
    expect(order?.total()).toBe(10)
    expect(() => order?.status).toThrow(NotLoadedError)
    expect(() => order?.status).toThrow(
      /Order\.status is not loaded \(Order 1\)[\s\S]*undefer\(entity\(Order\)\.status\)/,
    )
    expect(order && inspect(order).isLoaded('status')).toBe(false)
  })

  it('fills what was not loaded when the row is read again, and keeps the rest', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    await session.begin()
    const [order] = await session.scalars(select(Order).where(o.id.eq(1)).options(loadOnly(o.amount))).all()
    if (order) order.amount = '11.00'
    const again = await session.noAutoflush(async () => await session.scalars(select(Order).where(o.id.eq(1))).one())
    expect(again).toBe(order)
    expect([again.status, again.amount]).toEqual(['new', '11.00'])
    await session.rollback()
  })

  it('writes only what was loaded and changed', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const [order] = await session.scalars(select(Order).where(o.id.eq(1)).options(loadOnly(o.amount))).all()
    if (order) order.amount = '12.00'
    recorder.take()
    await session.flush()
    expect(recorder.take().filter((text) => text.startsWith('update'))).toEqual([
      'update orders set amount = $1 where id = $2',
    ])
    await session.rollback()
    expect(order?.amount).toBe('10.00')
    expect(() => order?.status).toThrow(NotLoadedError)
  })

  it('leaves out one column, and brings a deferred one', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const [order] = await session.scalars(select(Order).options(defer(o.createdAt), defer(o.status))).all()
    expect(() => order?.createdAt).toThrow(NotLoadedError)
    const [plain] = await session.scalars(select(Profile)).all()
    expect(() => plain?.biography).toThrow(NotLoadedError)
    const [full] = await session.scalars(select(Profile).options(undefer(f.biography))).all()
    expect(full).toBe(plain)
    expect(full?.biography).toBe('Buys nails.')
    expect(recorder.take()).toEqual([
      'select id, customer_id, amount from orders',
      'select customer_id from profiles',
      'select customer_id, biography from profiles',
    ])
  })

  it('does so at any level, and keeps the columns that the levels hang on', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const customers = await session
      .scalars(
        select(Customer)
          .orderBy(c.email)
          .options(
            loadOnly(c.email),
            selectinload(c.orders).loadOnly(o.amount),
            joinedload(c.profile).undefer(f.biography),
          ),
      )
      .all()
    expect(recorder.take()).toEqual([
      'select customers.id, customers.email, customers_profile.customer_id, customers_profile.biography from customers left join profiles as customers_profile on customers_profile.customer_id = customers.id order by customers.email',
      'select id, customer_id, amount from orders where customer_id = any ($1)',
    ])
    expect(customers[0]?.profile?.biography).toBe('Buys nails.')
    expect(customers[0]?.orders).toHaveLength(4)
    await session.scalars(select(Order).options(loadOnly(o.amount), selectinload(o.customer))).all()
    expect(recorder.take()[0]).toBe('select id, customer_id, amount from orders')
  })

  it('asks again for a known reference that lacks what is asked for', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    await session.scalars(select(Profile)).all()
    recorder.take()
    const [customer] = await session
      .scalars(select(Customer).where(c.id.eq(ann)).options(selectinload(c.profile).undefer(f.biography)))
      .all()
    expect(customer?.profile?.biography).toBe('Buys nails.')
    expect(recorder.take()).toHaveLength(2)
  })

  it('reads entities from a subquery with fewer columns', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const dear = aliased(Order, select(Order).where(o.amount.gte('50')).subquery('dear'))
    const orders = await session
      .scalars(select(dear).orderBy(dear.id).options(loadOnly(dear.amount), selectinload(dear.lines)))
      .all()
    expect(orders.map(({ id, lines }) => [id, lines.length])).toEqual([
      [5, 2],
      [6, 0],
    ])
    expect(() => orders[0]?.status).toThrow(NotLoadedError)
  })

  it('withCriteria holds wherever the entity is read, in the statement and behind it', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const customers = await session
      .scalars(
        select(Customer)
          .where(c.orders.any())
          .orderBy(c.email)
          .options(
            selectinload(c.orders),
            withCriteria(Order, (order) => order.status.eq('paid')),
            withCriteria(Order, (order) => order.amount.lt('60')),
          ),
      )
      .all()
    const sent = recorder.take()
    expect(sent[0]).toContain(
      'exists (select 1 from orders where customers.id = orders.customer_id and orders.status = $1 and orders.amount < $2)',
    )
    expect(sent[1]).toBe(
      'select created_at, id, customer_id, amount, status from orders where customer_id = any ($1) and status = $2 and amount < $3',
    )
    expect(customers.map(({ email, orders }) => [email, orders.map(({ id }) => id).sort()])).toEqual([
      ['ann@x.io', [2, 4]],
    ])
    const lines = await session
      .scalars(
        select(OrderLine)
          .orderBy(l.orderId, l.line)
          .options(
            joinedload(l.order),
            withCriteria(Order, (order) => order.status.eq('paid')),
          ),
      )
      .all()
    expect(lines.map(({ orderId, order }) => [orderId, order === null])).toEqual([
      [1, true],
      [2, false],
      [2, false],
      [4, false],
      [5, true],
      [5, true],
    ])
  })

  it('raiseload raises, and says that it was asked for', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const [customer] = await session
      .scalars(
        select(Customer)
          .where(c.id.eq(ann))
          .options(raiseload(c.country), selectinload(c.orders).raiseload(o.customer)),
      )
      .all()
    expect(() => customer?.country).toThrow(NotLoadedError)
    expect(() => customer?.country).toThrow(
      /Customer\.country is not loaded .*: its statement asked for raiseload\(Customer\.country\)/,
    )
    // Otherwise the other side would be known for free.
    expect(() => customer?.orders[0]?.customer).toThrow(/raiseload\(Order\.customer\)/)
    expect(customer && (await awaitable(customer).country)?.name).toBe('Germany')
  })

  it('raiseload leaves readable what was loaded before, by itself or as a back reference', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const [customer] = await session
      .scalars(select(Customer).where(c.id.eq(ann)).options(selectinload(c.orders), selectinload(c.country)))
      .all()
    const orders = await session.scalars(select(Order).options(raiseload(o.customer)).orderBy(o.id)).all()
    expect(orders[0]?.customer).toBe(customer)
    expect(() => orders[4]?.customer).toThrow(/raiseload\(Order\.customer\)/)
    await session.scalars(select(Customer).options(raiseload(c.country))).all()
    expect(customer?.country?.name).toBe('Germany')
  })
})
