// API.md section 2: attributes, operators, the escape hatch.
import { aliased, and, type Connection, deleteFrom, entity, func, type Numeric, not, or, select, sql } from 'oriel'
import { Category, Customer, Order, OrderItem, User } from './model.ts'
import { is } from './same.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)
const i = entity(OrderItem)
const cat = entity(Category)
const u = entity(User)

export function attributes(a: Date, b: Date): void {
  const parent = aliased(Order, 'parent')
  o.amount.gt('100')
  o.status.in(['new', 'paid'])
  o.createdAt.between(a, b)
  o.amount.add(o.amount).mul(2)
  o.customer.has((x) => x.region.eq('EU'))
  o.items.any((x) => x.qty.gt(1))
  o.customerId.eq(parent.id)
  i.qty.gt(1)
  sql<number>`extract(epoch from ${o.createdAt})`
  Order.$.amount.gt('1')
  and(o.id.eq(1), or(o.status.eq('new'), not(c.region.isNull())))
  select(Order)
    .where((x) => x.status.eq('paid'))
    .orderBy((x) => x.id.desc())
  deleteFrom(Order).where((x) => x.id.eq(1))
  c.region.eq(null)
  o.status.eq(c.email)
}

export async function operators(): Promise<void> {
  const wide = select({
    a: o.id.eq(1),
    b: o.customerId.eq(cat.parentId),
    c: cat.parentId.gt(1),
    e: o.id.add(cat.parentId),
    f: func.coalesce(c.region, 'none'),
    g: func.coalesce(c.region, u.email),
  })
    .leftJoin(u, u.id.eq(1))
    .leftJoin(c, c.id.eq(o.customerId))
  is<{ a: boolean; b: boolean | null; c: boolean | null; e: number | null; f: string; g: string | null }>()(
    await connection.execute(wide).one(),
  )
}

export async function named(): Promise<void> {
  const q = select({
    rest: o.id.operator('%', 2),
    exact: o.amount.operator('%', 2),
    some: cat.parentId.operator('%', o.id),
    common: func.arrayAgg(c.email).operator('&&', ['a']),
    word: func.call<string, 'aggregate'>('to_hex', func.count()),
    part: func.call<string>('split_part', c.email, '@', 1, null, new Date(), [1], { a: 1 }),
    dense: func.denseRank(2).withinGroup(o.id),
    share: func.cumeDist(2).withinGroup(o.id),
    every: func.min(o.createdAt),
  })
  is<{
    rest: number
    exact: Numeric
    some: number | null
    common: boolean | null
    word: string
    part: string
    dense: number
    share: number
    every: Date | null
  }>()(await connection.execute(q).one())
  select(o.id).having(c.email.operator('&&', func.arrayAgg(c.email)))
  // biome-ignore lint/suspicious/noExplicitAny: what is cast away fits everywhere
  func.max(o.id as any)
}
