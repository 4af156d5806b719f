// Attributes and expressions: every form of the reference, with the rows that it selects.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  and,
  caseWhen,
  createAll,
  DataError,
  type Expression,
  entity,
  func,
  type Kind,
  literal,
  not,
  or,
  type RowCondition,
  select,
  sql,
  types as t,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { Customer, day, fillShop, Order } from '../fixture/shop.ts'

const engine = await freshEngine()
const o = entity(Order)
const c = entity(Customer)
const parent = aliased(Order, 'parent')

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

const orders = (condition: RowCondition) => engine.execute(select(o.id).where(condition).orderBy(o.id)).scalars().all()
const customers = (condition: RowCondition) =>
  engine.execute(select(c.id).where(condition).orderBy(c.id)).scalars().all()
const value = <T, K extends Kind, S>(expression: Expression<T, K, S>) =>
  engine
    .execute(select(expression).from(o).where(o.id.eq(2)))
    .scalars()
    .one()

describe('comparisons', () => {
  it('take values of the column and other expressions', async () => {
    expect(await orders(o.amount.gt('100'))).toEqual([5])
    expect(await orders(o.amount.gte(40))).toEqual([2, 5, 6])
    expect(await orders(o.amount.lt(20n))).toEqual([1])
    expect(await orders(o.amount.lte('20.00'))).toEqual([1, 4])
    expect(await orders(o.amount.eq('40'))).toEqual([2, 6])
    expect(await orders(o.status.ne('paid'))).toEqual([1, 5, 6])
    expect(await orders(o.status.in(['new', 'paid']))).toHaveLength(6)
    expect(await orders(o.id.notIn([1, 2, 3]))).toEqual([4, 5, 6])
    expect(await orders(o.id.in([]))).toEqual([])
    expect(await orders(o.id.notIn([]))).toHaveLength(6)
    expect(await orders(o.createdAt.between(day(2), day(4)))).toEqual([2, 3, 4])
    expect(await orders(o.customerId.eq(o.id))).toEqual([1])
  })

  it('take null as IS NULL', async () => {
    expect(await customers(c.region.eq(null))).toEqual([2])
    expect(await customers(c.region.ne(null))).toEqual([1, 3])
    expect(await customers(c.region.isNull())).toEqual([2])
    expect(await customers(c.region.isNotNull())).toEqual([1, 3])
    expect(await customers(c.region.isDistinctFrom('EU'))).toEqual([2, 3])
    expect(await customers(c.region.isDistinctFrom(null))).toEqual([1, 3])
  })

  it('refuse undefined, and null in a list', () => {
    const nothing: never = undefined as never
    expect(() => o.id.eq(nothing)).toThrow(/Order\.id/)
    expect(() => o.id.in([1, nothing])).toThrow(/Order\.id, element 2/)
    expect(() => c.region.in(['EU', null as never])).toThrow(/isNull\(\)/)
  })

  it('go by patterns, taken literally but for like', async () => {
    expect(await customers(c.email.like('%n%@x.io'))).toEqual([1])
    expect(await customers(c.email.ilike('ANN%'))).toEqual([1])
    expect(await customers(c.email.startsWith('bo'))).toEqual([2])
    expect(await customers(c.email.endsWith('.io'))).toEqual([1, 2, 3])
    expect(await customers(c.email.contains('@x'))).toEqual([1, 2, 3])
    expect(await customers(c.email.contains('%'))).toEqual([])
    expect(await customers(c.email.startsWith('___'))).toEqual([])
  })
})

describe('logic', () => {
  it('puts conditions together', async () => {
    expect(await orders(and(o.status.eq('paid'), o.amount.gt(20)))).toEqual([2, 3])
    expect(await orders(or(o.id.eq(1), and(o.id.gt(4), not(o.status.eq('paid')))))).toEqual([1, 5, 6])
    expect(await orders(not(or(o.status.eq('paid'), o.id.eq(1))))).toEqual([5, 6])
    expect(await orders(and())).toHaveLength(6)
    expect(await orders(or())).toEqual([])
  })
})

describe('arithmetic', () => {
  it('keeps exact numbers exact, and the precedence of the calls', async () => {
    expect(await value(o.amount.add(o.amount).mul(2))).toBe('160.00')
    expect(await value(o.amount.add(o.amount.mul(2)))).toBe('120.00')
    expect(await value(o.amount.sub('0.01'))).toBe('39.99')
    expect(await value(o.amount.sub(o.amount.sub(1)))).toBe('1.00')
    expect(Number(await value(o.amount.div(3)))).toBeCloseTo(13.333333, 5)
    expect(await value(o.id.add(1).mul(3))).toBe(9)
    expect(await value(o.id.sub(-1))).toBe(3)
  })

  it('moves dates by intervals', async () => {
    expect(await value(o.createdAt.add({ days: 7 }))).toEqual(day(9))
    expect(await value(o.createdAt.sub({ hours: 24 }))).toEqual(day(1))
  })

  it('is refused on text', () => {
    expect(() => Reflect.apply(Reflect.get(o.status, 'add'), o.status, [1])).toThrow(ArgumentError)
  })
})

describe('relationships', () => {
  it('ask by has and any', async () => {
    expect(await orders(o.customer.has((c) => c.region.eq('EU')))).toEqual([1, 2, 4, 6])
    expect(await orders(o.customer.has())).toHaveLength(6)
    expect(await orders(o.items.any((i) => i.qty.gt(1)))).toEqual([1])
    expect(await orders(o.items.any())).toEqual([1, 2])
    expect(await orders(not(o.items.any()))).toEqual([3, 4, 5, 6])
    expect(await customers(c.orders.any((x) => x.items.any((i) => i.product.eq('saw'))))).toEqual([1])
  })
})

describe('aliases', () => {
  it('put a table beside itself', async () => {
    expect(
      await engine
        .execute(select(o.id, parent.id).join(parent, o.customerId.eq(parent.id)).where(o.id.lt(4)).orderBy(o.id))
        .all(),
    ).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ])
  })
})

describe('sql``', () => {
  it('is an expression with its type, and its values are parameters', async () => {
    expect(await value(sql<number>`extract(epoch from ${o.createdAt})`)).toBe(day(2).getTime() / 1000)
    const hostile = `x'; drop table orders; --`
    const statement = select({ text: sql<string>`${hostile}::text` })
      .from(o)
      .limit(1)
    expect(statement.toSQL().text).not.toContain('drop')
    expect(statement.toSQL().params).toContain(hostile)
    expect(await engine.execute(statement.allow('limit-without-order')).all()).toEqual([{ text: hostile }])
  })

  it('is read by the type that it returns, else by the type that the server says', async () => {
    const half = sql`1.5::numeric`
    expect(await value(half)).toBe('1.5')
    expect(await value(half.returns(t.double()))).toBe(1.5)
    expect(await value(half.returns(t.numeric()))).toBe('1.5')
    expect(await value(half.returns(t.numeric()).add(1))).toBe('2.5')
    expect(await value(sql<bigint>`count(*) over ()`.window())).toBe(1n)
    expect(await value(sql`count(*)`.returns(t.integer()).aggregate())).toBe(1)
    expect(await value(sql`${null}::text`.returns(t.text().nullable()))).toBeNull()
    await expect(value(half.returns(t.integer()))).rejects.toThrow(DataError)
    expect(() => Reflect.apply(half.returns, half, ['integer'])).toThrow(/takes a type/)
  })

  it('holds an extract as a number, alone and in comparisons', async () => {
    const moment = day(2)
    expect(
      await value(sql<number>` EXTRACT( year FROM (${o.createdAt} + (${o.createdAt} - ${moment}::timestamptz)) ) `),
    ).toBe(2024)
    expect(await orders(sql<number>`extract(day from ${o.createdAt})`.gt(4))).toEqual([5, 6])
    expect(await value(sql<boolean>`extract(day from ${o.createdAt}) > extract(day from ${moment}::timestamptz)`)).toBe(
      false,
    )
    expect(await value(sql<string>`extract(day from ${o.createdAt}) || '(x)'`)).toBe('2(x)')
  })

  it('is not a function', () => {
    expect(() => Reflect.apply(sql, undefined, ['select 1'])).toThrow(/template tag/)
  })

  it('takes fragments into fragments', async () => {
    const inner = sql<boolean>`${o.amount} > ${'30'}`
    expect(await orders(sql<boolean>`(${inner} and ${o.status} = ${'paid'})`)).toEqual([2])
    expect(await orders(sql<boolean>`${o.id} in (${sql.join([1, 3])})`)).toEqual([1, 3])
    expect(await engine.execute(sql`select ${sql.identifier('id')} from ${Order} order by 1`).all()).toHaveLength(6)
  })
})

describe('values that stand alone', () => {
  it('are literals and cases', async () => {
    expect(await value(literal('a'))).toBe('a')
    expect(await value(literal(1.5))).toBe(1.5)
    expect(await value(literal(true))).toBe(true)
    expect(await value(literal(null))).toBeNull()
    expect(await value(literal(day(3)))).toEqual(day(3))
    expect(await value(caseWhen(o.amount.gt(30), 'big').when(o.amount.gt(10), 'middle').else('small'))).toBe('big')
    expect(await value(caseWhen(o.amount.gt(3000), o.amount))).toBeNull()
    expect(await value(func.coalesce(func.nullif(o.amount, '40'), '0.5'))).toBe('0.5')
  })
})
