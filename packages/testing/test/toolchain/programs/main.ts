// Prints one line of JSON; every toolchain must print the same.
import { workerData } from 'node:worker_threads'
import { pglite } from '@oriel/pglite'
import { createAll, createEngine, entity, func, insert, select } from 'oriel'
import { Customer } from './customer.js'
import { Order } from './order.js'

const engine = createEngine(pglite(undefined, workerData))
await createAll(engine)
const day = (n: number) => new Date(Date.UTC(2024, 0, n))
await engine.execute(
  insert(Customer).values([
    { email: 'ann@example.org', region: 'EU' },
    { email: 'bob@example.org', region: null },
  ]),
)
await engine.execute(
  insert(Order).values([
    { customerId: 1, amount: '10.50', status: 'new', placedAt: day(1) },
    { customerId: 1, amount: '2.25', status: 'paid', placedAt: day(2) },
    { customerId: 2, amount: '7.00', status: 'paid', placedAt: day(3) },
  ]),
)

const o = entity(Order)
const c = entity(Customer)
const rows = await engine.execute(
  select({
    email: c.email,
    amount: o.amount,
    running: func.sum(o.amount).over({ partitionBy: o.customerId, orderBy: o.placedAt, rows: [null, 0] }),
  })
    .join(c, c.id.eq(o.customerId))
    .where(c.orders.any((order) => order.status.eq('paid')))
    .orderBy(o.id),
)
const orders = await engine.execute(select(Order).orderBy(o.id)).scalars().all()
const [first] = orders
console.log(
  JSON.stringify({
    rows: rows.all(),
    keys: Object.keys(first ?? {}),
    total: first?.total(),
    isOrder: first instanceof Order,
    first,
  }),
)
await engine.close()
