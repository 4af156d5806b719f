// API.md sections 5 and 6: CTEs, subqueries, set operations, insert, update, delete, upsert.
import {
  type Connection,
  deleteFrom,
  entity,
  except,
  exists,
  func,
  insert,
  intersect,
  literal,
  type Numeric,
  select,
  union,
  unionAll,
  update,
} from 'oriel'
import { Category, Customer, Order, TopOrder, User } from './model.ts'
import { is } from './same.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)
const cat = entity(Category)
const u = entity(User)

export async function queries(): Promise<void> {
  const tree = select({ id: cat.id, parentId: cat.parentId, name: cat.name, depth: literal(0) })
    .where(cat.parentId.isNull())
    .cte('tree')
    .unionAll((self) =>
      select({ id: cat.id, parentId: cat.parentId, name: cat.name, depth: self.c.depth.add(1) }).join(
        self,
        cat.parentId.eq(self.c.id),
      ),
    )
  is<{ id: number; parentId: number | null; name: string; depth: number }[]>()(
    await connection.execute(select(tree)).all(),
  )
  const latest = select({ createdAt: o.createdAt, amount: o.amount })
    .where(o.customerId.eq(c.id))
    .orderBy(o.createdAt.desc())
    .limit(1)
    .lateral('latest')
  const last = select({ id: c.id, last: latest.c.createdAt }).leftJoin(latest, literal(true))
  is<{ id: number; last: Date | null }[]>()(await connection.execute(last).all())
  select({ id: c.id, last: latest.c.createdAt }).leftJoinLateral(latest)
  select(Customer).where(exists(select(o.id).where(o.customerId.eq(c.id), o.amount.gt('1000'))))
  const a = select({ x: o.id, y: c.region })
  const b = select({ x: c.id, y: c.region })
  is<{ x: number; y: string | null }[]>()(await connection.execute(union(a, b)).all())
  unionAll(a, b)
  intersect(a, b)
  except(a, b)
  const recent = select(Order).cte('recent')
  is<{ amount: Numeric | null; email: string }[]>()(
    await connection.execute(select({ amount: recent.c.amount, email: c.email }).leftJoin(recent, literal(true))).all(),
  )
  const buyer = o.customer.as('buyer')
  is<{ id: number; email: string | null; mine: string }[]>()(
    await connection
      .execute(select({ id: o.id, email: buyer.email, mine: c.email }).join(o.customer).leftJoin(buyer))
      .all(),
  )
  is<[Order, Customer | null][]>()(await connection.execute(select(Order, buyer).leftJoin(buyer)).all())
  is<[Order, Customer][]>()(await connection.execute(select(Order, buyer).join(buyer)).all())
  is<[string, number | null][]>()(
    await connection.execute(select(c.email, c.orders.as('late').id).leftJoin(c.orders.as('late'))).all(),
  )
  o.customerId.in(select(c.id))
  select({ n: select(func.count()).from(o).scalar() })
}

export async function writes(
  rows: { email: string; status: 'active' | 'gone' }[],
  ids: number[],
  cutoff: Date,
): Promise<void> {
  const top3 = select({
    customerId: o.customerId,
    amount: o.amount,
    rank: func.rank().over({ orderBy: o.amount.desc() }),
  })
  const upsert = insert(User)
    .values(rows)
    .onConflictDoUpdate({
      target: u.email,
      set: ({ excluded }) => ({ status: excluded.status, updatedAt: func.now() }),
    })
    .returning(u.id)
  is<[number][]>()(await connection.execute(upsert).all())
  await connection.execute(insert(TopOrder).fromSelect(['customerId', 'amount', 'rank'], top3))
  await connection.execute(update(Order).set({ status: 'paid' }).where(o.id.in(ids)).returning(Order))
  await connection.execute(deleteFrom(Order).where(o.createdAt.lt(cutoff)))
  insert(User).values({ email: 'a', status: 'gone', updatedAt: func.now() })
  update(Order).set({ amount: o.amount.add('1') })
  insert(TopOrder).fromSelect(['customerId', 'amount', 'rank'], select(o.customerId, o.amount, literal(1)))
}
