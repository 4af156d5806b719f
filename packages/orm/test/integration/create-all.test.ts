// createAll and dropAll of the whole fixture model, against a real server: what the catalogue says is what was mapped.

import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createEngine } from '@oriel/engine'
import { createAll, dropAll } from '@oriel/orm'
import { insert, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Category, Country, Customer, Order, Player, shop, Team } from '../fixture/shop.ts'

describeLane('createAll and dropAll', (lane) => {
  let engine: ReturnType<typeof createEngine>
  const one = (text: ReturnType<typeof sql>) => engine.execute(text.columns([t.text()])).all()
  const constraints = () =>
    one(sql`select conname || ' ' || contype::text from pg_constraint where connamespace = 'public'::regnamespace
      and contype in ('c', 'f', 'p', 'u') order by 1`)

  beforeAll(() => {
    engine = createEngine(lane().driver)
  })
  afterAll(() => engine.close())

  it('create every table with its keys, constraints and indexes under the names that were given', async () => {
    await createAll(engine, { registry: shop })
    const tables = await one(sql`select tablename from pg_tables where schemaname = 'public'`)
    expect(tables.map(([name]) => name).sort()).toEqual(shop.tables.map(({ name }) => name).sort())
    const mapped = shop.tables.flatMap((table) => [
      `${table.primaryKey?.name} p`,
      ...table.uniques.map(({ name }) => `${name} u`),
      ...table.foreignKeys.map(({ name }) => `${name} f`),
      ...table.checks.map(({ name }) => `${name} c`),
    ])
    expect((await constraints()).map(([constraint]) => constraint).sort()).toEqual(mapped.sort())
    const indexes = await one(
      sql`select indexdef from pg_indexes where indexname = 'orders_customer_id_created_at_idx'`,
    )
    expect(indexes).toEqual([
      ['CREATE INDEX orders_customer_id_created_at_idx ON public.orders USING btree (customer_id, created_at DESC)'],
    ])
  })

  it('leave what is there alone where that is asked, and fail as one where it is not', async () => {
    const before = await constraints()
    await createAll(engine, { registry: shop, ifNotExists: true })
    expect(await constraints()).toEqual(before)
    await expect(createAll(engine, { registry: shop })).rejects.toThrow(
      /"order_status" already exists[\s\S]*createAll\(engine, \{ ifNotExists: true \}\)/,
    )
  })

  it('make tables that take and give the mapped values', async () => {
    await engine.execute(insert(Country).values({ code: 'NO', name: "Norge's" }))
    const [customer] = await engine
      .execute(insert(Customer).values({ email: 'a@b.c', countryCode: 'NO' }).returning(Customer))
      .one()
    expect(customer.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(customer.createdAt).toBeInstanceOf(Date)
    const [order] = await engine
      .execute(insert(Order).values({ customerId: customer.id, amount: '1.50' }).returning(Order))
      .one()
    expect({ id: order.id, status: order.status, total: order.total() }).toEqual({ id: 1, status: 'new', total: 1.5 })
    await expect(engine.execute(insert(Order).values({ customerId: customer.id, amount: '-1' }))).rejects.toMatchObject(
      {
        code: 'ORIEL_CHECK_VIOLATION',
        constraint: 'orders_amount_check',
      },
    )
    await engine.execute(insert(Category).values([{ parentId: null }, { parentId: 1 }]))
    expect(await engine.execute(select(Category).orderBy((c) => c.id)).all()).toEqual([
      [{ id: 1, parentId: null }],
      [{ id: 2, parentId: 1 }],
    ])
  })

  it('take circles of tables', async () => {
    await engine.execute(insert(Team).values({ leaderId: null }))
    await engine.execute(insert(Player).values({ teamId: 1 }))
    await expect(engine.execute(insert(Player).values({ teamId: 9 }))).rejects.toMatchObject({
      constraint: 'players_team_id_fkey',
    })
  })

  it('drop everything, once', async () => {
    await dropAll(engine, { registry: shop })
    expect(await one(sql`select tablename from pg_tables where schemaname = 'public'`)).toEqual([])
    expect(await one(sql`select typname from pg_type where typname = 'order_status'`)).toEqual([])
    await dropAll(engine, { registry: shop, ifExists: true })
    await expect(dropAll(engine, { registry: shop })).rejects.toThrow('does not exist')
  })
})
