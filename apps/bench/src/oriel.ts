// The same work by Oriel, with everything on: identity map, change tracking, unit of work. One session per workload.
import { postgresJs } from '@oriel/postgres-js'
import { createEngine, entity, select, selectinload, sessionFactory } from 'oriel'
import { Customer, Order, OrderItem } from './model.ts'
import type { Peer } from './workload.ts'

const order = entity(Order)
const customer = entity(Customer)

export function oriel(url: string): Peer {
  const engine = createEngine(postgresJs(url))
  const sessions = sessionFactory(engine)
  return {
    name: 'oriel',
    async readByKeys(ids) {
      await using session = sessions.open()
      const orders: Order[] = []
      for (const id of ids) orders.push(await session.getOne(Order, id))
      return orders
    },
    async readOrders() {
      await using session = sessions.open()
      return await session.scalars(select(Order).where(order.id.lte(50_000)).orderBy(order.id)).all()
    },
    async readGraph() {
      await using session = sessions.open()
      const graph = select(Customer).where(customer.id.lte(1_000)).orderBy(customer.id)
      return await session.scalars(graph.options(selectinload(customer.orders).selectinload(order.items))).all()
    },
    async insertOrders(rows) {
      const orders = rows.map((row) => Object.assign(new Order(), row))
      await sessions.begin(async (session) => session.addAll(orders))
      return orders.map(({ id }) => id)
    },
    updateOrders: async (amountOf) =>
      await sessions.begin(async (session) => {
        const orders = await session.scalars(select(Order).where(order.id.lte(10_000)).orderBy(order.id)).all()
        for (const one of orders) one.amount = amountOf(one.id)
        return orders.length
      }),
    async insertGraph(graph) {
      const customers = graph.map(({ orders, ...row }) =>
        Object.assign(new Customer(), row, {
          orders: orders.map(({ items, ...values }) =>
            Object.assign(new Order(), values, { items: items.map((item) => Object.assign(new OrderItem(), item)) }),
          ),
        }),
      )
      await sessions.begin(async (session) => session.addAll(customers))
      return customers.map(({ id }) => id)
    },
    close: async () => await engine.close(),
  }
}
