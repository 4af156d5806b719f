// SEMANTICS 4: what an expression's value is held as. Every line that must compile has neighbours that must not.
import {
  Column,
  type Connection,
  caseWhen,
  Entity,
  entity,
  func,
  type Generated,
  type Insertable,
  type Interval,
  insert,
  literal,
  type Numeric,
  PrimaryKey,
  select,
  sql,
  types as t,
  update,
} from 'oriel'
import { Customer, Order, OrderItem } from './model.ts'
import { is } from './same.ts'

@Entity()
export class Sale {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) qty!: number
  @Column(t.double().nullable()) rate!: number | null
  @Column(t.bigint()) views!: bigint
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.numeric(12, 2).nullable()) tax!: Numeric | null
  @Column(t.text()) note!: string
  @Column(t.date()) day!: string
  @Column(t.timestamptz()) at!: Date
  @Column(t.timestamptz().nullable()) paidAt!: Date | null
  @Column(t.interval()) took!: Interval
  @Column(t.jsonb<Record<string, unknown>>()) data!: Record<string, unknown>
}

declare const connection: Connection
const s = entity(Sale)
const o = entity(Order)
const c = entity(Customer)
const i = entity(OrderItem)

export async function numbers(): Promise<void> {
  const q = select({
    a: s.amount.mul(s.qty),
    b: s.qty.mul(s.amount),
    c: func.sum(s.amount).div(func.count()),
    d: func.sum(s.qty).div(func.count()),
    e: s.qty.add(s.views),
    f: s.views.sub(s.qty),
    g: s.views.mul(s.amount),
    h: s.qty.add(s.tax),
    i: s.tax.add(1),
    j: s.qty.mul(1.5),
    k: func.avg(s.views).sub(1),
  })
  is<{
    a: Numeric
    b: Numeric
    c: Numeric | null
    d: number | null
    e: number
    f: bigint
    g: Numeric
    h: Numeric | null
    i: Numeric | null
    j: number
    k: Numeric | null
  }>()(await connection.execute(q).one())
  s.amount.gt(s.qty)
  s.qty.lt(s.amount)
  s.amount.between(s.qty, 100)
  s.views.eq(s.amount)
  s.amount.in(select(s.qty))
  // error: arithmetic needs a number, bigint, Numeric, date or interval
  s.note.add(1)
  // error: arithmetic needs a number, bigint, Numeric, date or interval
  s.note.mul(2)
  // error: is not assignable to parameter of type
  s.note.sub(s.note)
  // error: is not assignable to parameter of type
  s.amount.add(s.note)
  // error: is not assignable to parameter of type
  s.amount.gt(s.note)
  // error: is not assignable to parameter of type
  s.qty.add('1')
  // error: is not assignable to parameter of type
  func.sum(s.note)
  // error: is not assignable to parameter of type
  func.avg(s.note)
  // error: is not assignable to parameter of type
  func.abs(s.note)
  // error: is not assignable to parameter of type
  func.stddev(s.note)
  // error: is not assignable to parameter of type
  func.variance(s.note)
  // error: is not assignable to parameter of type
  func.round(s.note)
}

export async function times(): Promise<void> {
  const q = select({
    a: s.at.sub(s.at),
    b: s.at.sub(s.paidAt),
    c: s.at.sub(new Date()),
    d: s.at.sub({ days: 1 }),
    e: s.at.add(s.took),
    f: s.day.add({ days: 1 }),
    g: s.took.mul(2),
    h: s.took.div(s.qty),
    i: func.avg(s.at.sub(s.at)),
    j: s.took.add({ hours: 1 }),
  })
  is<{
    a: Interval
    b: Interval | null
    c: Interval
    d: Date
    e: Date
    f: string
    g: Interval
    h: Interval
    i: Interval | null
    j: Interval
  }>()(await connection.execute(q).one())
  // error: is not assignable to parameter of type
  s.at.add(s.at)
  // error: arithmetic needs a number, bigint, Numeric, date or interval
  s.at.mul(2)
  // error: is not assignable to parameter of type
  s.took.mul(s.took)
  // error: is not assignable to parameter of type
  s.day.add(1)
}

export function texts(): void {
  s.note.like('a%')
  s.note.contains('a')
  func.lower(s.note)
  func.upper(c.region)
  func.stringAgg(s.note, ',')
  s.amount.cast(t.text()).like('1%')
  // error: a numeric is no text: write .cast(t.text())
  s.amount.like('1%')
  // error: a numeric is no text: write .cast(t.text())
  s.tax.ilike('1%')
  // error: a numeric is no text: write .cast(t.text())
  s.amount.startsWith('1')
  // error: is not assignable to parameter of type
  s.amount.contains('1')
  // error: a numeric is no text: write .cast(t.text())
  func.lower(s.amount)
  // error: a numeric is no text: write .cast(t.text())
  func.upper(s.tax)
  // error: a numeric is no text: write .cast(t.text())
  func.length(s.amount)
  // error: a numeric is no text: write .cast(t.text())
  func.stringAgg(s.amount, ',')
}

export async function choices(): Promise<void> {
  const q = select({
    a: func.coalesce(s.rate, s.qty),
    b: func.coalesce(s.tax, s.qty),
    c: func.coalesce(s.rate, s.amount),
    d: func.coalesce(s.rate, 1.5),
    e: func.coalesce(s.tax, 0),
    f: func.greatest(s.qty, s.amount),
    g: func.least(s.tax, s.amount),
    h: func.coalesce(o.status, c.email),
    i: caseWhen(s.qty.gt(1), s.qty).else(s.amount),
    j: caseWhen(s.qty.gt(1), s.amount).else(0),
    k: caseWhen(s.qty.gt(1), s.qty).when(s.qty.gt(2), s.views).else(1.5),
    l: caseWhen(s.qty.gt(1), s.amount),
    m: caseWhen(s.qty.gt(1), null).else(s.qty),
    n: func.nullif(s.qty, s.amount),
    p: func.lag(s.qty, 1, s.amount).over({ orderBy: s.id }),
    r: func.lead(s.amount, 1, 0).over({ orderBy: s.id }),
    q: func.lag(o.status, 1, c.email).over({ orderBy: s.id }),
  })
  is<{
    a: number
    b: Numeric
    c: Numeric
    d: number
    e: Numeric
    f: Numeric
    g: Numeric | null
    h: string
    i: Numeric
    j: Numeric
    k: number
    l: Numeric | null
    m: number | null
    n: number | null
    p: Numeric
    r: Numeric
    q: string
  }>()(await connection.execute(q).one())
  // error: is not assignable to parameter of type
  func.coalesce(s.qty, s.note)
  // error: is not assignable to parameter of type
  func.greatest(s.amount, s.note)
  // error: is not assignable to parameter of type
  func.nullif(s.qty, 'a')
}

export async function nulls(): Promise<void> {
  const w = { orderBy: s.id }
  const q = select({
    a: s.note.notIn(select(c.region)),
    b: s.note.in(select(c.email)),
    c: s.note.in(['a']),
    d: c.region.in(select(c.email)),
    e: func.firstValue(s.qty).over('w'),
    f: func.lastValue(s.qty).over(w),
    g: func.nthValue(s.qty, 2).over(w),
    h: func.lastValue(s.qty).over({ ...w, rows: [1, 2] }),
  })
  is<{
    a: boolean | null
    b: boolean
    c: boolean
    d: boolean | null
    e: number | null
    f: number
    g: number | null
    h: number | null
  }>()(await connection.execute(q).one())
  // error: is not assignable to parameter of type
  s.note.notIn(select(s.qty))
  // error: is not assignable to type
  s.note.in([1])
  // error: is not assignable to type
  s.note.in(['a', null])
}

export async function gathered(): Promise<void> {
  const names = select({ id: o.id, names: func.arrayAgg(c.email) }).groupBy(o.id)
  is<{ id: number; names: string[] | null }>()(await connection.execute(names.join(c, c.id.eq(o.customerId))).one())
  const absent = names.leftJoin(c, c.id.eq(o.customerId))
  is<{ id: number; names: (string | null)[] | null }>()(await connection.execute(absent).one())
  const inside = absent.cte('inside')
  is<{ names: (string | null)[] | null }>()(await connection.execute(select({ names: inside.c.names })).one())
  const some = select({ names: func.coalesce(func.arrayAgg(c.email), []) }).leftJoin(c, c.id.eq(o.customerId))
  is<{ names: (string | null)[] }>()(await connection.execute(some).one())
}

export async function totals(): Promise<void> {
  const list = { customer: o.customerId, status: o.status, n: func.count(), sum: func.sum(i.qty) }
  is<{ customer: number; status: 'new' | 'paid'; n: number; sum: number | null }>()(
    await connection.execute(select(list).groupBy(o.customerId, o.status)).one(),
  )
  const expected = is<{ customer: number | null; status: 'new' | 'paid' | null; n: number; sum: number | null }>()
  expected(await connection.execute(select(list).groupBy(func.rollup(o.customerId, o.status))).one())
  expected(await connection.execute(select(list).groupBy(func.cube(o.customerId, o.status))).one())
  expected(await connection.execute(select(list).groupBy(func.groupingSets([o.customerId], [o.status], []))).one())
  const beside = select({ customer: o.customerId, region: c.region, email: c.email })
  is<{ customer: number; region: string | null; email: string | null }>()(
    await connection.execute(beside.groupBy(o.customerId, func.rollup(c.region, c.email))).one(),
  )
  select(Order).groupBy((x) => x.status)
  // error: no window or aggregate in GROUP BY
  select({ n: func.count() }).groupBy(func.count())
}

export function templates(): void {
  is<number>()(sql`extract(epoch from ${s.at})`.returns(t.double())['~type'])
  is<Numeric>()(sql<number>`sum(${s.amount})`.returns(t.numeric())['~type'])
  is<string | null>()(sql`${s.note}`.returns(t.text().nullable())['~type'])
  sql`1.5`.returns(t.numeric()).add(s.qty)
  // error: is not assignable to parameter of type
  sql`1.5`.returns('numeric')
  // error: is not assignable to parameter of type
  sql`'a'`.returns(t.text()).gt(1)
}

export function documents(): void {
  // Whatever has any key at all is no number.
  insert(Sale).values({ ...given, data: { a: 1 } })
  update(Sale).set({ data: {} })
  // error: is not assignable to type
  update(Sale).set({ data: 1 })
  // error: is not assignable to parameter of type
  s.data.add(1)
}

declare const given: Omit<Insertable<Sale>, 'data'>

export function kinds(): void {
  // The hints do not get lost on the way through a common type.
  // error: no window or aggregate here: wrap it in a CTE or subquery and filter outside
  select(s.id).where(func.sum(s.qty).div(func.count()).gt(1))
  // error: no window or aggregate here: wrap it in a CTE or subquery and filter outside
  select(s.id).where(func.coalesce(s.qty, func.sum(s.qty)).gt(1))
  select({ x: literal(1).add(s.qty), y: sql<number>`1`.add(s.qty) })
}
