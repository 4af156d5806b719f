// Insert, update, delete, upsert: each form, what it returns, and what it refuses.
import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  CompileError,
  createAll,
  deleteFrom,
  dropAll,
  entity,
  func,
  insert,
  select,
  sql,
  UniqueViolationError,
  update,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { Customer, day, fillShop, Order, OrderItem, TopOrder } from '../fixture/shop.ts'

const engine = await freshEngine()
const [o, c, i, top] = [entity(Order), entity(Customer), entity(OrderItem), entity(TopOrder)]

beforeEach(async () => {
  await dropAll(engine, { ifExists: true })
  await createAll(engine)
  await fillShop(engine)
})

describe('insert', () => {
  it('takes rows, and gives back what was stored', async () => {
    const rows = [{ email: 'd@x.io' }, { email: 'e@x.io', region: 'US', createdAt: day(9) }]
    const ids: [number][] = await engine.execute(insert(Customer).values(rows).returning(c.id)).all()
    expect(ids).toEqual([[4], [5]])
    const [e] = await engine
      .execute(select(Customer).where(c.id.eq(5)))
      .scalars()
      .all()
    expect(e).toMatchObject({ email: 'e@x.io', region: 'US', createdAt: day(9) })
    const { rowCount } = await engine.execute(insert(Customer).values({ email: 'f@x.io' }))
    expect(rowCount).toBe(1)
  })

  it('takes expressions as values', async () => {
    const [row] = await engine
      .execute(
        insert(Customer)
          .values({ email: sql<string>`lower(${'G@X.IO'})`, createdAt: func.now() })
          .returning(Customer),
      )
      .scalars()
      .all()
    expect(row?.email).toBe('g@x.io')
  })

  it('takes a query', async () => {
    const rank = func.rank().over({ orderBy: o.amount.desc() })
    const top3 = select(o.customerId, o.amount, rank).orderBy(o.amount.desc(), o.id).limit(3)
    const { rowCount } = await engine.execute(insert(TopOrder).fromSelect(['customerId', 'amount', 'rank'], top3))
    expect(rowCount).toBe(3)
    expect(await engine.execute(select(top.customerId, top.amount, top.rank).orderBy(top.id)).all()).toEqual([
      [2, '1500.50', 1],
      [1, '40.00', 2],
      [1, '40.00', 2],
    ])
  })

  it('updates on conflict, reading both rows', async () => {
    const upsert = insert(Customer)
      .values([
        { email: 'ann@x.io', region: 'US' },
        { email: 'new@x.io', region: 'AS' },
      ])
      .onConflictDoUpdate({
        target: c.email,
        set: ({ excluded, current }) => ({
          region: excluded.region.concat(current.region),
          createdAt: func.now(),
        }),
      })
      .returning(c.id, c.region)
    expect(await engine.execute(upsert).all()).toEqual([
      [1, 'USEU'],
      [5, 'AS'],
    ])
  })

  it('updates on conflict with a plain object, a condition and a constraint by name', async () => {
    const again = insert(Customer).values({ email: 'ann@x.io', region: 'US' })
    const only = again.onConflictDoUpdate({ target: c.email, set: { region: 'AF' }, where: c.region.eq('nowhere') })
    expect((await engine.execute(only)).rowCount).toBe(0)
    const named = again.onConflictDoUpdate({ target: { constraint: 'customers_email_key' }, set: { region: 'AF' } })
    expect(await engine.execute(named.returning(c.region)).scalars().one()).toBe('AF')
  })

  it('does nothing on conflict', async () => {
    const again = insert(Customer).values({ email: 'ann@x.io' })
    expect((await engine.execute(again.onConflictDoNothing())).rowCount).toBe(0)
    expect((await engine.execute(again.onConflictDoNothing(c.email))).rowCount).toBe(0)
    await expect(engine.execute(again)).rejects.toThrow(UniqueViolationError)
  })

  it('refuses nothing, undefined and unknown names', () => {
    expect(() => insert(Customer).values([])).toThrow(/inserts nothing/)
    expect(() => insert(Customer).values({ email: undefined as never })).toThrow(/Customer\.email/)
    expect(() => insert(Customer).values({ emial: 'x' } as never)).toThrow(/'emial'[\s\S]*'email'/)
    expect(() => insert(Customer).fromSelect(['email'], select(o.id, o.amount) as never)).toThrow(/names 1 columns/)
  })
})

describe('update', () => {
  it('sets values and gives back entities', async () => {
    const orders: Order[] = await engine
      .execute(
        update(Order)
          .set({ status: 'paid' })
          .where(o.id.in([1, 5]))
          .returning(Order),
      )
      .scalars()
      .all()
    expect(orders.map(({ id, status }) => [id, status]).sort()).toEqual([
      [1, 'paid'],
      [5, 'paid'],
    ])
  })

  it('sets expressions, and reads other tables', async () => {
    await engine.execute(
      update(Order)
        .set({ amount: o.amount.mul(2) })
        .where((x) => x.id.eq(1)),
    )
    expect(
      await engine
        .execute(select(o.amount).where(o.id.eq(1)))
        .scalars()
        .one(),
    ).toBe('20.00')
    const { rowCount } = await engine.execute(
      update(Order).set({ status: 'paid' }).from(Customer).where(c.id.eq(o.customerId), c.region.eq('EU')),
    )
    expect(rowCount).toBe(4)
  })

  it('is refused without WHERE unless every row is meant', async () => {
    expect(() => update(Order).set({ status: 'paid' }).toSQL()).toThrow(CompileError)
    expect(() => update(Order).set({ status: 'paid' }).toSQL()).toThrow(/everyRow\(\)/)
    expect((await engine.execute(update(Order).set({ status: 'paid' }).everyRow())).rowCount).toBe(6)
    await expect(engine.execute(update(Order).set({ status: 'new' }))).rejects.toThrow(CompileError)
    await expect(engine.execute(update(Order).set({ status: 'new' }).where())).rejects.toThrow(CompileError)
  })

  it('refuses undefined, unknown names and an empty set', () => {
    expect(() => update(Order).set({ status: undefined as never })).toThrow(ArgumentError)
    expect(() => update(Order).set({ sttus: 'paid' } as never)).toThrow(/'status'/)
    expect(() => update(Order).set({}).where(o.id.eq(1)).toSQL()).toThrow(/set/)
  })
})

describe('delete', () => {
  it('deletes by condition, with using, and gives back rows', async () => {
    expect((await engine.execute(deleteFrom(TopOrder).where(top.id.gt(0)))).rowCount).toBe(0)
    const gone = await engine
      .execute(deleteFrom(OrderItem).using(Order).where(o.id.eq(i.orderId), o.status.eq('new')).returning({ id: i.id }))
      .all()
    expect(gone.map(({ id }) => id).sort()).toEqual([1, 2])
    const cutoff = day(4)
    await engine.execute(deleteFrom(OrderItem).everyRow())
    expect((await engine.execute(deleteFrom(Order).where(o.createdAt.lt(cutoff)))).rowCount).toBe(3)
  })

  it('is refused without WHERE unless every row is meant', async () => {
    await expect(engine.execute(deleteFrom(OrderItem))).rejects.toThrow(/everyRow\(\)/)
    expect(await engine.execute(select(func.count()).from(i)).scalars().one()).toBe(3)
  })
})

describe('entities that a change gives back', () => {
  it('are whole: generated values and defaults, methods, one per row', async () => {
    const rows = [
      { customerId: 3, amount: '7.00', status: 'new', createdAt: day(8) },
      { customerId: 3, amount: '8.50', status: 'paid', createdAt: day(9) },
    ] as const
    const made = await engine.execute(insert(Order).values(rows).returning(Order)).scalars().all()
    expect(made.map((order) => order instanceof Order && order.total())).toEqual([7, 8.5])
    expect(made).toMatchObject(rows)
    const stored = select(Order).where(o.id.in(made.map(({ id }) => id)))
    expect(await engine.execute(stored.orderBy(o.id)).scalars().all()).toEqual(made)
    const pairs = await engine.execute(insert(Customer).values({ email: 'z@x.io' }).returning(Customer, c.email)).all()
    expect(pairs).toEqual([[expect.any(Customer), 'z@x.io']])
    expect(pairs[0]?.[0].createdAt).toBeInstanceOf(Date)
  })
})
