// Fifty ordinary statements: none of them may raise a warning, or strict mode would be of no use.
import { expect, it } from '@jest/globals'
import {
  aliased,
  and,
  caseWhen,
  deleteFrom,
  exists,
  func,
  insert,
  literal,
  not,
  or,
  type Query,
  select,
  sql,
  union,
  unionAll,
  update,
} from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Category, Customer, c, cat, Order, o, Transfer, tr } from '../../shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: types require every column
const row = (values: object): any => values
const at = new Date(0)
const w = { partitionBy: o.customerId, orderBy: [o.createdAt, o.id] }
const parent = aliased(Category, 'parent')
const ranked = select({
  id: o.id,
  rn: func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() }),
}).cte('ranked')
const totals = select({ customerId: o.customerId, total: func.sum(o.amount) })
  .groupBy(o.customerId)
  .cte('totals')
const latest = select({ amount: o.amount })
  .where(o.customerId.eq(c.id))
  .orderBy(o.createdAt.desc())
  .limit(1)
  .lateral('latest')
const tree = select({ id: cat.id, depth: literal(0) })
  .where(cat.parentId.isNull())
  .cte('tree')
  .unionAll((self) => select({ id: cat.id, depth: self.c.depth.add(1) }).join(self, cat.parentId.eq(self.c.id)))
const moved = deleteFrom(Order).where(o.createdAt.lt(at)).returning({ id: o.id }).cte('moved')

const statements: readonly Query<unknown>[] = [
  select(Order),
  select(Order).where(o.id.eq(1)),
  select(o.id, o.amount).orderBy(o.id).limit(10),
  select(o.id).orderBy(o.createdAt.desc(), o.id).limit(10).offset(20),
  select({ n: func.count() }).from(Order),
  select(func.count()).from(Order).limit(1),
  select(func.max(o.amount)).where(o.status.eq('paid')),
  select(o.status).distinct(),
  select(o.status, func.count()).groupBy(o.status).having(func.count().gt(1)).orderBy(o.status).limit(5),
  select(o.customerId).distinctOn(o.customerId).orderBy(o.customerId, o.createdAt.desc()),
  select(o.id, c.email).join(Customer),
  select(o.id, c.email).leftJoin(c, c.id.eq(o.customerId)),
  select(o.id).join(o.customer).where(c.region.eq('EU')),
  select(cat.name, parent.name).leftJoin(parent, parent.id.eq(cat.parentId)),
  select(tr.id).join(Customer, c.id.eq(tr.senderId)),
  select(Customer).where(c.orders.any()),
  select(Customer).where(not(c.orders.any((x) => x.status.eq('new')))),
  select(Order).where(o.customer.has((x) => x.region.eq(null))),
  select(Customer).where(exists(select(o.id).where(o.customerId.eq(c.id), o.amount.gt(10)))),
  select(Customer).where(not(exists(select(literal(1)).from(o).where(o.customerId.eq(c.id))))),
  select(Customer).where(c.id.in(select(o.customerId))),
  select(Customer).where(
    exists(union(select(o.id).where(o.customerId.eq(c.id)), select(tr.id).where(tr.senderId.eq(c.id)))),
  ),
  select(Customer).where(exists(sql`select 1 from orders where customer_id = ${c.id}`)),
  select({ id: c.id, n: select(func.count()).from(o).where(o.customerId.eq(c.id)).scalar() }),
  select({ running: func.sum(o.amount).over({ ...w, rows: [null, 0] }) }),
  select({ running: func.sum(o.amount).over(w) }),
  select({ running: func.count().over({ orderBy: o.id.desc() }) }),
  select({ share: func.sum(o.amount).over({ partitionBy: o.customerId }) }),
  select({ all: func.sum(o.amount).over() }),
  select({ moving: func.avg(o.amount).over({ orderBy: o.createdAt, range: [{ days: -7 }, 0] }) }),
  select({ rank: func.rank().over({ orderBy: o.amount.desc() }), n: func.rowNumber().over() }),
  select({ last: func.lag(o.amount, 1, 0).over(w), next: func.lead(o.amount).over(w) }),
  select({
    first: func.firstValue(o.amount).over(w),
    last: func.lastValue(o.amount).over({ ...w, rows: [null, null] }),
  }),
  select({ a: func.sum(o.amount).over('w'), b: func.rank().over('w') }).window('w', w),
  select(ranked).where(ranked.c.rn.lte(3)),
  select(Order).topN(3, { per: o.customerId, orderBy: o.createdAt.desc() }),
  select(c.email, totals.c.total).join(totals, totals.c.customerId.eq(c.id)).orderBy(totals.c.total.desc()).limit(3),
  select({ id: c.id, last: latest.c.amount }).leftJoinLateral(latest),
  select(tree).orderBy(tree.c.depth),
  select({ n: func.count(moved.c.id) }),
  unionAll(select(o.id), select(c.id)).orderBy(o.id).limit(3),
  select({ size: caseWhen(o.amount.gt(10), 'big').else('small') }).where(
    or(o.id.eq(1), and(o.id.gt(5), o.note.isNull())),
  ),
  select({ median: func.percentileCont(0.5).withinGroup(o.amount) }).groupBy(o.status),
  select(Order).where(o.id.eq(1)).forUpdate({ skipLocked: true }),
  insert(Customer)
    .values(row({ email: 'a' }))
    .onConflictDoUpdate({ target: c.email, set: ({ excluded }) => ({ region: excluded.region }) }),
  insert(Order).fromSelect(['customerId', 'amount'], select(c.id, literal(1))),
  update(Order)
    .set({ status: 'paid' })
    .where(o.id.in([1, 2]))
    .returning(Order),
  update(Order).set({ note: c.email }).from(Customer).where(o.customerId.eq(c.id)),
  deleteFrom(Transfer).where(exists(select(c.id).where(c.id.eq(tr.senderId)))),
  sql`select ${o.id} from ${Order}`,
]

it('are fifty', () => expect(statements).toHaveLength(50))
it.each(statements.map((statement) => [statement.toSQL(dialect).text, statement] as const))('%s', (_, statement) => {
  expect(statement.compile(dialect).warnings).toEqual([])
})
