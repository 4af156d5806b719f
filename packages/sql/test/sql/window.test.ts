// Windows: functions, partitions, frames, named windows, and filters on them.
import { describe } from '@jest/globals'
import { func, select } from '../../src/index.ts'
import { goldens } from '../golden.ts'
import { Order, o, shopSchema } from '../shop.ts'

const golden = goldens(shopSchema)
const w = { partitionBy: o.customerId, orderBy: o.createdAt }

describe('window functions', () => {
  golden(
    'ranks',
    () =>
      select({
        a: func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() }),
        b: func.rank().over(w),
        c: func.denseRank().over(w),
        d: func.percentRank().over(w),
        e: func.cumeDist().over(w),
        f: func.ntile(4).over(w),
      }),
    `select row_number() over (partition by customer_id order by created_at desc) as a, rank() over (partition by customer_id order by created_at) as b,
    dense_rank() over (partition by customer_id order by created_at) as c, percent_rank() over (partition by customer_id order by created_at) as d,
    cume_dist() over (partition by customer_id order by created_at) as e, ntile($1) over (partition by customer_id order by created_at) as f from orders`,
    [4],
  )
  golden(
    'neighbours',
    () =>
      select({
        a: func.lag(o.amount).over(w),
        b: func.lead(o.amount, 2).over(w),
        c: o.amount.sub(func.lag(o.amount, 1, 0).over(w)),
      }),
    `select lag(amount) over (partition by customer_id order by created_at) as a, lead(amount, $1) over (partition by customer_id order by created_at) as b,
    amount - lag(amount, $2, $3) over (partition by customer_id order by created_at) as c from orders`,
    [2, 1, 0],
  )
  golden(
    'values of the frame',
    () =>
      select({
        a: func.firstValue(o.amount).over(w),
        b: func.lastValue(o.amount).over({ ...w, rows: [null, null] }),
        c: func.nthValue(o.amount, 2).over(w),
      }),
    `select first_value(amount) over (partition by customer_id order by created_at) as a,
    last_value(amount) over (partition by customer_id order by created_at rows between unbounded preceding and unbounded following) as b,
    nth_value(amount, $1) over (partition by customer_id order by created_at) as c from orders`,
    [2],
  )
  golden(
    'aggregates over everything',
    () => select({ share: o.amount.div(func.sum(o.amount).over()) }),
    'select amount / sum(amount) over () as share from orders',
  )
  golden(
    'several keys',
    () =>
      select({ n: func.count().over({ partitionBy: [o.customerId, o.status], orderBy: [o.createdAt.desc(), o.id] }) }),
    'select count(*) over (partition by customer_id, status order by created_at desc, id) as n from orders',
  )
  golden(
    'a filter before OVER',
    () =>
      select({
        paid: func
          .sum(o.amount)
          .filter(o.status.eq('paid'))
          .over({ ...w, rows: [null, 0] }),
      }),
    'select sum(amount) filter (where status = $1) over (partition by customer_id order by created_at rows between unbounded preceding and current row) as paid from orders',
    ['paid'],
  )
  golden(
    'two filters hold both',
    () => select(func.count().filter(o.id.gt(1)).filter(o.status.eq('x'))),
    'select count(*) filter (where id > $1 and status = $2) from orders',
    [1, 'x'],
  )
  golden(
    'an aggregate of aggregates',
    () =>
      select({ customerId: o.customerId, share: func.sum(o.amount).div(func.sum(func.sum(o.amount)).over()) }).groupBy(
        o.customerId,
      ),
    'select customer_id, sum(amount) / sum(sum(amount)) over () as share from orders group by customer_id',
  )
  golden(
    'in ORDER BY',
    () => select(o.id).orderBy(func.rowNumber().over({ orderBy: o.amount.desc() })),
    'select id from orders order by row_number() over (order by amount desc)',
  )
})

describe('frames', () => {
  golden(
    'rows',
    () =>
      select({
        a: func.avg(o.amount).over({ ...w, rows: [-2, 0] }),
        b: func.avg(o.amount).over({ ...w, rows: [-1, 1] }),
        c: func.avg(o.amount).over({ ...w, rows: [1, null] }),
      }),
    `select avg(amount) over (partition by customer_id order by created_at rows between 2 preceding and current row) as a,
    avg(amount) over (partition by customer_id order by created_at rows between 1 preceding and 1 following) as b,
    avg(amount) over (partition by customer_id order by created_at rows between 1 following and unbounded following) as c from orders`,
  )
  golden(
    'range over intervals',
    () =>
      select({
        a: func.sum(o.amount).over({ ...w, range: [{ days: -7 }, 0] }),
        b: func.sum(o.amount).over({ ...w, range: ['-1 day', { hours: 2 }] }),
      }),
    `select sum(amount) over (partition by customer_id order by created_at range between $1::interval preceding and current row) as a,
    sum(amount) over (partition by customer_id order by created_at range between $2::interval preceding and $3::interval following) as b from orders`,
    [{ days: 7 }, '1 day', { hours: 2 }],
  )
  golden(
    'range over numbers',
    () =>
      select({
        a: func.count().over({ orderBy: o.amount, range: [-10, 10] }),
        b: func.count().over({ orderBy: o.amount, range: [-0.5, 0] }),
      }),
    `select count(*) over (order by amount range between 10 preceding and 10 following) as a,
    count(*) over (order by amount range between $1::numeric preceding and current row) as b from orders`,
    [0.5],
  )
  golden(
    'groups and exclude',
    () =>
      select({
        a: func.sum(o.amount).over({ ...w, groups: [-1, 0], exclude: 'ties' }),
        b: func.sum(o.amount).over({ ...w, groups: [null, null], exclude: 'group' }),
        c: func.sum(o.amount).over({ ...w, rows: [null, null], exclude: 'current row' }),
      }),
    `select sum(amount) over (partition by customer_id order by created_at groups between 1 preceding and current row exclude ties) as a,
    sum(amount) over (partition by customer_id order by created_at groups between unbounded preceding and unbounded following exclude group) as b,
    sum(amount) over (partition by customer_id order by created_at rows between unbounded preceding and unbounded following exclude current row) as c from orders`,
  )
})

describe('named windows', () => {
  golden(
    'WINDOW',
    () =>
      select({ a: func.rank().over('w'), b: func.sum(o.amount).over('w') })
        .window('w', w)
        .window('by status', { partitionBy: o.status }),
    'select rank() over w as a, sum(amount) over w as b from orders window w as (partition by customer_id order by created_at), "by status" as (partition by status)',
  )
})

describe('filters on windows', () => {
  const rn = func.rowNumber().over({ partitionBy: o.customerId, orderBy: o.createdAt.desc() })
  golden(
    'by a CTE',
    () => {
      const ranked = select({ id: o.id, customerId: o.customerId, rn }).cte('ranked')
      return select(ranked).where(ranked.c.rn.lte(3))
    },
    'with ranked as (select id, customer_id, row_number() over (partition by customer_id order by created_at desc) as rn from orders) select id, customer_id, rn from ranked where rn <= $1',
    [3],
  )
  golden(
    'qualify',
    () => select({ id: o.id, rn }).where(o.status.eq('paid')).qualify(rn.lte(3)).orderBy(o.id).limit(5),
    `select id, rn from (select id, row_number() over (partition by customer_id order by created_at desc) as rn from orders where status = $1) as qualified
    where rn <= $2 order by id limit $3`,
    ['paid', 3, 5],
  )
  golden(
    'qualify on what is not selected',
    () => select(o.id).qualify(func.count().over({ partitionBy: o.customerId }).gt(1), o.amount.gt(5)),
    `select id from (select id, count(*) over (partition by customer_id) as qualified_2, amount as qualified_3 from orders) as qualified
    where qualified_2 > $1 and qualified_3 > $2`,
    [1, 5],
  )
  golden(
    'topN',
    () => select(Order).topN(2, { per: o.customerId, orderBy: o.createdAt.desc() }),
    `select id, customer_id, amount, status, note, created_at
    from (select id, customer_id, amount, status, note, created_at, row_number() over (partition by customer_id order by created_at desc) as qualified_7 from orders) as qualified where qualified_7 <= $1`,
    [2],
  )
})
