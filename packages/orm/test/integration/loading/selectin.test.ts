// selectinload: one statement per relationship and level, whatever the number of objects.
import { expect, it } from '@jest/globals'
import { joinedload, selectinload } from '@oriel/orm'
import { entity, select, sql, types } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { ann, bo, openShop } from '../../fixture/filled-shop.ts'
import { Category, Country, Customer, Order, OrderLine, Parcel, Player, Product } from '../../fixture/shop.ts'

const c = entity(Customer)
const o = entity(Order)
const l = entity(OrderLine)
const p = entity(Product)
const k = entity(Category)

const orderColumns = 'created_at, id, customer_id, amount, status'

describeLane('selectinload', (lane) => {
  const shop = openShop(lane)

  it('SEMANTICS 29: loads a graph of four levels by one statement per level', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const customers = await session
      .scalars(
        select(Customer).orderBy(c.email).options(selectinload(c.orders).selectinload(o.lines).selectinload(l.parcels)),
      )
      .all()
    expect(recorder.take()).toEqual([
      'select created_at, id, email, country_code from customers order by email',
      `select ${orderColumns} from orders where customer_id = any ($1)`,
      'select order_id, line, product_sku from order_lines where order_id = any ($1) order by line',
      'select parcel.id, parcel.order_id, parcel.line_number from parcel join unnest($1::integer[], $2::smallint[]) as owner_keys(order_id, line_number) on parcel.order_id = owner_keys.order_id and parcel.line_number = owner_keys.line_number',
    ])
    expect(customers.map((customer) => customer.orders.map(({ id }) => id).sort())).toEqual([[1, 2, 3, 4], [5, 6], []])
    const orders = customers.flatMap((customer) => customer.orders)
    expect(orders.map((order) => [order.id, order.lines.map(({ line }) => line)]).sort()).toEqual([
      [1, [1]],
      [2, [1, 2]],
      [3, []],
      [4, [1]],
      [5, [1, 2]],
      [6, []],
    ])
    const parcels = orders.flatMap(({ lines }) => lines).map(({ line, parcels }) => [line, parcels.length])
    expect(parcels.sort()).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
      [2, 0],
      [2, 0],
    ])
    expect(recorder.take()).toEqual([])
  })

  it('asks for the keys of all parents once, as one array', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    await session.scalars(select(Customer).orderBy(c.email).options(selectinload(c.orders))).all()
    expect(recorder.takeAll().at(-1)?.params).toHaveLength(1)
  })

  it('sends nothing for no parents, and nothing below a level without members', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const none = select(Customer).where(c.email.eq('nobody'))
    expect(await session.scalars(none.options(selectinload(c.orders).selectinload(o.lines))).all()).toEqual([])
    expect(recorder.take()).toHaveLength(1)
    const cyOnly = select(Customer).where(c.email.eq('cy@x.io'))
    const [cy] = await session.scalars(cyOnly.options(selectinload(c.orders).selectinload(o.lines))).all()
    expect(cy?.orders).toEqual([])
    expect(recorder.take()).toHaveLength(2)
  })

  it.each([{ limit: 1 }, { limit: 2 }, { limit: 2, offset: 1 }, { offset: 3 }, { limit: 0 }, { limit: 100 }])(
    'counts %p per parent in one statement, as a model in JavaScript does',
    async (page) => {
      const { sessions, recorder } = shop()
      await using session = sessions.open()
      const all = await session.scalars(select(Order).orderBy(o.createdAt.desc())).all()
      const model = new Map([ann, bo].map((id) => [id, all.filter((order) => order.customerId === id)]))
      recorder.take()
      const customers = await session
        .scalars(
          select(Customer).options(selectinload(c.orders, (order) => ({ orderBy: order.createdAt.desc(), ...page }))),
        )
        .all()
      expect(recorder.take()).toHaveLength(2)
      for (const customer of customers) {
        const { limit = Number.POSITIVE_INFINITY, offset = 0 }: { limit?: number; offset?: number } = page
        expect(customer.orders).toEqual((model.get(customer.id) ?? []).slice(offset, offset + limit))
      }
    },
  )

  it('writes a limit per parent as one window over all parents', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    await session
      .scalars(
        select(Customer).options(
          selectinload(c.orders, (order) => ({
            where: order.status.eq('paid'),
            orderBy: [order.createdAt.desc(), order.id],
            limit: 1,
          })),
        ),
      )
      .all()
    expect(recorder.take()[1]).toBe(
      'select created_at, id, customer_id, amount, status from (select created_at, id, customer_id, amount, status, row_number() over (partition by customer_id order by created_at desc, id) as qualified_6 from orders where customer_id = any ($1) and status = $2) as qualified where qualified_6 <= $3 order by created_at desc, id',
    )
  })

  it('loads a reference once for all that share it, and from the session where its transaction has read it', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    await session.begin()
    recorder.take()
    const orders = await session.scalars(select(Order).orderBy(o.id).options(selectinload(o.customer))).all()
    const [, customers] = recorder.takeAll()
    expect(customers?.text).toBe('select created_at, id, email, country_code from customers where id = any ($1)')
    expect(orders[0]?.customer).toBe(orders[3]?.customer)
    expect(orders[5]?.customer.email).toBe('bo@x.io')
    await session.scalars(select(Order).options(selectinload(o.customer))).all()
    expect(recorder.take()).toHaveLength(1)
    await session.commit()
    await session.scalars(select(Order).options(selectinload(o.customer))).all()
    expect(recorder.take().filter((text) => text.includes('from customers'))).toHaveLength(1)
  })

  it('gives null where the key is null, and goes on behind references', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    await session.begin()
    recorder.take()
    const customers = await session.scalars(select(Customer).orderBy(c.email).options(selectinload(c.country))).all()
    expect(customers.map(({ country }) => country?.name ?? null)).toEqual(['Germany', 'France', null])
    expect(recorder.take()).toHaveLength(2)
    const lines = await session
      .scalars(select(OrderLine).options(selectinload(l.order).selectinload(o.customer).selectinload(c.country)))
      .all()
    expect(new Set(lines.map(({ order }) => order.customer.country?.code))).toEqual(new Set(['de', 'fr']))
    // Customers and countries are known already.
    expect(recorder.take()).toHaveLength(2)
  })

  it('loads one-to-one from the side without the key', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const customers = await session.scalars(select(Customer).orderBy(c.email).options(selectinload(c.profile))).all()
    expect(recorder.take()[1]).toBe('select customer_id from profiles where customer_id = any ($1)')
    expect(customers.map(({ profile }) => profile?.customerId ?? null)).toEqual([ann, null, null])
    expect(customers[0]?.profile?.customer).toBe(customers[0])
    expect(recorder.take()).toEqual([])
  })

  it('loads many-to-many through its table, and through an entity', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const products = await session
      .scalars(select(Product).orderBy(p.sku).options(selectinload(p.tags), selectinload(p.countries)))
      .all()
    expect(recorder.take().slice(1)).toEqual([
      'select tags.id, tags.names, product_tags.product_sku from tags join product_tags on product_tags.tag_id = tags.id where product_tags.product_sku = any ($1)',
      'select countries.code, countries.name, offers.sku from countries join offers on offers.country_code = countries.code where offers.sku = any ($1)',
    ])
    const shown = products.map(({ sku, tags, countries }) => [
      sku,
      tags.map(({ id }) => id).sort(),
      countries.map(({ code }) => code).sort(),
    ])
    expect(shown).toEqual([
      ['axe', [1, 2], ['de', 'fr']],
      ['nail', [1], []],
      ['saw', [], ['fr']],
    ])
    expect(products[0]?.tags.find(({ id }) => id === 1)).toBe(products[1]?.tags[0])
  })

  it('counts per parent through an association too', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const products = await session
      .scalars(
        select(Product)
          .orderBy(p.sku)
          .options(selectinload(p.tags, (tag) => ({ orderBy: tag.id.desc(), limit: 1 }))),
      )
      .all()
    expect(products.map(({ tags }) => tags.map(({ id }) => id))).toEqual([[2], [1], []])
    expect(recorder.take()).toHaveLength(2)
  })

  it('loads what refers to itself, level by level', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const roots = await session
      .scalars(
        select(Category)
          .where(k.parentId.isNull())
          .options(selectinload(k.children).selectinload(k.children).selectinload(k.children)),
      )
      .all()
    expect(recorder.take()).toHaveLength(4)
    const shown = (list: readonly Category[]): unknown[] =>
      [...list].sort((a, b) => a.id - b.id).map(({ id, children }) => [id, ...shown(children)])
    const [root] = roots
    expect([root?.id, root?.children.map(({ id, children }) => [id, children.map((child) => child.id)])]).toEqual([
      1,
      [
        [2, [4]],
        [3, []],
      ],
    ])
    expect(root?.children[0]?.parent).toBe(root)
    const players = await session
      .scalars(
        select(Player)
          .orderBy(entity(Player).id)
          .options(selectinload(entity(Player).rivals)),
      )
      .all()
    expect(players.map(({ rivals }) => rivals.map(({ id }) => id).sort())).toEqual([[2, 3], [3], []])
    expect(shown([])).toEqual([])
  })

  it('gives one object to all loaders of a session', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const [customer] = await session
      .scalars(
        select(Customer)
          .where(c.id.eq(ann))
          .options(selectinload(c.orders).selectinload(o.customer), selectinload(c.country)),
      )
      .all()
    expect(customer?.orders.every((order) => order.customer === customer)).toBe(true)
    const country = await session.getOne(Country, 'de')
    expect(customer?.country).toBe(country)
  })

  it('loads several relationships from one place, and joins behind a level in that level’s statement', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const orders = await session
      .scalars(
        select(Order)
          .orderBy(o.id)
          .options(selectinload(o.lines).options(joinedload(l.product).selectinload(p.tags), selectinload(l.parcels))),
      )
      .all()
    const sent = recorder.take()
    expect(sent).toHaveLength(4)
    expect(sent[1]).toBe(
      'select order_lines.order_id, order_lines.line, order_lines.product_sku, order_lines_product.sku from order_lines left join products as order_lines_product on order_lines_product.sku = order_lines.product_sku where order_lines.order_id = any ($1) order by order_lines.line',
    )
    expect(orders[1]?.lines.map(({ product }) => [product.sku, product.tags.length])).toEqual([
      ['saw', 0],
      ['axe', 2],
    ])
  })

  it('sends siblings one behind the other before anything below them', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const statement = select(Customer)
      .orderBy(c.email)
      .options(selectinload(c.orders).selectinload(o.lines), selectinload(c.profile), selectinload(c.country))
    const customers = await session.scalars(statement).all()
    const tables = recorder.take().map((text) => / from (\w+)/.exec(text)?.[1])
    // The lines are asked for when the orders are there: by then their siblings stand in the connection's queue.
    expect(tables).toEqual(['customers', 'orders', 'profiles', 'countries', 'order_lines'])
    const counts = customers.map(({ orders, profile, country }) => [orders.length, profile !== null, country?.code])
    expect(counts).toEqual([
      [4, true, 'de'],
      [2, false, 'fr'],
      [0, false, undefined],
    ])
  })

  it('load() borrows one connection for siblings, and gives it back when one of them fails', async () => {
    const { sessions, recorder, engine } = shop()
    await using session = sessions.open()
    const customers = await session.scalars(select(Customer).orderBy(c.email)).all()
    recorder.take()
    const failing = selectinload(c.profile, () => ({ where: sql`1 / (length('x') - 1) = 1`.returns(types.boolean()) }))
    await expect(session.load(customers, c.country, failing, c.orders)).rejects.toThrow('division by zero')
    expect(recorder.take().map((text) => / from (\w+)/.exec(text)?.[1])).toEqual(['countries', 'orders'])
    expect(engine.pool.stats().inUse).toBe(0)
    await session.load(customers, c.country, c.orders)
    expect(customers.map(({ orders }) => orders.length)).toEqual([4, 2, 0])
  })

  it('has keys of several columns in both directions', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const parcels = await session.scalars(select(Parcel).options(selectinload(entity(Parcel).line))).all()
    expect(parcels).toHaveLength(8)
    for (const { line, orderId, lineNumber } of parcels)
      expect([line.orderId, line.line]).toEqual([orderId, lineNumber])
    expect(recorder.take()).toHaveLength(2)
  })

  it('works in rows of several items, as tuples and as objects', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const tuples = await session
      .execute(select(Order, c.email).join(o.customer).orderBy(o.id).options(selectinload(o.lines)))
      .all()
    expect(tuples.map(([order, email]) => [order.lines.length, email])[4]).toEqual([2, 'bo@x.io'])
    const objects = await session
      .execute(
        select({ order: Order, email: c.email })
          .join(o.customer)
          .orderBy(o.id)
          .options(selectinload(o.lines), joinedload(o.customer)),
      )
      .all()
    expect(Object.keys(objects[0] ?? {})).toEqual(['order', 'email'])
    expect(objects.map(({ order, email }) => [order.lines.length, email, order.customer.email])[4]).toEqual([
      2,
      'bo@x.io',
      'bo@x.io',
    ])
  })
})
