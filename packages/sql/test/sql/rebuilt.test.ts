// Expressions that are built twice, and what a wrapped query is asked from inside a condition: the server must take them for one.
import { describe } from '@jest/globals'
import { caseWhen, exists, func, not, select, sql, types as t, union, unionAll } from '../../src/index.ts'
import { goldens } from '../golden.ts'
import { c, cat, o, shopSchema } from '../shop.ts'

const golden = goldens(shopSchema)
const month = () => func.dateTrunc('month', o.createdAt)
const size = (limit = 10) => caseWhen(o.amount.gt(limit), 'big').else('small')

describe('an expression with values, built twice', () => {
  golden(
    'in SELECT, GROUP BY, HAVING and ORDER BY',
    () =>
      select({ month: month(), n: func.count() })
        .groupBy(month())
        .having(month().gt(new Date(0)))
        .orderBy(month().desc()),
    `select date_trunc($1, created_at) as month, count(*) as n from orders group by date_trunc($1, created_at)
     having date_trunc($1, created_at) > $2 order by date_trunc($1, created_at) desc`,
    ['month', new Date(0)],
  )
  golden(
    'inside another one, and in a rollup',
    () => select({ text: func.upper(size()), n: func.count() }).groupBy(func.rollup(size())),
    `select upper(case when amount > $1 then $2::text else $3::text end) as text, count(*) as n from orders
     group by rollup (case when amount > $1 then $2::text else $3::text end)`,
    [10, 'big', 'small'],
  )
  golden(
    'in a window over the groups',
    () => select({ n: func.rank().over({ orderBy: [func.count().desc(), month()] }) }).groupBy(month()),
    `select rank() over (order by count(*) desc, date_trunc($1, created_at)) as n from orders group by date_trunc($1, created_at)`,
    ['month'],
  )
  golden(
    'with a cast, and a date of its own',
    () => {
      const late = () => o.createdAt.gt(new Date(5)).cast(t.text())
      return select({ late: late(), n: func.count() }).groupBy(late())
    },
    'select (created_at > $1)::text as late, count(*) as n from orders group by (created_at > $1)::text',
    [new Date(5)],
  )
  golden(
    'in DISTINCT ON and ORDER BY',
    () => select(o.id).distinctOn(month()).orderBy(month(), o.id),
    'select distinct on (date_trunc($1, created_at)) id from orders order by date_trunc($1, created_at), id',
    ['month'],
  )
  golden(
    'in SELECT DISTINCT and ORDER BY',
    () => select({ x: size() }).distinct().orderBy(size()),
    `select distinct case when amount > $1 then $2::text else $3::text end as x from orders
     order by case when amount > $1 then $2::text else $3::text end`,
    [10, 'big', 'small'],
  )
  golden(
    'under a label that ORDER BY names',
    () => {
      const named = month().as('m')
      return select(named, func.count()).groupBy(month()).orderBy(named)
    },
    'select date_trunc($1, created_at) as m, count(*) from orders group by date_trunc($1, created_at) order by m',
    ['month'],
  )
  golden(
    'with other values is another one',
    () => select({ x: func.max(size(20)) }).groupBy(size()),
    `select max(case when amount > $1 then $2::text else $3::text end) as x from orders
     group by case when amount > $4 then $5::text else $6::text end`,
    [20, 'big', 'small', 10, 'big', 'small'],
  )
})

describe('qualify, with a condition on the rows around it', () => {
  const first = () => func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.id }).eq(1)
  golden(
    'by EXISTS',
    () => select(o.id).qualify(first(), exists(select(c.id).where(c.id.eq(o.customerId), c.region.eq('EU')))),
    `select id from (select id, row_number() over (partition by customer_id order by id) as qualified_2, customer_id as qualified_3 from orders) as qualified
     where qualified_2 = $1 and exists (select customers.id from customers where customers.id = qualified.qualified_3 and customers.region = $2)`,
    [1, 'EU'],
  )
  golden(
    'by a relationship, and not',
    () => select(o.id).qualify(first(), not(o.customer.has((x) => x.region.eq('EU')))),
    `select id from (select id, row_number() over (partition by customer_id order by id) as qualified_2, customer_id as qualified_3 from orders) as qualified
     where qualified_2 = $1 and not exists (select 1 from customers where qualified.qualified_3 = customers.id and customers.region = $2)`,
    [1, 'EU'],
  )
  golden(
    'two queries deep, beside a source of the same name',
    () =>
      select(c.id).qualify(
        func.rowNumber().over({ orderBy: c.id }).lte(2),
        exists(
          select(o.id).where(
            o.customerId.eq(c.id),
            exists(select(cat.id).where(cat.id.eq(o.id), cat.name.eq(c.email))),
            o.customerId.in(select(c.id).where(c.region.eq('EU'))),
          ),
        ),
      ),
    `select id from (select id, row_number() over (order by id) as qualified_2, email as qualified_3 from customers) as qualified
     where qualified_2 <= $1 and exists (select orders.id from orders where orders.customer_id = qualified.id
     and exists (select categories.id from categories where categories.id = orders.id and categories.name = qualified.qualified_3)
     and orders.customer_id in (select customers.id from customers where customers.region = $2))`,
    [2, 'EU'],
  )
  golden(
    'by a lateral subquery that reads them',
    () => {
      const near = select({ n: cat.id }).where(cat.id.eq(o.id)).orderBy(cat.id).limit(1).lateral('near')
      return select(o.id).qualify(first(), exists(select(near.c.n).from(near).where(near.c.n.gt(0))))
    },
    `select id from (select id, row_number() over (partition by customer_id order by id) as qualified_2 from orders) as qualified
     where qualified_2 = $1 and exists (select near.n from lateral (select categories.id as n from categories
     where categories.id = qualified.id order by categories.id limit $2) as near where near.n > $3)`,
    [1, 1, 0],
  )
  golden(
    'by a template that is a window',
    () => select(o.id).qualify(sql<boolean>`row_number() over (order by ${o.id}) < ${3}`.window()),
    'select id from (select id, row_number() over (order by id) < $1 as qualified_2 from orders) as qualified where qualified_2',
    [3],
  )
})

describe('a set operation ordered by what its first query computes', () => {
  golden(
    'without a label',
    () => union(select(o.id, o.amount.add(1)), select(c.id, c.id)).orderBy(o.amount.add(1)),
    'select id, amount + $1 as value from orders union select id, id from customers order by value',
    [1],
  )
  golden(
    'twice by one function',
    () =>
      unionAll(select(func.lower(o.status), func.lower(o.note)), select(c.email, c.region)).orderBy(
        func.lower(o.note).desc(),
      ),
    'select lower(status) as lower, lower(note) as lower_2 from orders union all select email, region from customers order by lower_2 desc',
  )
  golden(
    'and left as it is where names are columns',
    () => union(select(o.id, func.lower(o.note)), select(c.id, c.region)).orderBy(o.id),
    'select id, lower(note) from orders union select id, region from customers order by id',
  )
})
