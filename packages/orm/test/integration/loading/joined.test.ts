// joinedload and containsEager: relationships in the same statement, by our join or by the user's.
import { expect, it } from '@jest/globals'
import { createEngine } from '@oriel/engine'
import { containsEager, joinedload, selectinload, sessionFactory } from '@oriel/orm'
import { aliased, CompileError, entity, func, select } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { openShop } from '../../fixture/filled-shop.ts'
import { Category, Customer, Order, OrderLine, Product, Profile, shop as registry } from '../../fixture/shop.ts'

const c = entity(Customer)
const o = entity(Order)
const l = entity(OrderLine)
const p = entity(Product)
const k = entity(Category)

describeLane('joinedload', (lane) => {
  const shop = openShop(lane)

  it('joins references under names of their own, chains too', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const orders = await session
      .scalars(
        select(Order)
          .where(o.id.lte(2))
          .orderBy(o.id)
          .options(joinedload(o.customer, { innerJoin: true }).joinedload(c.country)),
      )
      .all()
    expect(recorder.take()).toEqual([
      'select orders.created_at, orders.id, orders.customer_id, orders.amount, orders.status, orders_customer.created_at, orders_customer.id, orders_customer.email, orders_customer.country_code, customers_country.code, customers_country.name from orders join customers as orders_customer on orders_customer.id = orders.customer_id left join countries as customers_country on customers_country.code = orders_customer.country_code where orders.id <= $1 order by orders.id',
    ])
    expect(orders.map(({ customer }) => customer.country?.name)).toEqual(['Germany', 'Germany'])
    expect(orders[0]?.customer).toBe(orders[1]?.customer)
  })

  it('an inner join behind an outer one is an outer one, which keeps the rows that the first one keeps', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const inner = joinedload(c.profile).joinedload(entity(Profile).customer, { innerJoin: true })
    const customers = await session.scalars(select(Customer).orderBy(c.email).options(inner)).all()
    expect(recorder.take()[0]).toContain(
      'left join profiles as customers_profile on customers_profile.customer_id = customers.id left join customers as',
    )
    expect(customers.map(({ profile }) => profile?.customer.email)).toEqual(['ann@x.io', undefined, undefined])
  })

  it('never meets the user’s own joins', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const other = aliased(Customer, 'orders_customer')
    const orders = await session
      .scalars(
        select(Order)
          .join(o.customer)
          .join(other, other.id.ne(o.customerId))
          .where(c.email.eq('bo@x.io'), other.email.eq('ann@x.io'))
          .orderBy(o.id)
          .options(joinedload(o.customer)),
      )
      .all()
    expect(orders.map(({ id, customer }) => [id, customer.email])).toEqual([
      [5, 'bo@x.io'],
      [6, 'bo@x.io'],
    ])
  })

  it('SEMANTICS 28: gives each parent of a joined collection once', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const orders = await session.scalars(select(Order).orderBy(o.id.desc()).options(joinedload(o.lines))).all()
    expect(recorder.take()).toHaveLength(1)
    expect(orders.map(({ id, lines }) => [id, lines.map(({ line }) => line)])).toEqual([
      [6, []],
      [5, [1, 2]],
      [4, [1]],
      [3, []],
      [2, [1, 2]],
      [1, [1]],
    ])
    expect(orders[1]?.lines[0]?.order).toBe(orders[1])
  })

  it('keeps LIMIT and OFFSET on the parents, page by page', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const page = async (offset: number) =>
      (
        await session
          .scalars(select(Order).orderBy(o.createdAt.desc(), o.id).limit(2).offset(offset).options(joinedload(o.lines)))
          .all()
      ).map(({ id, lines }) => [id, lines.length])
    expect(await page(0)).toEqual([
      [6, 0],
      [5, 2],
    ])
    expect(await page(2)).toEqual([
      [4, 1],
      [3, 0],
    ])
    expect(await page(4)).toEqual([
      [2, 2],
      [1, 1],
    ])
    expect(await page(6)).toEqual([])
    expect(recorder.take()[0]).toBe(
      'select parents.created_at, parents.id, parents.customer_id, parents.amount, parents.status, orders_lines.order_id, orders_lines.line, orders_lines.product_sku from (select created_at, id, customer_id, amount, status, created_at as order_1, id as order_2 from orders order by created_at desc, id limit $1 offset $2) as parents left join order_lines as orders_lines on orders_lines.order_id = parents.id order by parents.order_1 desc, parents.order_2, orders_lines.line',
    )
  })

  it('leaves LIMIT where it is for references', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    await session.scalars(select(Order).orderBy(o.id).limit(2).options(joinedload(o.customer))).all()
    expect(recorder.take()[0]).not.toContain('parents')
  })

  it('joins around what is grouped, distinct, windowed or locked', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const grouped = await session
      .execute(
        select(Order, func.count(l.line))
          .leftJoin(o.lines)
          .groupBy(o.id)
          .having(func.count(l.line).gt(0))
          .orderBy(func.count(l.line).desc(), o.id)
          .options(joinedload(o.customer)),
      )
      .all()
    expect(grouped.map(([order, lines]) => [order.id, lines, order.customer.email])).toEqual([
      [2, 2, 'ann@x.io'],
      [5, 2, 'bo@x.io'],
      [1, 1, 'ann@x.io'],
      [4, 1, 'ann@x.io'],
    ])
    const newest = await session
      .scalars(
        select(Order)
          .topN(1, { per: o.customerId, orderBy: o.createdAt.desc() })
          .orderBy(o.id)
          .options(joinedload(o.lines)),
      )
      .all()
    expect(newest.map(({ id, lines }) => [id, lines.length])).toEqual([
      [4, 1],
      [6, 0],
    ])
    const locked = await session.scalars(select(Order).where(o.id.eq(5)).forUpdate().options(joinedload(o.lines))).all()
    expect(locked.map(({ lines }) => lines.length)).toEqual([2])
    await session.rollback()
  })

  it('joins many-to-many, and what refers to itself', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const products = await session.scalars(select(Product).orderBy(p.sku).options(joinedload(p.tags))).all()
    expect(products.map(({ tags }) => tags.length)).toEqual([2, 1, 0])
    const categories = await session
      .scalars(select(Category).orderBy(k.id).options(joinedload(k.parent).joinedload(k.parent)))
      .all()
    expect(categories.map(({ parent }) => parent?.id ?? null)).toEqual([null, 1, 1, 2])
    expect(categories[3]?.parent?.parent?.id).toBe(1)
    expect(recorder.take()).toHaveLength(2)
  })

  it('goes on by selectinload behind a join', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const lines = await session
      .scalars(
        select(OrderLine)
          .orderBy(l.orderId, l.line)
          .options(joinedload(l.order).joinedload(o.customer).selectinload(c.orders)),
      )
      .all()
    expect(lines[0]?.order.customer.orders).toHaveLength(4)
    expect(recorder.take()).toHaveLength(2)
  })

  it('SEMANTICS 6: warns of collections side by side, and names selectinload', async () => {
    const { sessions, engine } = shop()
    await using session = sessions.open()
    const warnings: { code: string; message: string }[] = []
    engine.on('warning', ({ code, message }) => warnings.push({ code, message }))
    const crowded = select(Product).options(joinedload(p.tags), joinedload(p.offers))
    const products = await session.scalars(crowded).all()
    expect(products.find(({ sku }) => sku === 'axe')).toMatchObject({ tags: [{}, {}], offers: [{}, {}] })
    expect(warnings).toEqual([
      {
        code: 'joined-collections',
        message:
          'Collections joined side by side give every combination of their members: Product.tags, Product.offers. Load all but one with selectinload().',
      },
    ])
    await session.scalars(crowded.allow('joined-collections').where(p.sku.eq('axe'))).all()
    await session.scalars(select(Order).options(joinedload(o.lines).joinedload(l.parcels))).all()
    await session.scalars(select(Product).options(joinedload(p.tags), selectinload(p.offers))).all()
    expect(warnings).toHaveLength(1)
  })
})

describeLane('joinedload under strict', (lane) => {
  it('SEMANTICS 6: refuses collections side by side where warnings are errors', async () => {
    const strict = createEngine(lane().driver, { strict: true })
    const session = sessionFactory(strict, { registry }).open()
    const crowded = select(Product).options(joinedload(p.tags), joinedload(p.offers))
    await expect(session.scalars(crowded).all()).rejects.toThrow(CompileError)
    await session.close()
    await strict.close()
  })
})

describeLane('rows with values beside their entities', (lane) => {
  const shop = openShop(lane)

  it('keep their number and their values, whatever is joined to the entities', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    const parents = select(Product, o.customerId)
      .join(l, l.productSku.eq(p.sku))
      .join(o, o.id.eq(l.orderId))
      .where(p.sku.in(['axe', 'nail']))
      .orderBy(p.sku, o.customerId)
    const bare = (await session.execute(parents).all()).map(([{ sku }, customer]) => [sku, customer])
    expect(new Set(bare.map(String)).size).toBeLessThan(bare.length)
    recorder.take()
    const rows = await session.execute(parents.options(joinedload(p.tags))).all()
    expect(rows.map(([{ sku }, customer]) => [sku, customer])).toEqual(bare)
    expect(rows.find(([{ sku }]) => sku === 'axe')?.[0].tags).toHaveLength(2)
    expect(recorder.take()).toHaveLength(1)
    const objects = await session
      .execute(
        select({ product: Product, customer: o.customerId })
          .join(l, l.productSku.eq(p.sku))
          .join(o, o.id.eq(l.orderId))
          .where(p.sku.in(['axe', 'nail']))
          .orderBy(p.sku, o.customerId)
          .options(joinedload(p.tags)),
      )
      .all()
    expect(objects.map(({ product, customer }) => [product.sku, customer])).toEqual(bare)
    expect(Object.keys(objects[0] ?? {})).toEqual(['product', 'customer'])
  })

  it('keep it under DISTINCT, groups, limits and locks too', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const joined = select(Order, func.coalesce(l.productSku, 'none')).leftJoin(o.lines).orderBy(o.id)
    const orders = async (statement: typeof joined) =>
      (await session.execute(statement.options(joinedload(o.lines))).all()).map(([{ id, lines }]) => [id, lines.length])
    expect(await orders(joined)).toEqual([
      [1, 1],
      [2, 2],
      [2, 2],
      [3, 0],
      [4, 1],
      [5, 2],
      [5, 2],
      [6, 0],
    ])
    expect(await orders(joined.where(o.id.lte(2)).limit(2))).toEqual([
      [1, 1],
      [2, 2],
    ])
    const distinct = select(Order, o.amount.mul('0')).leftJoin(o.lines).distinct().orderBy(o.id)
    const once = await session.execute(distinct.options(joinedload(o.lines))).all()
    expect(once.map(([{ id }]) => id)).toEqual([1, 2, 3, 4, 5, 6])
    const counted = await session
      .execute(
        select(Order, func.count(l.line))
          .leftJoin(o.lines)
          .groupBy(o.id, l.line)
          .orderBy(o.id)
          .options(joinedload(o.lines)),
      )
      .all()
    expect(counted.map(([{ id }, lines]) => [id, lines])).toEqual([
      [1, 1],
      [2, 1],
      [2, 1],
      [3, 0],
      [4, 1],
      [5, 1],
      [5, 1],
      [6, 0],
    ])
    const locked = await session
      .execute(
        select(Order, c.email)
          .join(o.customer)
          .where(o.id.in([2, 5]))
          .orderBy(o.id)
          .forUpdate()
          .options(joinedload(o.lines)),
      )
      .all()
    expect(locked.map(([order, email]) => [order.id, order.status, email, order.lines.length])).toEqual([
      [2, 'paid', 'ann@x.io', 2],
      [5, 'new', 'bo@x.io', 2],
    ])
    await session.rollback()
  })

  it('are those of the statement where the join is the user’s', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const rows = await session
      .execute(select(Customer, o.status).join(c.orders).orderBy(c.email, o.id).options(containsEager(c.orders)))
      .all()
    expect(rows.map(([{ email, orders }, status]) => [email, orders.length, status])).toEqual([
      ['ann@x.io', 4, 'new'],
      ['ann@x.io', 4, 'paid'],
      ['ann@x.io', 4, 'new'],
      ['ann@x.io', 4, 'paid'],
      ['bo@x.io', 2, 'new'],
      ['bo@x.io', 2, 'paid'],
    ])
    const own = await session
      .execute(select(Customer, c.email).join(c.orders).orderBy(c.email).options(containsEager(c.orders)))
      .all()
    expect(own.map(([, email]) => email)).toEqual(['ann@x.io', 'bo@x.io'])
  })
})

describeLane('containsEager', (lane) => {
  const shop = openShop(lane)

  it('reads the user’s own join, to one and to many', async () => {
    const { sessions, recorder } = shop()
    await using session = sessions.open()
    recorder.take()
    const orders = await session
      .scalars(
        select(Order).join(o.customer).where(c.email.eq('bo@x.io')).orderBy(o.id).options(containsEager(o.customer)),
      )
      .all()
    expect(recorder.take()).toEqual([
      'select orders.created_at, orders.id, orders.customer_id, orders.amount, orders.status, customers.created_at, customers.id, customers.email, customers.country_code from orders join customers on orders.customer_id = customers.id where customers.email = $1 order by orders.id',
    ])
    expect(orders.map(({ id, customer }) => [id, customer.email])).toEqual([
      [5, 'bo@x.io'],
      [6, 'bo@x.io'],
    ])
    const customers = await session
      .scalars(
        select(Customer)
          .join(c.orders)
          .where(o.status.eq('paid'))
          .orderBy(c.email, o.id)
          .options(containsEager(c.orders).joinedload(o.customer)),
      )
      .all()
    expect(customers.map(({ email, orders: paid }) => [email, paid.map(({ id }) => id)])).toEqual([
      ['ann@x.io', [2, 4]],
      ['bo@x.io', [6]],
    ])
  })

  it('takes the attributes of the join that is meant, and refuses to guess', async () => {
    const { sessions } = shop()
    await using session = sessions.open()
    const mother = aliased(Category, 'mother')
    const grandmother = aliased(Category, 'grandmother')
    const both = select(Category)
      .leftJoin(mother, mother.id.eq(k.parentId))
      .leftJoin(grandmother, grandmother.id.eq(mother.parentId))
      .orderBy(k.id)
    const categories = await session
      .scalars(both.options(containsEager(k.parent, mother).containsEager(k.parent, grandmother)))
      .all()
    expect(categories.map(({ parent }) => parent?.id ?? null)).toEqual([null, 1, 1, 2])
    await expect(session.scalars(both.options(containsEager(k.parent))).all()).rejects.toThrow(
      /joins Category several times/,
    )
    await expect(session.scalars(select(Order).options(containsEager(o.customer))).all()).rejects.toThrow(
      /containsEager\(Order.customer\): the statement does not join Customer/,
    )
  })
})
