// API.md section 4: windows and analytics.
import { type Connection, entity, func, type Numeric, select } from 'oriel'
import { Customer, Order } from './model.ts'
import { is } from './same.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)
const w = { partitionBy: o.customerId, orderBy: o.createdAt }

export async function analytics(): Promise<void> {
  const q = select({
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
  })
  is<{
    id: number
    recency: number
    prev: Numeric
    delta: Numeric
    running: Numeric | null
    moving3: Numeric | null
    paid: Numeric | null
    quartile: number
  }>()(await connection.execute(q).one())
  const median = func.percentileCont(0.5).withinGroup(o.amount)
  is<{ customerId: number; median: number | null }[]>()(
    await connection.execute(select({ customerId: o.customerId, median }).groupBy(o.customerId)).all(),
  )
  const rn = func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() })
  const ranked = select({ id: o.id, customerId: o.customerId, rn }).cte('ranked')
  is<{ id: number; customerId: number; rn: number }[]>()(
    await connection.execute(select(ranked).where(ranked.c.rn.lte(3))).all(),
  )
}

export async function nullable(): Promise<void> {
  const q = select({
    d: o.amount.sub(func.lead(o.amount).over(w)),
    f: func.firstValue(o.amount).over(w),
    g: func.firstValue(o.amount).over({ ...w, rows: [-3, -1] }),
    l: func.lastValue(c.region).over(w),
  })
  is<{ d: Numeric | null; f: Numeric; g: Numeric | null; l: string | null }>()(await connection.execute(q).one())
  func.sum(func.sum(o.amount)).over(w)
  func.sum(o.amount).over({ ...w, range: [{ days: -7 }, 0], exclude: 'current row' })
}
