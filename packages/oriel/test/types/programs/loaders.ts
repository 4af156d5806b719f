// Loader options: what they may lead along, what stands behind them, and what does not compile.
import {
  containsEager,
  defer,
  entity,
  joinedload,
  lazyload,
  loadOnly,
  raiseload,
  type Session,
  select,
  selectinload,
  undefer,
  withCriteria,
} from 'oriel'
import { Customer, Order, OrderItem, Product } from './model.ts'

declare const session: Session
const c = entity(Customer)
const o = entity(Order)
const i = entity(OrderItem)
const p = entity(Product)

export function chains(): void {
  select(Customer).options(selectinload(c.orders).selectinload(o.items).joinedload(i.product).joinedload(p.supplier))
  select(Order).options(joinedload(o.customer, { innerJoin: true }), selectinload(o.items), raiseload(o.customer))
  select(Customer).options(selectinload(c.orders).options(selectinload(o.items), joinedload(o.customer)))
  select(Customer).options(selectinload(c.orders, (each) => ({ where: each.status.eq('paid'), limit: 3 })))
  select(Order).join(o.customer).options(containsEager(o.customer).lazyload(c.orders), lazyload(o.items))
  select(Order).options(loadOnly(o.id, o.amount), undefer(o.status))
  select(Order).options(
    defer(o.amount),
    withCriteria(Customer, (each) => each.email.eq('x')),
  )
  // error: OrderItem
  select(Customer).options(selectinload(c.orders).selectinload(i.product))
  // error: Customer
  select(Order).options(selectinload(c.orders))
  // error: Expression
  selectinload(o.amount)
  // error: Relationship
  joinedload(o.id)
  // error: 'ordres'
  selectinload(c.ordres)
  // error: Customer
  select(Customer).options(selectinload(c.orders).options(joinedload(c.profile)))
  // error: ToOne<Order, Customer>
  loadOnly(o.customer)
  // error: Expected at least 1 arguments
  loadOnly()
  // error: Customer
  select(Order).options(loadOnly(c.email))
}

export function filters(): void {
  // error: 'amuont'
  selectinload(c.orders, (each) => ({ where: each.amuont.eq('1') }))
  // error: has no properties in common with type 'Filter'
  selectinload(c.orders, () => ({ wher: o.id.eq(1) }))
  // error: string
  selectinload(c.orders, () => ({ limit: '3' }))
  // error: innerJoins
  joinedload(o.customer, { innerJoins: true })
  // error: 'emial'
  withCriteria(Customer, (each) => each.emial.eq('x'))
  // error: Customer
  containsEager(o.items, c)
}

export async function loads(): Promise<void> {
  const order = await session.getOne(Order, 1)
  await session.load(order, o.items, selectinload(o.customer).selectinload(c.profiles))
  await session.load([order], o.items)
  // error: Customer
  await session.load(order, c.orders)
  // error: Expression
  await session.load(order, o.amount)
}
