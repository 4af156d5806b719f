// Without a session, constraint errors speak the model too: the statement knows its entities.
import { beforeAll, describe, expect, it } from '@jest/globals'
import { createAll, DatabaseError, deleteFrom, entity, insert, sql, update } from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { Customer, day, fillShop, Order } from '../fixture/shop.ts'

const engine = await freshEngine()
const [o, c] = [entity(Order), entity(Customer)]

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

async function refusal(statement: Parameters<typeof engine.execute>[0]): Promise<DatabaseError> {
  const error: unknown = await engine.execute(statement).catch((refused: unknown) => refused)
  if (error instanceof DatabaseError) return error
  throw new TypeError(`not refused: ${String(error)}`)
}

describe('SEMANTICS 42: an engine’s constraint errors', () => {
  it('name entity, property and value of a unique key', async () => {
    const error = await refusal(insert(Customer).values({ email: 'ann@x.io' }))
    expect(error.message).toContain('Customer.email "ann@x.io" is already taken (constraint customers_email_key)')
    expect(error).toMatchObject({ entity: 'Customer', property: 'email', value: 'ann@x.io' })
  })

  it('name both sides of a foreign key, the other one by what it is related to', async () => {
    const missing = await refusal(
      insert(Order).values({ customerId: 999, amount: '1', status: 'new', createdAt: day(1) }),
    )
    expect(missing.message).toContain('Order.customer 999 does not exist in Customer')
    const held = await refusal(deleteFrom(Customer).where(c.id.eq(1)))
    expect(held.message).toContain('Customer.id 1 is still referenced by Order.customer')
    expect(held).toMatchObject({ entity: 'Customer', property: 'id' })
  })

  it('name the property that must not be null, in a CTE too', async () => {
    const nothing = sql<number>`null`
    expect((await refusal(update(Order).set({ customerId: nothing }).where(o.id.eq(1)))).message).toContain(
      'Order.customer',
    )
    expect((await refusal(update(Order).set({ createdAt: sql<Date>`null` }).where(o.id.eq(1)))).message).toContain(
      'Order.createdAt must not be null',
    )
    const changed = update(Order)
      .set({ createdAt: sql<Date>`null` })
      .where(o.id.eq(1))
      .returning({ id: o.id })
      .cte('changed')
    expect((await refusal(sql`select * from ${changed}`)).message).toContain('Order.createdAt must not be null')
  })

  it('name tables and columns where the statement names no entity', async () => {
    const error = await refusal(sql`insert into customers (email) values ('ann@x.io')`)
    expect(error.message).toContain('customers.email "ann@x.io" is already taken')
    expect(error.entity).toBeUndefined()
  })
})
