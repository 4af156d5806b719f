// Queries inside queries: CTEs, subqueries, LATERAL, recursion, set operations, CTEs that change data.
import { describe } from '@jest/globals'
import {
  aliased,
  deleteFrom,
  except,
  exists,
  func,
  insert,
  intersect,
  intersectAll,
  literal,
  select,
  sql,
  types as t,
  union,
  unionAll,
  update,
} from '../../src/index.ts'
import { goldens } from '../golden.ts'
import { Category, Customer, c, cat, Order, o, shopSchema } from '../shop.ts'

const golden = goldens(shopSchema)

describe('CTEs and subqueries', () => {
  golden(
    'a CTE read twice is written once',
    () => {
      const big = select({ id: o.id, customerId: o.customerId }).where(o.amount.gt(100)).cte('big')
      return select({ n: select(func.count()).from(big).scalar(), id: big.c.id })
    },
    'with big as (select id, customer_id from orders where amount > $1) select (select count(*) from big) as n, id from big',
    [100],
  )
  golden(
    'a CTE follows those that it reads',
    () => {
      const totals = select({ customerId: o.customerId, total: func.sum(o.amount) })
        .groupBy(o.customerId)
        .cte('totals')
      const best = select({ top: func.max(totals.c.total) }).cte('best')
      return select(c.email, totals.c.total)
        .join(totals, totals.c.customerId.eq(c.id))
        .join(best, best.c.top.eq(totals.c.total))
    },
    `with totals as (select customer_id, sum(amount) as total from orders group by customer_id), best as (select max(total) as top from totals)
    select customers.email, totals.total from customers join totals on totals.customer_id = customers.id join best on best.top = totals.total`,
  )
  golden(
    'MATERIALIZED',
    () => {
      const some = select({ id: o.id }).cte('some').materialized()
      const other = select({ id: some.c.id }).cte('other').materialized(false)
      return select(other)
    },
    'with "some" as materialized (select id from orders), other as not materialized (select id from "some") select id from other',
  )
  golden(
    'the columns of a tuple have names',
    () => {
      const pair = select(o.id, func.count()).groupBy(o.id).cte('pair')
      return select(pair.c[0], pair.c[1])
    },
    'with pair as (select id, count(*) as count from orders group by id) select id, count from pair',
  )
  golden(
    'a subquery in FROM',
    () => {
      const per = select({ customerId: o.customerId, n: func.count() }).groupBy(o.customerId).subquery('per')
      return select({ email: c.email, n: func.coalesce(per.c.n, 0) }).leftJoin(per, per.c.customerId.eq(c.id))
    },
    'select customers.email, coalesce(per.n, $1) as n from customers left join (select customer_id, count(*) as n from orders group by customer_id) as per on per.customer_id = customers.id',
    [0],
  )
  golden(
    'rows of a CTE as entities',
    () => {
      const recent = select(Order).where(o.amount.gt(1)).cte('recent')
      const r = aliased(Order, recent)
      return select(r).where(r.status.eq('new'))
    },
    'with recent as (select id, customer_id, amount, status, note, created_at from orders where amount > $1) select id, customer_id, amount, status, note, created_at from recent where status = $2',
    [1, 'new'],
  )
  golden(
    'LATERAL',
    () => {
      const latest = select({ createdAt: o.createdAt })
        .where(o.customerId.eq(c.id))
        .orderBy(o.createdAt.desc())
        .limit(1)
        .lateral('latest')
      return select({ id: c.id, last: latest.c.createdAt }).leftJoinLateral(latest)
    },
    'select customers.id, latest.created_at as last from customers left join lateral (select orders.created_at from orders where orders.customer_id = customers.id order by orders.created_at desc limit $1) as latest on true',
    [1],
  )
  golden(
    'JOIN LATERAL with a condition',
    () => {
      const latest = select({ id: o.id }).where(o.customerId.eq(c.id)).lateral('latest')
      return select(c.id, latest.c.id).join(latest, latest.c.id.gt(5))
    },
    'select customers.id, latest.id from customers join lateral (select orders.id from orders where orders.customer_id = customers.id) as latest on latest.id > $1',
    [5],
  )
  golden(
    'a template with columns as a CTE',
    () => {
      const days = sql`select d from generate_series(1, ${3}::int) as d`.columns({ d: t.integer() })
      return select({ d: literal(1) }).where(exists(days))
    },
    'select $1::integer as d where exists (select d from generate_series(1, $2::int) as d)',
    [1, 3],
  )
})

describe('recursion', () => {
  golden(
    'walks a tree',
    () => {
      const tree = select({ id: cat.id, parentId: cat.parentId, depth: literal(0) })
        .where(cat.parentId.isNull())
        .cte('tree')
        .unionAll((self) =>
          select({ id: cat.id, parentId: cat.parentId, depth: self.c.depth.add(1) }).join(
            self,
            cat.parentId.eq(self.c.id),
          ),
        )
      return select(tree).where(tree.c.depth.lt(5)).orderBy(tree.c.depth)
    },
    `with recursive tree (id, parent_id, depth) as (select id, parent_id, $1::integer as depth from categories where parent_id is null
    union all select categories.id, categories.parent_id, tree.depth + $2 as depth from categories join tree on categories.parent_id = tree.id)
    select id, parent_id, depth from tree where depth < $3 order by depth`,
    [0, 1, 5],
  )
  golden(
    'a base with a limit, and UNION',
    () => {
      const tree = select({ id: cat.id })
        .orderBy(cat.id)
        .limit(1)
        .cte('tree')
        .union((self) => select({ id: cat.id }).join(self, cat.parentId.eq(self.c.id)))
      return select(tree)
    },
    `with recursive tree (id) as ((select id from categories order by id limit $1) union select categories.id from categories join tree on categories.parent_id = tree.id) select id from tree`,
    [1],
  )
  golden(
    'joined to entities',
    () => {
      const tree = select({ id: cat.id })
        .where(cat.id.eq(1))
        .cte('tree')
        .unionAll((self) => select({ id: cat.id }).join(self, cat.parentId.eq(self.c.id)))
      return select(Category).join(tree, tree.c.id.eq(cat.id))
    },
    `with recursive tree (id) as (select id from categories where id = $1 union all select categories.id from categories join tree on categories.parent_id = tree.id)
    select categories.id, categories.parent_id, categories.name from categories join tree on tree.id = categories.id`,
    [1],
  )
})

describe('set operations', () => {
  const a = select({ x: o.id, y: o.status })
  const b = select({ x: c.id, y: c.email })
  golden(
    'UNION',
    () => union(a, b),
    'select id as x, status as y from orders union select id as x, email as y from customers',
  )
  golden(
    'with an order and a limit of their own',
    () => unionAll(a, b).orderBy('x').orderBy(o.status.as('y').desc()).limit(3).offset(1),
    'select id as x, status as y from orders union all select id as x, email as y from customers order by x, y desc limit $1 offset $2',
    [3, 1],
  )
  golden(
    'members with an order keep it in parentheses',
    () => union(a.orderBy(o.id).limit(2), b),
    '(select id as x, status as y from orders order by id limit $1) union select id as x, email as y from customers',
    [2],
  )
  golden(
    'INTERSECT in EXCEPT',
    () => except(a, intersect(a, b)),
    'select id as x, status as y from orders except (select id as x, status as y from orders intersect select id as x, email as y from customers)',
  )
  golden(
    'three, and ALL',
    () => intersectAll(a, b, a),
    'select id as x, status as y from orders intersect all select id as x, email as y from customers intersect all select id as x, status as y from orders',
  )
  golden(
    'as a subquery',
    () => {
      const all = union(select({ userId: o.customerId }), select({ userId: c.id })).subquery('everyone')
      return select({ n: func.count(all.c.userId).distinct() })
    },
    'select count(distinct user_id) as n from (select customer_id as user_id from orders union select id as user_id from customers) as everyone',
  )
  golden(
    'as a CTE',
    () => select(union(select(o.customerId), select(c.id)).cte('ids')),
    'with ids (customer_id) as (select customer_id from orders union select id from customers) select customer_id from ids',
  )
})

describe('CTEs that change data', () => {
  const old = new Date('2020-01-01T00:00:00Z')
  golden(
    'DELETE … RETURNING, counted',
    () => {
      const moved = deleteFrom(Order).where(o.createdAt.lt(old)).returning({ id: o.id, who: o.customerId }).cte('moved')
      return select({ who: moved.c.who, n: func.count() }).groupBy(moved.c.who)
    },
    'with moved (id, who) as (delete from orders where created_at < $1 returning id, customer_id as who) select who, count(*) as n from moved group by who',
    [old],
  )
  golden(
    'moved into another table',
    () => {
      const gone = deleteFrom(Order)
        .where(o.id.eq(1))
        .returning({ customerId: o.customerId, amount: o.amount })
        .cte('gone')
      return insert(Order).fromSelect(['customerId', 'amount'], select(gone.c.customerId, gone.c.amount))
    },
    'with gone (customer_id, amount) as (delete from orders where id = $1 returning customer_id, amount) insert into orders (customer_id, amount) select customer_id, amount from gone',
    [1],
  )
  golden(
    'UPDATE from a CTE',
    () => {
      const top = select({ id: o.id }).orderBy(o.amount.desc()).limit(3).cte('top')
      return update(Order).set({ status: 'top' }).from(top).where(o.id.eq(top.c.id))
    },
    'with top as (select id from orders order by amount desc limit $1) update orders set status = $2 from top where orders.id = top.id',
    [3, 'top'],
  )
  golden(
    'an upsert read by an outer join',
    () => {
      const put = insert(Customer)
        .values({ id: 1, email: 'a', region: null, tags: [], createdAt: old })
        .onConflictDoNothing(c.email)
        .returning({ id: c.id })
        .cte('put')
      return select({ id: c.id, fresh: put.c.id }).leftJoin(put, put.c.id.eq(c.id))
    },
    'with put (id) as (insert into customers (id, email, region, tags, created_at) values ($1, $2, null, $3, $4) on conflict (email) do nothing returning id) select customers.id, put.id as fresh from customers left join put on put.id = customers.id',
    [1, 'a', [], old],
  )
})
