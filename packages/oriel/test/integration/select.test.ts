// Select: the rows that each form of the reference gives, what the compiler knows of them, and what a result can do.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  asc,
  CompileError,
  createAll,
  desc,
  entity,
  func,
  literal,
  MultipleResultsFoundError,
  NoResultFoundError,
  type Numeric,
  Result,
  select,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { Category, Customer, day, fillShop, Order, OrderItem } from '../fixture/shop.ts'

const engine = await freshEngine()
const [o, c, i, cat] = [entity(Order), entity(Customer), entity(OrderItem), entity(Category)]

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

describe('the forms of a select list', () => {
  it('gives instances of one class by scalars, and in tuples by execute', async () => {
    const paid = select(Order).where(o.status.eq('paid')).orderBy(o.id).limit(100)
    const orders: Order[] = await engine.execute(paid).scalars().all()
    expect(orders.map(({ id }) => id)).toEqual([2, 3, 4])
    const rows: [Order][] = await engine.execute(paid).all()
    expect(rows[0]?.[0]).toBeInstanceOf(Order)
  })

  it('gives a class beside an expression', async () => {
    const rows: [Order, number][] = await engine
      .execute(select(Order, func.rank().over({ orderBy: o.amount.desc() })).orderBy(o.id))
      .all()
    expect(rows.map(([order, rank]) => [order.id, rank])).toEqual([
      [1, 6],
      [2, 2],
      [3, 4],
      [4, 5],
      [5, 1],
      [6, 2],
    ])
  })

  it('gives objects for one object, null on the outer side of a left join', async () => {
    const rows: { id: number; who: string | null }[] = await engine
      .execute(select({ id: o.id, who: c.email }).leftJoin(c, c.id.eq(o.customerId)).orderBy(o.id))
      .all()
    expect(rows.slice(0, 3)).toEqual([
      { id: 1, who: 'ann@x.io' },
      { id: 2, who: 'ann@x.io' },
      { id: 3, who: 'bo@x.io' },
    ])
    const outer = await engine
      .execute(select({ who: c.email, order: Order }).from(c).leftJoin(o, o.customerId.eq(c.id)).where(c.id.eq(3)))
      .all()
    expect(outer).toEqual([{ who: 'cy@x.io', order: null }])
  })

  it('gives tuples for columns', async () => {
    const first: [number, string] | null = await engine.execute(select(o.id, o.amount).orderBy(o.id)).first()
    expect(first).toEqual([1, '10.00'])
    const none: [number, Numeric] | null = await engine.execute(select(o.id, o.amount).where(o.id.eq(99))).first()
    expect(none).toBeNull()
  })

  it('infers FROM, or is told', async () => {
    expect(select(o.id).toSQL().text).toBe('select id from orders')
    expect(await engine.execute(select(func.count()).from(Order)).scalars().one()).toBe(6)
    expect(await engine.execute(select({ n: literal(1) })).all()).toEqual([{ n: 1 }])
    expect(() => select(o.id).where(c.id.eq(1)).toSQL()).toThrow(CompileError)
    expect(() => select(o.id).where(c.id.eq(1)).toSQL()).toThrow(/not in FROM/)
  })

  it('takes callbacks where one entity is selected', async () => {
    const rows = await engine
      .execute(
        select(Order)
          .where((o) => o.status.eq('paid'))
          .orderBy((o) => o.amount.desc()),
      )
      .scalars()
      .all()
    expect(rows.map(({ id }) => id)).toEqual([2, 3, 4])
  })
})

describe('joins', () => {
  it('go by relationship, by condition, by the only key between two', async () => {
    const expected = [
      ['ann@x.io', 'nail'],
      ['ann@x.io', 'saw'],
      ['ann@x.io', 'nail'],
    ]
    const by = [
      select(c.email, i.product).from(i).join(i.order).join(o.customer),
      select(c.email, i.product).from(i).join(o, o.id.eq(i.orderId)).join(c, c.id.eq(o.customerId)),
      select(c.email, i.product).from(i).join(o).join(c),
    ]
    for (const statement of by) expect(await engine.execute(statement.orderBy(i.id)).all()).toEqual(expected)
  })

  it('go right, full and cross', async () => {
    const right: { id: number | null; who: string }[] = await engine
      .execute(select({ id: o.id, who: c.email }).rightJoin(c, c.id.eq(o.customerId)).where(c.id.eq(3)))
      .all()
    expect(right).toEqual([{ id: null, who: 'cy@x.io' }])
    const full = await engine.execute(select({ id: o.id, who: c.email }).fullJoin(c, c.id.eq(o.customerId))).all()
    expect(full).toHaveLength(7)
    expect(await engine.execute(select(o.id, c.id).crossJoin(c)).all()).toHaveLength(18)
  })

  it('go to a table beside itself', async () => {
    const kid = aliased(Category, 'kid')
    const rows = await engine
      .execute(select({ name: kid.name, over: cat.name }).from(kid).join(cat, cat.id.eq(kid.parentId)).orderBy(kid.id))
      .all()
    expect(rows).toEqual([
      { name: 'kid', over: 'root' },
      { name: 'grandkid', over: 'kid' },
      { name: 'other kid', over: 'root' },
    ])
  })
})

describe('conditions on relationships', () => {
  it('keep the tables around them visible, however deep they stand', async () => {
    // Orders of customers who have a larger order: the inner orders must not hide the outer ones.
    const smaller = select(o.id).where(
      o.customer.has((buyer) => buyer.orders.any((other) => other.amount.gt(o.amount))),
    )
    const larger = aliased(Order, 'larger')
    const plain = select(o.id)
      .join(larger, larger.customerId.eq(o.customerId))
      .where(larger.amount.gt(o.amount))
      .distinct()
    const ids = await engine.execute(plain).scalars().all()
    expect(ids.length).toBeGreaterThan(0)
    expect(new Set(await engine.execute(smaller).scalars().all())).toEqual(new Set(ids))
    expect(smaller.toSQL().text).toBe(
      'select id from orders where exists (select 1 from customers where orders.customer_id = customers.id and exists (select 1 from orders as orders_orders where customers.id = orders_orders.customer_id and orders_orders.amount > orders.amount))',
    )
  })
})

describe('groups, order and limits', () => {
  it('groups, with conditions on groups', async () => {
    const rows: { customerId: number; n: number; sum: Numeric | null }[] = await engine
      .execute(
        select({ customerId: o.customerId, n: func.count(), sum: func.sum(o.amount) })
          .groupBy(o.customerId)
          .having(func.count().gt(1))
          .orderBy(o.customerId),
      )
      .all()
    expect(rows).toEqual([
      { customerId: 1, n: 4, sum: '110.00' },
      { customerId: 2, n: 2, sum: '1530.50' },
    ])
  })

  it('gives null for a sum of nothing and 0 for a count of nothing', async () => {
    const [row] = await engine.execute(select({ sum: func.sum(o.amount), n: func.count() }).where(o.id.lt(0))).all()
    expect(row).toEqual({ sum: null, n: 0 })
  })

  it('orders with directions and places for nulls', async () => {
    const by = (...keys: Parameters<ReturnType<typeof byRegion>['orderBy']>) =>
      engine
        .execute(byRegion().orderBy(...keys))
        .scalars()
        .all()
    expect(await by(c.region)).toEqual([1, 3, 2])
    expect(await by(c.region.desc())).toEqual([2, 3, 1])
    expect(await by(asc(c.region).nullsFirst())).toEqual([2, 1, 3])
    expect(await by(desc(c.region).nullsLast())).toEqual([3, 1, 2])
  })

  it('limits, skips and is distinct', async () => {
    expect(await engine.execute(select(o.id).orderBy(o.id).limit(2).offset(1)).scalars().all()).toEqual([2, 3])
    expect(await engine.execute(select(o.status).distinct().orderBy(o.status)).scalars().all()).toEqual(['new', 'paid'])
    expect(
      await engine
        .execute(select(o.customerId, o.id).distinctOn(o.customerId).orderBy(o.customerId, o.id.desc()))
        .all(),
    ).toEqual([
      [1, 6],
      [2, 5],
    ])
    expect(await engine.execute(select(o.id).limit(0).orderBy(o.id)).all()).toEqual([])
  })
})

const byRegion = () => select(c.id)

describe('results', () => {
  const ids = select(o.id).orderBy(o.id)
  it('are buffered, and may be read again', async () => {
    const result = await engine.execute(ids)
    expect(result).toBeInstanceOf(Result)
    expect(result.all()).toEqual(result.all())
    expect(result.first()).toEqual([1])
    expect(result.scalars().all()).toEqual([1, 2, 3, 4, 5, 6])
    expect('then' in result).toBe(false)
    expect([...result]).toHaveLength(6)
  })

  it('have the same names on the promise', async () => {
    expect(await engine.execute(ids).all()).toHaveLength(6)
    expect(await engine.execute(ids).first()).toEqual([1])
    expect(await engine.execute(ids.limit(1)).one()).toEqual([1])
    expect(await engine.execute(ids.where(o.id.eq(9))).oneOrNone()).toBeNull()
    expect(await engine.execute(ids).scalars().first()).toBe(1)
    expect(await engine.execute(select(o.status)).unique().all()).toHaveLength(2)
    expect(await engine.execute(select(o.id, o.status).orderBy(o.id)).columns(1).first()).toEqual(['new'])
    expect(
      await engine
        .execute(select({ id: o.id, status: o.status }).orderBy(o.id))
        .columns('status')
        .first(),
    ).toEqual({
      status: 'new',
    })
  })

  it('say when there is not exactly one', async () => {
    await expect(engine.execute(ids.where(o.id.eq(9))).one()).rejects.toThrow(NoResultFoundError)
    await expect(engine.execute(ids).one()).rejects.toThrow(MultipleResultsFoundError)
    await expect(engine.execute(ids).oneOrNone()).rejects.toThrow(MultipleResultsFoundError)
  })
})

describe('what stands where', () => {
  it('refuses a window or an aggregate in WHERE, and says what to do', () => {
    const window = func.rowNumber().over({ orderBy: o.id }).lte(3)
    expect(() =>
      select(o.id)
        .where(window as never)
        .toSQL(),
    ).toThrow(CompileError)
    expect(() =>
      select(o.id)
        .where(window as never)
        .toSQL(),
    ).toThrow(/wrap it in a CTE or subquery and filter outside/i)
    expect(() =>
      select(o.id)
        .where(func.sum(o.amount).gt('1') as never)
        .toSQL(),
    ).toThrow(CompileError)
  })

  it('refuses a window inside a window', () => {
    const inner = func.rank().over({ orderBy: o.id })
    expect(() => select({ x: func.sum(inner as never).over({ orderBy: o.id }) }).toSQL()).toThrow(CompileError)
    expect(() => select({ x: func.rank().over({ orderBy: inner as never }) }).toSQL()).toThrow(CompileError)
  })

  it('takes exact and big numbers as text, number or bigint, and text as text only', async () => {
    for (const ten of ['10', 10, 10n] as const)
      expect(
        await engine
          .execute(select(o.id).where(o.amount.eq(ten)))
          .scalars()
          .all(),
      ).toEqual([1])
    await expect(engine.execute(select(c.id).where(c.email.eq(1 as never)))).rejects.toThrow(ArgumentError)
    await expect(engine.execute(select(c.id).where(c.email.eq(1 as never)))).rejects.toThrow(/Customer\.email/)
  })

  it('takes a date for a date', async () => {
    expect(
      await engine
        .execute(select(o.id).where(o.createdAt.eq(day(4))))
        .scalars()
        .all(),
    ).toEqual([4])
  })
})
