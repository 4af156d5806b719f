// Windows and analytics: every function, frame and grouping of the reference, with the numbers that they give.
import { beforeAll, describe, expect, it } from '@jest/globals'
import { CompileError, createAll, entity, func, type Numeric, select } from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { fillShop, Order } from '../fixture/shop.ts'

const engine = await freshEngine({ strict: ['window-without-order'] })
const o = entity(Order)
const w = { partitionBy: o.customerId, orderBy: o.createdAt }

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

describe('the analytics of the reference', () => {
  it('come in one statement', async () => {
    const rows: {
      id: number
      recency: number
      prev: Numeric
      delta: Numeric
      running: Numeric | null
      moving3: Numeric | null
      paid: Numeric | null
      quartile: number
    }[] = await engine
      .execute(
        select({
          id: o.id,
          recency: func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() }),
          prev: func.lag(o.amount, 1, '0').over(w),
          delta: o.amount.sub(func.lag(o.amount, 1, '0').over(w)),
          running: func.sum(o.amount).over({ ...w, rows: [null, 0] }),
          moving3: func.avg(o.amount).over({ ...w, rows: [-2, 0] }),
          paid: func
            .sum(o.amount)
            .filter(o.status.eq('paid'))
            .over({ ...w, rows: [null, 0] }),
          quartile: func.ntile(4).over({ partitionBy: o.customerId, orderBy: o.amount }),
        }).orderBy(o.id),
      )
      .all()
    expect(rows.map(({ moving3, ...row }) => ({ ...row, moving3: Number(moving3) }))).toEqual([
      { id: 1, recency: 4, prev: '0', delta: '10.00', running: '10.00', moving3: 10, paid: null, quartile: 1 },
      {
        id: 2,
        recency: 3,
        prev: '10.00',
        delta: '30.00',
        running: '50.00',
        moving3: 25,
        paid: '40.00',
        quartile: expect.any(Number),
      },
      { id: 3, recency: 2, prev: '0', delta: '30.00', running: '30.00', moving3: 30, paid: '30.00', quartile: 1 },
      {
        id: 4,
        recency: 2,
        prev: '40.00',
        delta: '-20.00',
        running: '70.00',
        moving3: expect.closeTo(23.333333, 5),
        paid: '60.00',
        quartile: 2,
      },
      {
        id: 5,
        recency: 1,
        prev: '30.00',
        delta: '1470.50',
        running: '1530.50',
        moving3: 765.25,
        paid: '30.00',
        quartile: 2,
      },
      {
        id: 6,
        recency: 1,
        prev: '20.00',
        delta: '20.00',
        running: '110.00',
        moving3: expect.closeTo(33.333333, 5),
        paid: '60.00',
        quartile: expect.any(Number),
      },
    ])
  })

  it('find a median per group', async () => {
    const rows: { customerId: number; median: number | null }[] = await engine
      .execute(
        select({ customerId: o.customerId, median: func.percentileCont(0.5).withinGroup(o.amount) })
          .groupBy(o.customerId)
          .orderBy(o.customerId),
      )
      .all()
    expect(rows).toEqual([
      { customerId: 1, median: 30 },
      { customerId: 2, median: 765.25 },
    ])
  })

  it('are filtered outside of a CTE', async () => {
    const ranked = select({
      id: o.id,
      customerId: o.customerId,
      rn: func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() }),
    }).cte('ranked')
    const rows: { id: number; customerId: number; rn: number }[] = await engine
      .execute(select(ranked).where(ranked.c.rn.lte(3)).orderBy(ranked.c.id))
      .all()
    expect(rows.map(({ id }) => id)).toEqual([2, 3, 4, 5, 6])
  })
})

describe('functions', () => {
  it('rank, look around, and look into the frame', async () => {
    const all = { orderBy: [o.customerId, o.createdAt], rows: [null, null] as const }
    const rows = await engine
      .execute(
        select({
          rank: func.rank().over({ orderBy: o.amount }),
          dense: func.denseRank().over({ orderBy: o.amount }),
          percent: func.percentRank().over({ orderBy: o.amount }),
          share: func.cumeDist().over({ orderBy: o.amount }),
          next: func.lead(o.id).over({ orderBy: o.id }),
          before: func.lag(o.id).over({ orderBy: o.id }),
          two: func.lag(o.id, 2, 0).over({ orderBy: o.id }),
          first: func.firstValue(o.id).over(all),
          last: func.lastValue(o.id).over(all),
          third: func.nthValue(o.id, 3).over(all),
        }).orderBy(o.id),
      )
      .all()
    expect(rows[1]).toEqual({
      rank: 4,
      dense: 4,
      percent: 0.6,
      share: expect.closeTo(5 / 6, 10),
      next: 3,
      before: 1,
      two: 0,
      first: 1,
      last: 5,
      third: 4,
    })
    expect(rows.map(({ before }) => before)).toEqual([null, 1, 2, 3, 4, 5])
    expect(rows.map(({ dense }) => dense)).toEqual([1, 4, 3, 2, 5, 4])
  })
})

describe('frames', () => {
  const running = (frame: Parameters<ReturnType<typeof func.count>['over']>[0]) =>
    engine
      .execute(select(func.count().over(frame)).orderBy(o.id))
      .scalars()
      .all()
  it('count rows', async () => {
    expect(await running({ orderBy: o.id, rows: [null, 0] })).toEqual([1, 2, 3, 4, 5, 6])
    expect(await running({ orderBy: o.id, rows: [-1, 1] })).toEqual([2, 3, 3, 3, 3, 2])
    expect(await running({ orderBy: o.id, rows: [0, null] })).toEqual([6, 5, 4, 3, 2, 1])
    expect(await running({ orderBy: o.id, rows: [1, 2] })).toEqual([2, 2, 2, 2, 1, 0])
  })
  it('measure ranges, of intervals too', async () => {
    expect(await running({ orderBy: o.createdAt, range: [{ days: -2 }, 0] })).toEqual([1, 2, 3, 3, 3, 3])
    expect(await running({ orderBy: o.createdAt, range: ['-1 day', { days: 1 }] })).toEqual([2, 3, 3, 3, 3, 2])
    expect(await running({ orderBy: o.id, range: [-2, 0] })).toEqual([1, 2, 3, 3, 3, 3])
    expect(await running({ orderBy: o.amount, range: [-10, 0] })).toEqual([1, 3, 2, 2, 1, 3])
  })
  it('count groups, and leave out', async () => {
    expect(await running({ orderBy: o.amount, groups: [-1, 0] })).toEqual([1, 3, 2, 2, 3, 3])
    expect(await running({ orderBy: o.id, rows: [null, null], exclude: 'current row' })).toEqual([5, 5, 5, 5, 5, 5])
    expect(await running({ orderBy: o.amount, rows: [null, null], exclude: 'group' })).toEqual([5, 4, 5, 5, 5, 4])
    expect(await running({ orderBy: o.amount, rows: [null, null], exclude: 'ties' })).toEqual([6, 5, 6, 6, 6, 5])
  })
  it('are refused where the database would ignore them', () => {
    const frame = { orderBy: o.id, rows: [null, 0] } as never
    expect(() => select(func.rowNumber().over(frame)).toSQL()).toThrow(/takes no frame/)
    expect(() => select(func.lag(o.id).over(frame)).toSQL()).toThrow(/takes no frame/)
    expect(() => select(func.count().over({ orderBy: o.id, rows: [0.5, 1] })).toSQL()).toThrow(/whole number/)
    expect(() => select(func.count().over({ orderBy: o.id, exclude: 'ties' })).toSQL()).toThrow(/exclude needs a frame/)
  })
  it('may have a name', async () => {
    const named = select({ id: o.id, n: func.count().over('w'), rank: func.rank().over('w') })
      .window('w', { partitionBy: o.customerId, orderBy: o.id })
      .orderBy(o.id)
    expect(await engine.execute(named.allow('running-default-range')).all()).toEqual([
      { id: 1, n: 1, rank: 1 },
      { id: 2, n: 2, rank: 2 },
      { id: 3, n: 1, rank: 1 },
      { id: 4, n: 3, rank: 3 },
      { id: 5, n: 2, rank: 2 },
      { id: 6, n: 4, rank: 4 },
    ])
    expect(() => select(func.count().over('v')).toSQL()).toThrow(CompileError)
  })
})

describe('groups', () => {
  const sums = (...keys: Parameters<typeof grouped.groupBy>) =>
    engine.execute(grouped.groupBy(...keys).orderBy(o.customerId.asc().nullsLast(), o.status.asc().nullsLast())).all()
  const grouped = select({ c: o.customerId, s: o.status, n: func.count(), total: func.grouping(o.status) })

  it('roll up, cube and come in sets', async () => {
    expect((await sums(func.rollup(o.customerId, o.status))).map(({ c, s, n }) => [c, s, n])).toEqual([
      [1, 'new', 2],
      [1, 'paid', 2],
      [1, null, 4],
      [2, 'new', 1],
      [2, 'paid', 1],
      [2, null, 2],
      [null, null, 6],
    ])
    expect(await sums(func.cube(o.customerId, o.status))).toHaveLength(9)
    expect((await sums(func.groupingSets([o.customerId, o.status], []))).map(({ n }) => n)).toEqual([2, 2, 1, 1, 6])
  })

  it('order inside: percentiles, mode, the rank that a value would have', async () => {
    const [row] = await engine
      .execute(
        select({
          quartiles: func.percentileCont([0.25, 0.5, 0.75]).withinGroup(o.amount),
          middle: func.percentileDisc(0.5).withinGroup(o.amount),
          most: func.mode().withinGroup(o.amount),
          wouldBe: func.rank(35).withinGroup(o.amount.desc()),
        }).from(o),
      )
      .all()
    expect(row).toEqual({ quartiles: [22.5, 35, 40], middle: '30.00', most: '40.00', wouldBe: 4 })
  })

  it('aggregate with filter, distinct and order', async () => {
    const [row] = await engine
      .execute(
        select({
          paid: func.count().filter(o.status.eq('paid')),
          kinds: func.count(o.status).distinct(),
          ids: func.arrayAgg(o.id).orderBy(o.id.desc()),
          text: func.stringAgg(o.status, ',').orderBy(o.id),
          low: func.min(o.amount),
          high: func.max(o.createdAt),
          any: func.boolOr(o.amount.gt(1000)),
          every: func.boolAnd(o.amount.gt(1000)),
        }),
      )
      .all()
    expect(row).toEqual({
      paid: 3,
      kinds: 2,
      ids: [6, 5, 4, 3, 2, 1],
      text: 'new,paid,paid,paid,new,new',
      low: '10.00',
      high: new Date(Date.UTC(2024, 0, 6)),
      any: true,
      every: false,
    })
  })
})

describe('filtering on windows', () => {
  it('is qualify', async () => {
    const latest = select(Order)
      .qualify(func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() }).lte(1))
      .orderBy(o.id)
    const orders: Order[] = await engine.execute(latest).scalars().all()
    expect(orders.map(({ id }) => id)).toEqual([5, 6])
    expect(orders[0]).toBeInstanceOf(Order)
  })
  it('is topN per group', async () => {
    const rows = await engine
      .execute(
        select({ id: o.id })
          .topN(2, { per: o.customerId, orderBy: [o.amount.desc(), o.id] })
          .orderBy(o.id),
      )
      .all()
    expect(rows).toEqual([{ id: 2 }, { id: 3 }, { id: 5 }, { id: 6 }])
  })
})
