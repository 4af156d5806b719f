// What the types let through, or judge too hard: each line is here on purpose, the list of known gaps.
import { type Connection, entity, func, insert, literal, select, sql, union, update } from 'oriel'
import { Customer, Order, User } from './model.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)

// A date is held as text, so text takes a span of time: refused where the statement is built.
c.email.add({ days: 1 })
// A text column beside an exact number: the database refuses it.
c.email.eq(o.amount)
// What has any key at all is taken for an exact number beside one: the database refuses it.
o.id.eq(sql<Record<string, unknown>>`'{}'::jsonb`)
// A tag with a given type cannot infer the kind of what it embeds.
select(o.id).where(sql<boolean>`sum(${o.amount}) > 1`)
// c is not in FROM: found when compiling.
select(o.id).where(c.id.eq(1))
// id is neither grouped nor aggregated: the database says so.
select(o.id).groupBy(o.customerId)
// A numeric is a string.
update(Order).set({ amount: 'abc' })
// No ORDER BY: a warning when compiling.
func.firstValue(o.amount).over({})
// A value for an identity column.
insert(User).values({ email: 'x', status: 'gone', id: 5 })
// No ON: right for relationships, wrong for classes.
select({ a: o.amount, b: c.email }).leftJoin(c)
// A key of rollup without a source: null in the totals, which its type does not show.
select({ year: sql<number>`extract(year from ${o.createdAt})` }).groupBy(
  func.rollup(sql`extract(year from ${o.createdAt})`),
)

// Legal SQL, refused here: a union of integer and bigint columns.
// error: is not assignable
union(select({ x: o.id }), select({ x: literal(1n) }))
// Legal SQL, refused here: a date is text to the compiler, so it cannot tell days from an interval. Cast one of them.
// error: is not assignable to parameter of type
sql<string>`date '2024-01-02'`.sub(sql<string>`date '2024-01-01'`)
