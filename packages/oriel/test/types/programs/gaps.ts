// What the types let through, or judge too hard: each line is here on purpose, the list of known gaps.
import { type Connection, entity, func, insert, literal, select, sql, union, update } from 'oriel'
import { Customer, Order, User } from './model.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)

// Arithmetic on a text column: the database refuses it.
c.email.add(1)
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
// The array may hold nulls that its type does not show.
connection.execute(select({ names: func.arrayAgg(c.email) }).leftJoin(c, c.id.eq(o.customerId)))

// Legal SQL, refused here: compare exact with exact, or cast.
// error: is not assignable to parameter of type
o.id.eq(o.amount)
// Legal SQL, refused here: a union of integer and bigint columns.
// error: is not assignable
union(select({ x: o.id }), select({ x: literal(1n) }))
