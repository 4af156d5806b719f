// CTEs, subqueries, set operations: each block of the reference, run.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  createAll,
  deleteFrom,
  entity,
  except,
  exceptAll,
  exists,
  func,
  insert,
  intersect,
  intersectAll,
  literal,
  type Numeric,
  not,
  select,
  sql,
  types as t,
  union,
  unionAll,
  update,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { Category, Customer, day, fillShop, Order, OrderItem } from '../fixture/shop.ts'

const engine = await freshEngine()
const [o, c, cat, i] = [entity(Order), entity(Customer), entity(Category), entity(OrderItem)]

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

const roots = select({ id: cat.id, parentId: cat.parentId, name: cat.name, depth: literal(0) }).where(
  cat.parentId.isNull(),
)

describe('recursion', () => {
  it('walks a tree, RECURSIVE derived from use', async () => {
    const tree = roots
      .cte('tree')
      .unionAll((tree) =>
        select({ id: cat.id, parentId: cat.parentId, name: cat.name, depth: tree.c.depth.add(1) }).join(
          tree,
          cat.parentId.eq(tree.c.id),
        ),
      )
    const rows: { id: number; parentId: number | null; name: string; depth: number }[] = await engine
      .execute(select(tree).orderBy(tree.c.id))
      .all()
    expect(rows).toEqual([
      { id: 1, parentId: null, name: 'root', depth: 0 },
      { id: 2, parentId: 1, name: 'kid', depth: 1 },
      { id: 3, parentId: 2, name: 'grandkid', depth: 2 },
      { id: 4, parentId: 1, name: 'other kid', depth: 1 },
    ])
    expect(select(tree).toSQL().text).toMatch(/^with recursive/)
    expect(select(roots.cte('r')).toSQL().text).toMatch(/^with r /)
  })

  it('may compute with columns that have a length, or a precision', async () => {
    const sums = select({ id: o.id, total: o.amount, name: literal('a').cast(t.varchar(3)) })
      .where(o.id.eq(1))
      .cte('sums')
      .unionAll((sums) =>
        select({ id: o.id, total: sums.c.total.add(o.amount).div(8), name: sums.c.name.concat('bcd') }).join(
          sums,
          o.id.eq(sums.c.id.add(1)),
        ),
      )
    const amounts = await engine.execute(select(o.amount).orderBy(o.id)).scalars().all()
    const rows = await engine.execute(select(sums).orderBy(sums.c.id)).all()
    expect(rows).toHaveLength(amounts.length)
    expect(rows.slice(0, 3).map(({ name }) => name)).toEqual(['a', 'abcd', 'abcdbcd'])
    const second = rows[1]?.total
    // Not rounded to the two digits of the column.
    expect(Number(second)).toBe((Number(amounts[0]) + Number(amounts[1])) / 8)
    const tuples = select(o.id, o.amount)
      .where(o.id.eq(1))
      .cte('tuples')
      .unionAll((tuples) => select(o.id, tuples.c[1].add(o.amount)).join(tuples, o.id.eq(tuples.c[0].add(1))))
    expect(await engine.execute(select(tuples.c[1]).orderBy(tuples.c[0])).scalars().all()).toHaveLength(6)
  })

  it('is told how to cast what has another type in the step', async () => {
    const wrong = select({ id: o.id, n: o.customerId })
      .where(o.id.eq(1))
      .cte('wrong')
      .unionAll((wrong) =>
        select({ id: o.id, n: sql<number>`${wrong.c.n} + 1.5` }).join(wrong, o.id.eq(wrong.c.id.add(1))),
      )
    await expect(engine.execute(select(wrong)).all()).rejects.toThrow('.cast(t.numeric())')
  })

  it('ends at rows that were there with union', async () => {
    const up = select({ id: cat.id, parentId: cat.parentId })
      .where(cat.id.eq(3))
      .cte('up')
      .union((up) => select({ id: cat.id, parentId: cat.parentId }).join(up, cat.id.eq(up.c.parentId)))
    expect(await engine.execute(select(up.c.id).orderBy(up.c.id)).scalars().all()).toEqual([1, 2, 3])
  })
})

describe('CTEs', () => {
  it('may be materialized, used twice, and joined', async () => {
    const paid = select({ id: o.id, customerId: o.customerId }).where(o.status.eq('paid')).cte('paid').materialized()
    const statement = select({ id: paid.c.id, email: c.email })
      .join(c, c.id.eq(paid.c.customerId))
      .where(paid.c.id.in(select(paid.c.id).where(paid.c.id.gt(2))))
      .orderBy(paid.c.id)
    expect(statement.toSQL().text.match(/paid \(?.*?as materialized/g)).toHaveLength(1)
    expect(await engine.execute(statement).all()).toEqual([
      { id: 3, email: 'bo@x.io' },
      { id: 4, email: 'ann@x.io' },
    ])
  })

  it('carry an entity, and read another CTE', async () => {
    const paid = select(Order).where(o.status.eq('paid')).cte('paid')
    const big = select({ id: paid.c.id, amount: paid.c.amount }).where(paid.c.amount.gte(30)).cte('big')
    const rows: { id: number; amount: Numeric }[] = await engine.execute(select(big).orderBy(big.c.id)).all()
    expect(rows).toEqual([
      { id: 2, amount: '40.00' },
      { id: 3, amount: '30.00' },
    ])
  })
})

describe('CTEs in front of a change', () => {
  const paid = select({ id: o.id }).where(o.status.eq('paid')).cte('paid')

  it('feed INSERT, UPDATE and DELETE', async () => {
    const unchanged = new RangeError('rolled back')
    const outcome = engine.begin(async (connection) => {
      const gift = select({ orderId: paid.c.id, product: literal('gift'), qty: literal(1) })
      const added = insert(OrderItem).fromSelect(['orderId', 'product', 'qty'], gift).returning({ orderId: i.orderId })
      expect(added.toSQL().text).toMatch(/^with paid as \(select .*\) insert into order_items/)
      const gifts = await connection.execute(added).all()
      expect(gifts.map(({ orderId }) => orderId).sort()).toEqual([2, 3, 4])

      const isPaid = i.orderId.in(select(paid.c.id))
      const raised = update(OrderItem).set({ qty: 9 }).where(isPaid).returning({ qty: i.qty })
      expect(raised.toSQL().text).toMatch(/^with paid as \(select .*\) update order_items/)
      expect(await connection.execute(raised).scalars().all()).toEqual([9, 9, 9, 9])

      const removed = deleteFrom(OrderItem).where(isPaid)
      expect(removed.toSQL().text).toMatch(/^with paid as \(select .*\) delete from order_items/)
      expect((await connection.execute(removed)).rowCount).toBe(4)
      throw unchanged
    })
    await expect(outcome).rejects.toBe(unchanged)
    expect(await engine.execute(select(func.count()).from(i)).scalars().one()).toBe(3)
  })

  it('stand beside recursive ones, each reading those before it', async () => {
    const named = select({ id: cat.id, name: cat.name }).cte('named')
    const below = select({ id: cat.id, parentId: cat.parentId })
      .where(cat.id.eq(2))
      .cte('below')
      .unionAll((below) => select({ id: cat.id, parentId: cat.parentId }).join(below, cat.parentId.eq(below.c.id)))
    const above = select({ id: cat.id, parentId: cat.parentId })
      .where(cat.id.eq(2))
      .cte('above')
      .unionAll((above) => select({ id: cat.id, parentId: cat.parentId }).join(above, cat.id.eq(above.c.parentId)))
    const family = union(select({ id: below.c.id }), select({ id: above.c.id })).cte('family')
    const statement = select({ name: named.c.name }).join(family, family.c.id.eq(named.c.id)).orderBy(named.c.id)
    const { text } = statement.toSQL()
    expect(text.match(/with recursive/g)).toHaveLength(1)
    for (const name of ['named', 'below', 'above', 'family']) expect(text).toContain(`${name} `)
    expect(await engine.execute(statement).scalars().all()).toEqual(['root', 'kid', 'grandkid'])
  })
})

describe('subqueries', () => {
  const latest = select({ createdAt: o.createdAt, amount: o.amount })
    .where(o.customerId.eq(c.id))
    .orderBy(o.createdAt.desc())
    .limit(1)
    .lateral('latest')

  it('see their neighbours when lateral', async () => {
    const expected = [
      { id: 1, last: day(6) },
      { id: 2, last: day(5) },
      { id: 3, last: null },
    ]
    const on: { id: number; last: Date | null }[] = await engine
      .execute(select({ id: c.id, last: latest.c.createdAt }).leftJoin(latest, literal(true)).orderBy(c.id))
      .all()
    expect(on).toEqual(expected)
    const short = select({ id: c.id, last: latest.c.createdAt }).leftJoinLateral(latest).orderBy(c.id)
    expect(await engine.execute(short).all()).toEqual(expected)
    const inner = select({ id: c.id, last: latest.c.createdAt }).joinLateral(latest).orderBy(c.id)
    expect(await engine.execute(inner).all()).toEqual(expected.slice(0, 2))
  })

  it('stand in FROM and as values', async () => {
    const totals = select({ customerId: o.customerId, total: func.sum(o.amount) })
      .groupBy(o.customerId)
      .subquery('totals')
    const rows = await engine
      .execute(
        select({ email: c.email, total: totals.c.total }).leftJoin(totals, totals.c.customerId.eq(c.id)).orderBy(c.id),
      )
      .all()
    expect(rows).toEqual([
      { email: 'ann@x.io', total: '110.00' },
      { email: 'bo@x.io', total: '1530.50' },
      { email: 'cy@x.io', total: null },
    ])
    const most = select(func.max(o.amount)).where(o.customerId.eq(c.id)).scalar()
    const scalars: { id: number; most: Numeric | null }[] = await engine
      .execute(select({ id: c.id, most }).orderBy(c.id))
      .all()
    expect(scalars.map(({ most }) => most)).toEqual(['40.00', '1500.50', null])
  })

  it('exist or not', async () => {
    const big = exists(select(o.id).where(o.customerId.eq(c.id), o.amount.gt('1000')))
    expect(await engine.execute(select(Customer).where(big)).scalars().all()).toMatchObject([{ id: 2 }])
    expect(
      await engine
        .execute(select(c.id).where(not(big)).orderBy(c.id))
        .scalars()
        .all(),
    ).toEqual([1, 3])
    const buyers = select(o.customerId).where(o.status.eq('paid'))
    expect(
      await engine
        .execute(select(c.id).where(c.id.in(buyers)).orderBy(c.id))
        .scalars()
        .all(),
    ).toEqual([1, 2])
    expect(
      await engine
        .execute(select(c.id).where(c.id.notIn(buyers)))
        .scalars()
        .all(),
    ).toEqual([3])
  })
})

describe('set operations', () => {
  const a = select({ id: o.customerId }).where(o.status.eq('paid'))
  const b = select({ id: c.id })
  const ids = async (statement: ReturnType<typeof union<{ id: number }>>) =>
    (await engine.execute(statement.orderBy('id')).all()).map(({ id }) => id)

  it('unite, intersect and subtract', async () => {
    expect(await ids(union(a, b))).toEqual([1, 2, 3])
    expect(await ids(unionAll(a, b))).toEqual([1, 1, 1, 2, 2, 3])
    expect(await ids(intersect(a, b))).toEqual([1, 2])
    expect(await ids(intersectAll(a, unionAll(a, b)))).toEqual([1, 1, 2])
    expect(await ids(except(b, a))).toEqual([3])
    expect(await ids(exceptAll(unionAll(a, b), b))).toEqual([1, 1, 2])
  })

  it('keep order and limit on the outside, and stand in FROM', async () => {
    expect(await engine.execute(unionAll(a, b).orderBy('id').limit(2).offset(3)).all()).toEqual([{ id: 2 }, { id: 2 }])
    const all = unionAll(a, b).subquery('all_ids')
    expect(
      await engine.execute(select({ id: all.c.id, n: func.count() }).groupBy(all.c.id).orderBy(all.c.id)).all(),
    ).toEqual([
      { id: 1, n: 3 },
      { id: 2, n: 2 },
      { id: 3, n: 1 },
    ])
    const inner = select({ id: c.id }).orderBy(c.id.desc()).limit(1)
    expect(await ids(union(inner, a))).toEqual([1, 2, 3])
    expect(await ids(unionAll(except(b, a), intersect(a, b)))).toEqual([1, 2, 3])
  })

  it('refuse what does not fit', () => {
    expect(() => union(a, select({ id: c.id, email: c.email }) as never)).toThrow(/same number of columns/)
    expect(() => union(a, b).orderBy('ID' as never)).toThrow(/'id'/)
  })
})

describe('data-modifying CTEs', () => {
  it('change rows and hand them on', async () => {
    await engine.begin(async (connection) => {
      const moved = deleteFrom(OrderItem).where(i.product.eq('saw')).returning({ id: i.id, qty: i.qty }).cte('moved')
      expect(await connection.execute(select(moved)).all()).toEqual([{ id: 2, qty: 1 }])
      const raised = update(OrderItem)
        .set({ qty: 7 })
        .where(i.id.eq(1))
        .returning({ id: i.id, qty: i.qty })
        .cte('raised')
      expect(await connection.execute(select(raised)).all()).toEqual([{ id: 1, qty: 7 }])
      const added = insert(OrderItem)
        .values({ orderId: 3, product: 'axe', qty: 1 })
        .returning({ id: i.id })
        .cte('added')
      expect(await connection.execute(select({ n: func.count() }).from(added)).all()).toEqual([{ n: 1 }])
    })
    expect(await engine.execute(select(i.product).orderBy(i.id)).scalars().all()).toEqual(['nail', 'nail', 'axe'])
  })
})
