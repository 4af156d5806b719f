// When a running aggregate's order leaves no ties: keys, what joins multiply and what they determine, groups.
import { describe, expect, it } from '@jest/globals'
import { aliased, func, type Query, select, type WindowSpec } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Customer, c, Order, o, tr } from '../../shop.ts'

const codes = (query: Query<unknown>) => query.compile(dialect).warnings.map(({ code }) => code)
const running = (spec: WindowSpec) => func.sum(o.amount).over(spec)
const warning = ['running-default-range']

describe('a running aggregate', () => {
  it('over a unique key has no ties', () => {
    expect(codes(select(running({ orderBy: o.id })))).toEqual([])
    expect(codes(select(running({ partitionBy: o.customerId, orderBy: o.createdAt })))).toEqual([])
    expect(codes(select(running({ orderBy: o.createdAt })))).toEqual(warning)
  })
  it('keeps its order where a join adds at most one row', () => {
    const byOrder = select(c.email, running({ orderBy: o.id }))
    expect(codes(byOrder.join(o.customer))).toEqual([])
    expect(codes(byOrder.from(Order).leftJoin(o.customer))).toEqual([])
    expect(codes(byOrder.from(Order).join(Customer))).toEqual([])
    expect(codes(byOrder.from(o, c).where(c.id.eq(o.customerId)))).toEqual([])
    expect(codes(byOrder.from(o, c).where(c.email.eq('a')))).toEqual([])
  })
  it('has ties where a join repeats its rows', () => {
    const byCustomer = select(c.email, running({ orderBy: c.id })).from(Customer)
    expect(codes(byCustomer.join(c.orders))).toEqual(warning)
    expect(codes(byCustomer.leftJoin(c.orders))).toEqual(warning)
    const other = aliased(Order, 'other')
    expect(codes(select(running({ orderBy: o.id }), other.id).join(other, other.customerId.eq(o.customerId)))).toEqual(
      warning,
    )
    expect(
      codes(select(running({ orderBy: [o.id, other.id] })).join(other, other.customerId.eq(o.customerId))),
    ).toEqual([])
    expect(codes(select(running({ orderBy: o.id }), tr.id).crossJoin(tr))).toEqual(warning)
  })
  it('has ties among the rows of an outer join that found nothing', () => {
    const byOrder = select(c.email, running({ orderBy: o.id }))
    expect(codes(byOrder.from(Customer).leftJoin(c.orders))).toEqual(warning)
    expect(codes(byOrder.from(Order).rightJoin(o.customer))).toEqual(warning)
    expect(codes(byOrder.from(Order).fullJoin(o.customer))).toEqual(warning)
    expect(
      codes(
        select(running({ orderBy: [c.id, o.id] }))
          .from(Customer)
          .leftJoin(c.orders),
      ),
    ).toEqual([])
  })
  it('of groups is ordered by what groups them', () => {
    const month = func.dateTrunc('month', o.createdAt)
    const total = (spec: WindowSpec) => func.sum(func.sum(o.amount)).over(spec)
    expect(codes(select({ month, n: total({ orderBy: month }) }).groupBy(month))).toEqual([])
    const again = func.dateTrunc('month', o.createdAt)
    expect(codes(select({ month, n: total({ orderBy: again }) }).groupBy(month))).toEqual([])
    expect(codes(select({ n: total({ orderBy: month }) }).groupBy(month, o.status))).toEqual(warning)
    expect(codes(select({ n: total({ partitionBy: o.status, orderBy: month }) }).groupBy(month, o.status))).toEqual([])
    expect(codes(select({ n: total({ orderBy: o.id }) }).groupBy(o.id, o.status))).toEqual([])
  })
  it('of a query knows its groups, and is not sure of other queries', () => {
    const sums = select({ who: o.customerId, sum: func.sum(o.amount) })
      .groupBy(o.customerId)
      .cte('sums')
    expect(codes(select({ n: func.sum(sums.c.sum).over({ orderBy: sums.c.who }) }))).toEqual([])
    expect(codes(select({ n: func.sum(sums.c.sum).over({ orderBy: sums.c.sum }) }))).toEqual(warning)
    const byOrder = select({ n: running({ orderBy: o.id }), sum: sums.c.sum })
    expect(codes(byOrder.join(sums, sums.c.who.eq(o.customerId)))).toEqual([])
    expect(codes(byOrder.join(sums, sums.c.sum.gt(1)))).toEqual(warning)
    const plain = select({ id: o.id }).cte('plain')
    expect(codes(select({ n: running({ orderBy: o.id }) }).join(plain, plain.c.id.gt(1)))).toEqual([])
    expect(codes(select({ n: func.sum(plain.c.id).over({ orderBy: plain.c.id }) }))).toEqual(warning)
  })
})
