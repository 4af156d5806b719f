// The baseline: postgres.js by hand, with prepared statements, one array per column, and maps for the graph.
import postgres from 'postgres'
import type { NewCustomer, NewOrder, Peer } from './workload.ts'

interface OrderRow {
  readonly id: number
  readonly customerId: number
  readonly status: string
  readonly amount: string
  readonly createdAt: Date
}
interface ItemRow {
  readonly id: number
  readonly orderId: number
  readonly productId: number
  readonly qty: number
  readonly price: string
}
interface CustomerRow {
  readonly id: number
  readonly email: string
  readonly name: string
  readonly region: string
  readonly createdAt: Date
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return groups
}

export function rawPostgresJs(url: string): Peer {
  const sql = postgres(url, { max: 10, onnotice: () => {}, transform: postgres.camel })
  const times = (rows: readonly { readonly createdAt: Date }[]) => rows.map((row) => row.createdAt.toISOString())
  const insertOrders = (tx: postgres.TransactionSql, rows: readonly NewOrder[]) =>
    tx<{ id: number }[]>`insert into orders (customer_id, status, amount, created_at) select * from unnest(
      ${rows.map((row) => row.customerId)}::int[], ${rows.map((row) => row.status)}::text[],
      ${rows.map((row) => row.amount)}::numeric[], ${times(rows)}::timestamptz[]) returning id`
  return {
    name: 'postgres.js',
    async readByKeys(ids) {
      const orders: OrderRow[] = []
      for (const id of ids)
        orders.push(
          ...(await sql<OrderRow[]>`select id, customer_id, status, amount, created_at from orders where id = ${id}`),
        )
      return orders
    },
    readOrders: async () =>
      await sql<
        OrderRow[]
      >`select id, customer_id, status, amount, created_at from orders where id <= 50000 order by id`,
    async readGraph() {
      const customers = await sql<
        CustomerRow[]
      >`select id, email, name, region, created_at from customers where id <= 1000 order by id`
      const orders = await sql<
        OrderRow[]
      >`select id, customer_id, status, amount, created_at from orders where customer_id = any (${customers.map((c) => c.id)})`
      const items = await sql<
        ItemRow[]
      >`select id, order_id, product_id, qty, price from order_items where order_id = any (${orders.map((o) => o.id)})`
      const itemsOf = grouped(items, (item) => item.orderId)
      const ordersOf = grouped(
        orders.map((order) => ({ ...order, items: itemsOf.get(order.id) ?? [] })),
        (order) => order.customerId,
      )
      return customers.map((customer) => ({ ...customer, orders: ordersOf.get(customer.id) ?? [] }))
    },
    insertOrders: async (rows) => await sql.begin(async (tx) => (await insertOrders(tx, rows)).map((row) => row.id)),
    updateOrders: async (amountOf) =>
      await sql.begin(async (tx) => {
        const rows = await tx<
          OrderRow[]
        >`select id, customer_id, status, amount, created_at from orders where id <= 10000 order by id`
        const ids = rows.map((row) => row.id)
        await tx`update orders set amount = v.amount from unnest(${ids}::int[], ${ids.map(amountOf)}::numeric[]) v (id, amount) where orders.id = v.id`
        return rows.length
      }),
    insertGraph: async (customers: readonly NewCustomer[]) =>
      await sql.begin(async (tx) => {
        const ids = await tx<
          { id: number }[]
        >`insert into customers (email, name, region, created_at) select * from unnest(
          ${customers.map((c) => c.email)}::text[], ${customers.map((c) => c.name)}::text[],
          ${customers.map((c) => c.region)}::text[], ${times(customers)}::timestamptz[]) returning id`
        const orders = customers.flatMap((customer, i) =>
          customer.orders.map((order) => ({ ...order, customerId: ids[i]?.id ?? 0 })),
        )
        const orderIds = await insertOrders(tx, orders)
        const items = orders.flatMap((order, i) =>
          order.items.map((item) => ({ ...item, orderId: orderIds[i]?.id ?? 0 })),
        )
        await tx`insert into order_items (order_id, product_id, qty, price) select * from unnest(
          ${items.map((item) => item.orderId)}::int[], ${items.map((item) => item.productId)}::int[],
          ${items.map((item) => item.qty)}::int[], ${items.map((item) => item.price)}::numeric[]) returning id`
        return ids.map((row) => row.id)
      }),
    close: async () => await sql.end(),
  }
}
