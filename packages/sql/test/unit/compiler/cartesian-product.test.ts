import { describe, expect, it } from '@jest/globals'
import { postgres } from '../../../../postgres/src/index.ts'
import { deleteFrom, type Executable, func, literal, select, types as t, table, update } from '../../../src/index.ts'
import { Customer, c, Order, o } from '../../shop.ts'

const orders = table(
  'orders',
  { id: t.integer(), customerId: t.integer(), amount: t.integer() },
  { primaryKey: ['id'] },
)
const customers = table('customers', { id: t.integer(), region: t.text() }, { primaryKey: ['id'] })
const regions = table('regions', { code: t.text() })
const codes = (statement: Executable<unknown>) => statement.compile(postgres()).warnings.map(({ code }) => code)

describe('sources without a condition between them', () => {
  it('raise a warning that names both and the way out', () => {
    const [warning] = select(orders.id, customers.region).compile(postgres()).warnings
    expect(warning?.code).toBe('cartesian-product')
    expect(warning?.message).toContain('orders (orders) and customers (customers)')
    expect(warning?.message).toContain('.crossJoin(…)')
  })

  it('raise it where only some are connected', () => {
    const some = select(orders.id, customers.region, regions.code).where(orders.customerId.eq(customers.id))
    expect(codes(some)).toEqual(['cartesian-product'])
    expect(codes(some.where(regions.code.eq(customers.region)))).toEqual([])
  })

  it('raise none for joins, conditions, cross joins, and sources of one row', () => {
    const total = select({ all: func.sum(orders.amount) }).subquery('total')
    const last = select({ id: orders.id })
      .where(orders.customerId.eq(customers.id))
      .orderBy(orders.id)
      .limit(1)
      .lateral('last')
    for (const statement of [
      select(orders.id, customers.region).where(orders.customerId.eq(customers.id)),
      select(orders.id, customers.region).join(customers, customers.id.eq(orders.customerId)),
      select(orders.id, customers.region).from(orders).crossJoin(customers),
      select(orders.id, total.c.all),
      select(customers.id, last.c.id).joinLateral(last),
      select(customers.id, last.c.id).leftJoin(last, literal(true)),
    ])
      expect(codes(statement)).toEqual([])
  })
})

describe('a statement that changes rows by those of another table', () => {
  const set = update(Order).set({ amount: 1 }).from(Customer)
  it('raises the warning where no condition connects them', () => {
    expect(codes(set.where(c.region.eq('x')))).toEqual(['cartesian-product'])
    expect(codes(deleteFrom(Order).using(Customer).where(c.region.eq('x')))).toEqual(['cartesian-product'])
    expect(codes(set.where(o.customerId.eq(c.id)))).toEqual([])
  })
  it('raises none for a source that its whole key pins to one row', () => {
    expect(codes(set.where(c.id.eq(1)))).toEqual([])
    expect(codes(select(o.id, c.region).where(o.id.eq(1), c.id.eq(1)))).toEqual([])
    expect(codes(select(o.id, c.region).where(o.amount.eq(1)))).toEqual(['cartesian-product'])
  })
})

describe('a frame without an order', () => {
  it('raises a warning where it ends among the rows, and none where it holds all of them', () => {
    const sum = func.sum(orders.amount)
    expect(codes(select(sum.over({ rows: [null, 0] })))).toEqual(['window-without-order'])
    expect(codes(select(sum.over({ rows: [null, null] }), sum.over()))).toEqual([])
  })
})

describe('a lock', () => {
  it('is refused on rows that a window picks', () => {
    const first = func.rowNumber().over({ orderBy: orders.id }).lte(3)
    expect(() => select(orders.id).qualify(first).forUpdate().compile(postgres())).toThrow('picked by a window')
  })
})
