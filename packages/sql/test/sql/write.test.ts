// INSERT, UPDATE, DELETE.
import { describe } from '@jest/globals'
import { deleteFrom, exists, func, insert, literal, or, select, sql, update } from '../../src/index.ts'
import { goldens } from '../golden.ts'
import { Customer, c, Order, o, shopSchema } from '../shop.ts'

const golden = goldens(`${shopSchema} insert into customers (email) values ('one@x.io')`)
const at = new Date('2024-01-01T00:00:00Z')
/** Types require every column; what is left out here has a default in the database. */
const partial = <E>(rows: object) => rows as E

describe('insert', () => {
  golden(
    'one row',
    () => insert(Customer).values(partial({ email: 'a', region: null })),
    'insert into customers (email, region) values ($1, null)',
    ['a'],
  )
  golden(
    'rows with different columns share a list, with DEFAULT in the gaps',
    () => insert(Customer).values(partial([{ email: 'a' }, { region: 'EU', email: 'b' }])),
    'insert into customers (email, region) values ($1, default), ($2, $3)',
    ['a', 'b', 'EU'],
  )
  golden(
    'expressions as values',
    () =>
      insert(Order).values(
        partial({ customerId: select(func.min(c.id)).scalar(), amount: literal(1).add(2), createdAt: func.now() }),
      ),
    'insert into orders (customer_id, amount, created_at) values ((select min(id) from customers), $1::integer + $2, now())',
    [1, 2],
  )
  golden(
    'returns columns and entities',
    () =>
      insert(Customer)
        .values(partial({ email: 'a' }))
        .returning({ id: c.id, upper: func.upper(c.email) }),
    'insert into customers (email) values ($1) returning id, upper(email) as upper',
    ['a'],
  )
  golden(
    'returns an entity',
    () =>
      insert(Order)
        .values(partial({ customerId: 1 }))
        .returning(Order),
    'insert into orders (customer_id) values ($1) returning id, customer_id, amount, status, note, created_at',
    [1],
  )
  golden(
    'from a query',
    () => insert(Order).fromSelect(['customerId', 'amount'], select(c.id, literal(5)).where(c.region.eq('EU'))),
    'insert into orders (customer_id, amount) select id, $1::integer from customers where region = $2',
    [5, 'EU'],
  )
  golden(
    'from a query of the same table',
    () => insert(Order).fromSelect(['customerId'], select(o.customerId).where(o.id.lt(0))),
    'insert into orders (customer_id) select customer_id from orders where id < $1',
    [0],
  )
})

describe('upsert', () => {
  const row = { id: 1, email: 'one@x.io', region: 'EU', tags: [], createdAt: at }
  const values = [1, 'one@x.io', 'EU', [], at]
  golden(
    'DO NOTHING',
    () => insert(Customer).values(row).onConflictDoNothing(),
    'insert into customers (id, email, region, tags, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
    values,
  )
  golden(
    'DO UPDATE from the row that was to be inserted',
    () =>
      insert(Customer)
        .values(row)
        .onConflictDoUpdate({
          target: c.email,
          set: ({ excluded, current }) => ({
            region: func.coalesce(excluded.region, current.region),
            createdAt: func.now(),
          }),
          where: c.region.ne(null),
        })
        .returning(c.id),
    `insert into customers (id, email, region, tags, created_at) values ($1, $2, $3, $4, $5)
    on conflict (email) do update set region = coalesce(excluded.region, customers.region), created_at = now() where customers.region is not null returning id`,
    values,
  )
  golden(
    'by a constraint',
    () =>
      insert(Customer)
        .values(row)
        .onConflictDoUpdate({ target: { constraint: 'customers_email_key' }, set: { region: 'US' } }),
    'insert into customers (id, email, region, tags, created_at) values ($1, $2, $3, $4, $5) on conflict on constraint customers_email_key do update set region = $6',
    [...values, 'US'],
  )
  golden(
    'by a composite key',
    () =>
      insert(Order)
        .values(partial({ customerId: 1, createdAt: at }))
        .onConflictDoUpdate({
          target: [o.customerId, o.createdAt],
          set: ({ current }) => ({ amount: current.amount.add(1) }),
        }),
    'insert into orders (customer_id, created_at) values ($1, $2) on conflict (customer_id, created_at) do update set amount = orders.amount + $3',
    [1, at, 1],
  )
})

describe('update', () => {
  golden(
    'SET and WHERE',
    () =>
      update(Order)
        .set({ status: 'paid', note: null, amount: o.amount.mul(2) })
        .where(o.id.eq(1)),
    'update orders set status = $1, note = null, amount = amount * $2 where id = $3',
    ['paid', 2, 1],
  )
  golden('everyRow', () => update(Order).set({ status: 'paid' }).everyRow(), 'update orders set status = $1', ['paid'])
  golden(
    'FROM',
    () =>
      update(Order)
        .set({ note: c.email })
        .from(Customer)
        .where(o.customerId.eq(c.id), c.region.eq('EU'))
        .returning({ id: o.id, email: c.email }),
    'update orders set note = customers.email from customers where orders.customer_id = customers.id and customers.region = $1 returning orders.id, customers.email',
    ['EU'],
  )
  golden(
    'a correlated subquery',
    () =>
      update(Customer)
        .set({ region: select(func.max(o.status)).where(o.customerId.eq(c.id)).scalar() })
        .where((x) => x.id.eq(1)),
    'update customers set region = (select max(orders.status) from orders where orders.customer_id = customers.id) where id = $1',
    [1],
  )
})

describe('delete', () => {
  golden(
    'WHERE',
    () => deleteFrom(Order).where(or(o.id.eq(1), o.status.eq('x'))),
    'delete from orders where id = $1 or status = $2',
    [1, 'x'],
  )
  golden(
    'USING',
    () => deleteFrom(Order).using(Customer).where(o.customerId.eq(c.id), c.region.eq(null)),
    'delete from orders using customers where orders.customer_id = customers.id and customers.region is null',
  )
  golden(
    'EXISTS',
    () => deleteFrom(Customer).where((x) => exists(select(o.id).where(o.customerId.eq(x.id)))),
    'delete from customers where exists (select orders.id from orders where orders.customer_id = customers.id)',
  )
  golden(
    'everyRow, with RETURNING',
    () => deleteFrom(Order).everyRow().returning(o.id),
    'delete from orders returning id',
  )
  golden(
    'a template as the condition',
    () => deleteFrom(Order).where(sql<boolean>`${o.note} is null or ${o.amount} > ${3}`),
    'delete from orders where note is null or amount > $1',
    [3],
  )
})
