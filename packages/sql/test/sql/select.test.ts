// SELECT: the list, FROM and joins, conditions, groups, order, limits, locks.
import { describe } from '@jest/globals'
import {
  aliased,
  and,
  asc,
  caseWhen,
  desc,
  exists,
  func,
  literal,
  not,
  or,
  select,
  sql,
  types as t,
  table,
} from '../../src/index.ts'
import { goldens } from '../golden.ts'
import { Category, Customer, c, cat, Order, o, shopSchema } from '../shop.ts'

const golden = goldens(shopSchema)
const day = new Date('2024-03-31T00:00:00Z')

describe('the select list', () => {
  golden('names columns bare where one source is read', () => select(o.id, o.amount), 'select id, amount from orders')
  golden(
    'names columns by property, with AS only where the name differs',
    () => select({ id: o.id, who: o.customerId }),
    'select id, customer_id as who from orders',
  )
  golden(
    'writes labels in snake_case',
    () => select({ orderTotal: o.amount.add(1) }),
    'select amount + $1 as order_total from orders',
    [1],
  )
  golden(
    'reads all columns of an entity',
    () => select(Order),
    'select id, customer_id, amount, status, note, created_at from orders',
  )
  golden(
    'tells equal names of two entities apart',
    () =>
      select({ order: Category, parent: aliased(Category, 'parent') }).where(
        cat.parentId.eq(aliased(Category, 'parent').id),
      ),
    `select categories.id, categories.parent_id, categories.name, parent.id, parent.parent_id, parent.name
     from categories, categories as parent where categories.parent_id = parent.id`,
  )
  golden(
    'needs no FROM',
    () => select({ one: literal(1), yes: literal(true), nothing: literal(null) }),
    'select $1::integer as one, true as yes, null as nothing',
    [1],
  )
  golden(
    'gives a label that stands for its own column no AS',
    () => select(o.id.as('id'), o.amount.as('sum')),
    'select id, amount as sum from orders',
  )
  golden(
    'quotes only what needs quotes',
    () => select({ order: o.id, 'two words': o.amount }),
    'select id as "order", amount as "two words" from orders',
  )
})

describe('conditions', () => {
  golden(
    'sends values as parameters',
    () => select(o.id).where(o.status.eq('paid')),
    'select id from orders where status = $1',
    ['paid'],
  )
  golden(
    'joins conditions by AND',
    () => select(o.id).where(o.id.gt(1), o.id.lte(9)).where(o.id.ne(5)),
    'select id from orders where id > $1 and id <= $2 and id <> $3',
    [1, 9, 5],
  )
  golden(
    'writes null as IS NULL',
    () => select(o.id).where(o.note.eq(null), o.status.ne(null)),
    'select id from orders where note is null and status is not null',
  )
  golden(
    'puts OR inside AND in parentheses, and nothing else',
    () => select(o.id).where(or(o.id.eq(1), and(o.id.eq(2), o.status.eq('new'))), not(or(o.id.eq(3), o.id.eq(4)))),
    'select id from orders where (id = $1 or id = $2 and status = $3) and not (id = $4 or id = $5)',
    [1, 2, 'new', 3, 4],
  )
  golden(
    'drops the parentheses of AND in AND',
    () => select(o.id).where(and(and(o.id.gt(1), o.id.lt(9)), o.id.ne(5))),
    'select id from orders where id > $1 and id < $2 and id <> $3',
    [1, 9, 5],
  )
  golden(
    'keeps one condition of and() whole under NOT',
    () => select(o.id).where(not(and(or(o.id.eq(1), o.id.eq(2))))),
    'select id from orders where not (id = $1 or id = $2)',
    [1, 2],
  )
  golden(
    'gives and() of nothing true, or() of nothing false',
    () => select(o.id).where(or(and(), or())),
    'select id from orders where true',
  )
  golden(
    'binds NOT more tightly than AND',
    () => select(o.id).where(not(o.note.isNull()), o.id.gt(1)),
    'select id from orders where not note is null and id > $1',
    [1],
  )
  golden(
    'compares a comparison in parentheses',
    () => select({ same: o.id.eq(1).eq(o.amount.gt(2)) }),
    'select (id = $1) = (amount > $2) as same from orders',
    [1, 2],
  )
  golden(
    'compares membership in parentheses',
    () => select({ same: o.id.in([1, 2]).eq(true) }),
    'select (id = any ($1)) = $2 as same from orders',
    [[1, 2], true],
  )
  golden(
    'ranges',
    () => select(o.id).where(o.createdAt.between(day, day), not(o.id.between(1, 2))),
    'select id from orders where created_at between $1 and $2 and not id between $3 and $4',
    [day, day, 1, 2],
  )
  golden(
    'patterns',
    () =>
      select(c.id).where(
        c.email.like('a%'),
        c.email.ilike('%B'),
        c.email.startsWith('50%_\\'),
        c.email.endsWith('x'),
        c.email.contains('y'),
      ),
    'select id from customers where email like $1 and email ilike $2 and email like $3 and email like $4 and email like $5',
    ['a%', '%B', '50\\%\\_\\\\%', '%x', '%y%'],
  )
  golden(
    'lists are one parameter',
    () => select(o.id).where(o.id.in([1, 2, 3]), o.status.notIn(['new'])),
    'select id from orders where id = any ($1) and status <> all ($2)',
    [[1, 2, 3], ['new']],
  )
  golden(
    'an empty list holds nothing',
    () => select(o.id).where(o.id.in([])),
    'select id from orders where id = any ($1)',
    [[]],
  )
  golden(
    'lists from a query',
    () => select(o.id).where(o.customerId.in(select(c.id).where(c.region.eq('EU'))), o.customerId.notIn(select(c.id))),
    'select id from orders where customer_id in (select customers.id from customers where customers.region = $1) and customer_id not in (select customers.id from customers)',
    ['EU'],
  )
  golden(
    'null as a value',
    () => select(o.id).where(o.note.isDistinctFrom('x'), o.note.isDistinctFrom(null)),
    'select id from orders where note is distinct from $1 and note is distinct from null',
    ['x'],
  )
  golden(
    'arrays',
    () => select(c.id).where(c.tags.contains(['a']), c.tags.operator('&&', ['b', 'c'])),
    'select id from customers where tags @> $1 and tags && $2',
    [['a'], ['b', 'c']],
  )
  golden(
    'arrays in a list of arrays',
    () => select(c.id).where(c.tags.in([['a'], ['b', 'c']])),
    'select id from customers where tags in ($1, $2)',
    [['a'], ['b', 'c']],
  )
  golden(
    'callbacks on the one entity',
    () =>
      select(Order)
        .where((x) => x.id.eq(7))
        .orderBy((x) => x.id.desc()),
    'select id, customer_id, amount, status, note, created_at from orders where id = $1 order by id desc',
    [7],
  )
})

describe('arithmetic', () => {
  golden(
    'keeps the order of operations',
    () =>
      select({
        a: o.amount.add(1).mul(2),
        b: o.amount.mul(2).add(1),
        c: o.amount.sub(o.amount.sub(1)),
        d: o.amount.sub(1).sub(2),
        e: o.amount.div(o.amount.mul(3)),
      }),
    'select (amount + $1) * $2 as a, amount * $3 + $4 as b, amount - (amount - $5) as c, amount - $6 - $7 as d, amount / (amount * $8) as e from orders',
    [1, 2, 2, 1, 1, 1, 2, 3],
  )
  golden(
    'keeps a labelled sum whole',
    () => select({ x: o.amount.add(1).as('more').mul(2) }),
    'select (amount + $1) * $2 as x from orders',
    [1, 2],
  )
  golden(
    'dates and intervals',
    () => select(o.id).where(o.createdAt.add({ days: 7 }).lt(func.now())),
    'select id from orders where created_at + $1::interval < now()',
    [{ days: 7 }],
  )
  golden(
    'a fraction beside an integer',
    () => select({ half: o.id.mul(0.5) }),
    'select id * $1::double precision as half from orders',
    [0.5],
  )
  golden(
    'texts',
    () => select({ name: c.email.concat('-').concat(c.region) }),
    'select email || $1 || region as name from customers',
    ['-'],
  )
})

describe('values', () => {
  golden(
    'CASE',
    () => select({ size: caseWhen(o.amount.gt(100), 'big').when(o.amount.gt(10), 'fair').else('small') }),
    'select case when amount > $1 then $2::text when amount > $3 then $4::text else $5::text end as size from orders',
    [100, 'big', 10, 'fair', 'small'],
  )
  golden(
    'CASE without ELSE, with NULL and columns',
    () => select({ x: caseWhen(o.id.eq(1), o.note).when(o.id.eq(2), null) }),
    'select case when id = $1 then note when id = $2 then null end as x from orders',
    [1, 2],
  )
  golden(
    'CAST',
    () =>
      select({
        a: o.amount.cast(t.text()),
        b: o.amount.add(1).cast(t.numeric(5, 2)),
        c: o.id.cast(t.text()).cast(t.integer()),
      }),
    'select amount::text as a, (amount + $1)::numeric(5, 2) as b, id::text::integer as c from orders',
    [1],
  )
  golden(
    'COALESCE and its like',
    () =>
      select({
        a: func.coalesce(o.note, 'none'),
        b: func.nullif(o.status, 'new'),
        c: func.greatest(o.id, 1),
        d: func.least(o.id, o.customerId),
      }),
    'select coalesce(note, $1) as a, nullif(status, $2) as b, greatest(id, $3) as c, least(id, customer_id) as d from orders',
    ['none', 'new', 1],
  )
  golden(
    'functions',
    () =>
      select({
        a: func.lower(c.email),
        b: func.upper(c.email),
        c: func.length(c.email),
        d: func.dateTrunc('month', c.createdAt),
        e: func.call<string>('md5', c.email),
      }),
    'select lower(email) as a, upper(email) as b, length(email) as c, date_trunc($1, created_at) as d, md5(email) as e from customers',
    ['month'],
  )
  golden(
    'numbers',
    () => select({ a: func.abs(o.amount), b: func.round(o.amount, 1), c: func.round(o.amount) }),
    'select abs(amount) as a, round(amount, $1) as b, round(amount) as c from orders',
    [1],
  )
  golden(
    'functions of a schema',
    () => select({ a: func.call('pg_catalog.length', o.status) }),
    'select pg_catalog.length(status) as a from orders',
  )
})

describe('FROM and joins', () => {
  golden(
    'joins with a condition',
    () => select({ id: o.id, who: c.email }).leftJoin(c, c.id.eq(o.customerId)),
    'select orders.id, customers.email as who from orders left join customers on customers.id = orders.customer_id',
  )
  golden(
    'joins by the only foreign key',
    () => select(o.id, c.email).join(Customer),
    'select orders.id, customers.email from orders join customers on orders.customer_id = customers.id',
  )
  golden(
    'joins by a relationship',
    () => select(o.id, c.email).join(o.customer),
    'select orders.id, customers.email from orders join customers on orders.customer_id = customers.id',
  )
  golden(
    'joins from what is not selected',
    () => select(c.email).join(o.customer),
    'select customers.email from orders join customers on orders.customer_id = customers.id',
  )
  golden(
    'every kind of join',
    () =>
      select(o.id, c.id)
        .rightJoin(c, c.id.eq(o.customerId))
        .fullJoin(cat, cat.id.eq(o.id))
        .crossJoin(aliased(Category, 'other')),
    'select orders.id, customers.id from orders right join customers on customers.id = orders.customer_id full join categories on categories.id = orders.id cross join categories as other',
  )
  golden(
    'several sources before a join see each other',
    () => select(o.id, c.id, cat.id).leftJoin(cat, and(cat.id.eq(o.id), cat.id.eq(c.id))),
    'select orders.id, customers.id, categories.id from orders cross join customers left join categories on categories.id = orders.id and categories.id = customers.id',
  )
  golden(
    'a table joined to itself',
    () => {
      const parent = aliased(Category, 'parent')
      return select({ name: cat.name, parent: parent.name }).leftJoin(parent, parent.id.eq(cat.parentId))
    },
    'select categories.name, parent.name as parent from categories left join categories as parent on parent.id = categories.parent_id',
  )
  golden(
    'a relationship to the same table',
    () => select(cat.name).join(cat.parent),
    'select categories.name from categories join categories as categories_parent on categories.parent_id = categories_parent.id',
  )
  golden('.from() says it all', () => select({ n: func.count() }).from(Order), 'select count(*) as n from orders')
  golden(
    'tables without a class',
    () => {
      const log = table('Audit Log', { id: t.bigint(), actorId: t.integer() }, { schema: 'app' })
      return select(log.actorId, c.email).join(c, c.id.eq(log.actorId))
    },
    'select "Audit Log".actor_id, customers.email from app."Audit Log" join customers on customers.id = "Audit Log".actor_id',
  )
})

describe('relationships in conditions', () => {
  golden(
    'has',
    () => select(o.id).where(o.customer.has((x) => x.region.eq('EU'))),
    'select id from orders where exists (select 1 from customers where orders.customer_id = customers.id and customers.region = $1)',
    ['EU'],
  )
  golden(
    'any',
    () =>
      select(c.id).where(
        c.orders.any(),
        c.orders.any((x) => x.amount.gt(5)),
      ),
    'select id from customers where exists (select 1 from orders where customers.id = orders.customer_id) and exists (select 1 from orders where customers.id = orders.customer_id and orders.amount > $1)',
    [5],
  )
  golden(
    'contains',
    () => select(c.id).where(c.orders.contains(Object.assign(new Order(), { id: 3 }))),
    'select id from customers where exists (select 1 from orders where customers.id = orders.customer_id and orders.id = $1)',
    [3],
  )
  golden(
    'is, under another operator',
    () => select({ a: o.customer.is(Object.assign(new Customer(), { id: 3 })).eq(true), b: not(o.customer.isNull()) }),
    'select (customer_id = $1) = $2 as a, not customer_id is null as b from orders',
    [3, true],
  )
  golden(
    'self-reference',
    () =>
      select(cat.id).where(
        cat.children.any((x) => x.name.eq('a')),
        cat.parent.has((x) => x.name.eq('b')),
      ),
    'select id from categories where exists (select 1 from categories as categories_children where categories.id = categories_children.parent_id and categories_children.name = $1) and exists (select 1 from categories as categories_parent where categories.parent_id = categories_parent.id and categories_parent.name = $2)',
    ['a', 'b'],
  )
})

describe('groups', () => {
  golden(
    'GROUP BY and HAVING',
    () =>
      select({ customerId: o.customerId, n: func.count(), total: func.sum(o.amount) })
        .groupBy(o.customerId)
        .having(func.sum(o.amount).gt(10), func.count().gt(1)),
    'select customer_id, count(*) as n, sum(amount) as total from orders group by customer_id having sum(amount) > $1 and count(*) > $2',
    [10, 1],
  )
  golden(
    'a value in SELECT and GROUP BY is one parameter',
    () => {
      const bucket = o.amount.div(10)
      return select({ bucket, n: func.count() }).groupBy(bucket).orderBy(bucket)
    },
    'select amount / $1 as bucket, count(*) as n from orders group by amount / $1 order by amount / $1',
    [10],
  )
  golden(
    'ROLLUP, CUBE, GROUPING SETS',
    () =>
      select({ s: o.status, c: o.customerId, which: func.grouping(o.status), n: func.count() }).groupBy(
        func.rollup(o.status, o.customerId),
        func.cube(o.status),
        func.groupingSets([o.status], [o.status, o.customerId], []),
      ),
    'select status as s, customer_id as c, grouping(status) as which, count(*) as n from orders group by rollup (status, customer_id), cube (status), grouping sets ((status), (status, customer_id), ())',
  )
  golden(
    'FILTER, DISTINCT and ORDER BY in aggregates',
    () =>
      select({
        a: func.sum(o.amount).filter(o.status.eq('paid')),
        b: func.count(o.status).distinct(),
        c: func.arrayAgg(o.id).orderBy(o.createdAt.desc(), o.id),
        d: func.stringAgg(o.status, ', ').distinct().orderBy(o.status),
      }),
    'select sum(amount) filter (where status = $1) as a, count(distinct status) as b, array_agg(id order by created_at desc, id) as c, string_agg(distinct status, $2 order by status) as d from orders',
    ['paid', ', '],
  )
  golden(
    'the other aggregates',
    () =>
      select({
        a: func.avg(o.amount),
        b: func.min(o.id),
        c: func.max(o.createdAt),
        d: func.boolAnd(o.id.gt(1)),
        e: func.boolOr(o.id.gt(1)),
        f: func.stddev(o.amount),
        g: func.variance(o.amount),
      }),
    'select avg(amount) as a, min(id) as b, max(created_at) as c, bool_and(id > $1) as d, bool_or(id > $2) as e, stddev_samp(amount) as f, var_samp(amount) as g from orders',
    [1, 1],
  )
  golden(
    'ordered and hypothetical sets',
    () =>
      select({
        a: func.percentileCont(0.5).withinGroup(o.amount),
        b: func.percentileCont([0.25, 0.75]).withinGroup(o.amount.desc()),
        c: func.percentileDisc(0.9).withinGroup(o.status),
        d: func.mode().withinGroup(o.status),
        e: func.rank(100, 'new').withinGroup(o.amount.desc(), o.status),
      }),
    'select percentile_cont($1::double precision) within group (order by amount) as a, percentile_cont($2::double precision[]) within group (order by amount desc) as b, percentile_disc($3::double precision) within group (order by status) as c, mode() within group (order by status) as d, rank($4, $5) within group (order by amount desc, status) as e from orders',
    [0.5, [0.25, 0.75], 0.9, 100, 'new'],
  )
})

describe('order, distinct, limit, lock', () => {
  golden(
    'directions and NULLs',
    () => select(o.id).orderBy(o.note, o.note.desc(), o.note.desc().nullsLast(), asc(o.note).nullsFirst(), desc(o.id)),
    'select id from orders order by note, note desc, note desc nulls last, note nulls first, id desc',
  )
  golden(
    'a label is ordered by its name',
    () => {
      const total = func.sum(o.amount).as('total')
      return select(o.customerId, total).groupBy(o.customerId).orderBy(total.desc(), o.customerId)
    },
    'select customer_id, sum(amount) as total from orders group by customer_id order by total desc, customer_id',
  )
  golden(
    'a column is not taken for the label of its name',
    () => select({ amount: func.abs(o.amount) }).orderBy(o.amount),
    'select abs(amount) as amount from orders order by orders.amount',
  )
  golden(
    'DISTINCT',
    () => select(o.status, o.customerId).distinct().orderBy(o.customerId.desc()),
    'select distinct status, customer_id from orders order by customer_id desc',
  )
  golden(
    'DISTINCT ON',
    () => select(o.customerId, o.amount).distinctOn(o.customerId).orderBy(o.customerId, o.createdAt.desc()),
    'select distinct on (customer_id) customer_id, amount from orders order by customer_id, created_at desc',
  )
  golden(
    'LIMIT and OFFSET',
    () => select(o.id).orderBy(o.id).limit(10).offset(20),
    'select id from orders order by id limit $1 offset $2',
    [10, 20],
  )
  golden(
    'FOR UPDATE',
    () => select(Order).where(o.id.eq(1)).forUpdate({ skipLocked: true }),
    'select id, customer_id, amount, status, note, created_at from orders where id = $1 for update skip locked',
    [1],
  )
  golden(
    'FOR SHARE OF',
    () =>
      select(o.id)
        .join(Customer)
        .forShare({ of: [Customer], noWait: true }),
    'select orders.id from orders join customers on orders.customer_id = customers.id for share of customers nowait',
  )
})

describe('subqueries as values and conditions', () => {
  golden(
    'EXISTS reads the row around it',
    () => select(Customer).where(exists(select(o.id).where(o.customerId.eq(c.id), o.amount.gt(1000)))),
    'select id, email, region, tags, created_at from customers where exists (select orders.id from orders where orders.customer_id = customers.id and orders.amount > $1)',
    [1000],
  )
  golden(
    'a scalar subquery',
    () => select({ id: c.id, n: select(func.count()).from(o).where(o.customerId.eq(c.id)).scalar() }),
    'select id, (select count(*) from orders where orders.customer_id = customers.id) as n from customers',
  )
  golden(
    'a scalar subquery in a condition',
    () => select(o.id).where(o.amount.gt(select(func.avg(o.amount)).scalar())),
    'select id from orders where amount > (select avg(orders.amount) from orders)',
  )
})

describe('templates', () => {
  golden(
    'in a list',
    () => select({ year: sql<number>`extract(year from ${o.createdAt})` }),
    'select extract(year from created_at) as year from orders',
  )
  golden(
    'stand in parentheses beside an operator',
    () => select(o.id).where(sql<boolean>`${o.id} > ${1} or true`, sql<number>`${o.id} + ${2}`.gt(3)),
    'select id from orders where (id > $1 or true) and (id + $2) > $3',
    [1, 2, 3],
  )
  golden(
    'keep their parts whole',
    () => select({ x: sql`${o.amount.add(1)} * ${o.id}` }),
    'select (amount + $1) * id as x from orders',
    [1],
  )
  golden(
    'identifier, join, raw',
    () =>
      sql`select ${sql.join([sql.identifier('id'), sql.raw('1 as one')])} from ${sql.identifier('public', 'orders')} where id in (${sql.join([1, 2])})`,
    'select id, 1 as one from public.orders where id in ($1, $2)',
    ['1', '2'].map(Number),
  )
  golden(
    'whole statements',
    () =>
      sql`select ${o.id} from ${Order} where ${o.status} = ${'paid'} and exists ${select(c.id).where(c.id.eq(o.customerId))}`,
    'select orders.id from orders where orders.status = $1 and exists (select customers.id from customers where customers.id = orders.customer_id)',
    ['paid'],
  )
  golden(
    'windows and aggregates',
    () =>
      select({
        a: sql<number>`sum(${o.amount})`.aggregate().over({ partitionBy: o.status }),
        b: sql`ntile(2) over ()`.window(),
      }),
    'select sum(amount) over (partition by status) as a, ntile(2) over () as b from orders',
  )
})
