// Rows in bulk: typed from the entity, checked when they are handed to the session.
import { Readable } from 'node:stream'
import {
  type BulkReport,
  bulkInsert,
  bulkUpdate,
  bulkUpsert,
  entity,
  type Numeric,
  type Session,
  type StandardSchema,
  sql,
} from 'oriel'
import { Order, Product, User } from './model.ts'
import { is } from './same.ts'

declare const session: Session
declare const text: string
declare const schema: StandardSchema<{ email: string; status: 'active' }>
const o = entity(Order)
const u = entity(User)
const order = { customerId: 1, amount: '1.50', status: 'new', createdAt: new Date() } as const

// What fits: generated properties may be left out, exact numbers are generous.
is<BulkReport>()(await session.bulk(bulkInsert(Order, [order, { ...order, id: 7, amount: 2 }])))
session.bulk(bulkInsert(Order, [{ customerId: 1, amount: 1n, status: 'paid', createdAt: new Date() }]))
session.bulk(bulkUpsert(Order, new Set([order])).conflictOn(o.id))
session.bulk(bulkUpdate(Order, [{ id: 1, status: 'paid' }]))
async function* orders() {
  yield order
}
session.bulk(bulkInsert(Order, orders()))
session.bulk(bulkInsert(Order, Readable.from([order])))
session.bulk(bulkInsert(Order, new ReadableStream<typeof order>()))
session.bulk(
  bulkUpsert(Order, [order])
    .conflictOn(o.id)
    .update(({ excluded, current }) => ({ amount: excluded.amount.add(current.amount) }))
    .updateWhere(({ excluded, current }) => excluded.createdAt.gt(current.createdAt))
    .duplicates('last', { within: 'batch' })
    .batchSize(100)
    .onProgress((p) => is<number>()(p.received)),
)

// What comes back.
const { rows, inserted } = await session.bulk(bulkInsert(Order, [order]).returning({ id: o.id, amount: o.amount }))
is<readonly { id: number; amount: Numeric }[]>()(rows)
is<number | null>()(inserted)
session.bulk(
  bulkUpdate(Order, [{ id: 1 }])
    .returning(o.id, Order)
    .onRows((batch) => is<readonly [number, Order][]>()(batch)),
)

// A schema makes of anything the rows that are written.
const unknown: Iterable<unknown> = JSON.parse(text)
session.bulk(bulkInsert(User, unknown).validate(schema, { onReject: (_row, issues) => issues.map((i) => i.property) }))

// What the compiler cannot see is checked when it comes.
// biome-ignore lint/suspicious/noExplicitAny: what a file gives
const anything: Iterable<any> = JSON.parse(text)
session.bulk(bulkInsert(User, anything))
session.bulk(bulkInsert(User, JSON.parse(text)))
session.bulk(bulkUpsert(User, JSON.parse(text)).conflictOn(entity(User).email))
session.bulk(bulkUpdate(User, JSON.parse(text)))

// error: RowsLack<
// error: "email"
// error: "status"
session.bulk(bulkInsert(User, unknown))
// error: RowsLack<"amount">
session.bulk(bulkInsert(Order, [{ customerId: 1, status: 'new', createdAt: new Date() }]))
// error: RowsHaveMore<"amuont">
session.bulk(bulkUpsert(Order, [{ ...order, amuont: 1 }]))
// error: RowsHaveMore<"amuont">
session.bulk(bulkInsert(Order, [order, { ...order, amuont: 1 }]))
// error: RowsHaveOtherTypes<"amount">
session.bulk(bulkInsert(Order, [{ ...order, amount: true }]))
// error: RowsHaveOtherTypes<"status">
session.bulk(bulkInsert(Order, [{ ...order, status: 'lost' }]))
// error: RowsHaveOtherTypes<"amount">
session.bulk(bulkInsert(Order, [{ ...order, amount: sql`1` }]))
// error: RowsHaveMore<"customer">
session.bulk(bulkInsert(Order, [{ ...order, customer: null }]))
// error: RowsHaveMore<"colour">
session.bulk(bulkUpdate(Product, [{ id: 1, colour: 'red' }]))
// error: RowsHaveMore<
// error: "email"
// error: "status"
session.bulk(bulkInsert(Product, unknown).validate(schema))
// error: is not assignable to parameter of type
bulkUpsert(User, [{ email: 'a', status: 'gone' }]).conflictOn(o.id)
// error: '"emial"' is not assignable
bulkUpsert(User, [{ email: 'a', status: 'gone' }]).update(['emial'])
// error: not a column of the entity
bulkUpsert(User, [{ email: 'a', status: 'gone' }]).update(({ excluded }) => ({ emial: excluded.email }))
// error: is not assignable to type
bulkUpsert(User, [{ email: 'a', status: 'gone' }]).update(() => ({ email: 7 }))
// error: Property 'conflictOn' does not exist
bulkInsert(User, [{ email: 'a', status: 'gone' }]).conflictOn(u.email)
// error: '"copy"' is not assignable to parameter of type 'BulkStrategy'
bulkInsert(User, [{ email: 'a', status: 'gone' }]).strategy('copy')
