// API.md section 3: the three row shapes, and what joins make of them.
import { type Connection, entity, func, type Numeric, select } from 'oriel'
import { Customer, Order } from './model.ts'
import { is } from './same.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)

export async function shapes(): Promise<void> {
  const done = await connection.execute(select(o.id))
  is<[number][]>()(done.all())
  is<number>()(done.rowCount)
  is<[Order, number][]>()(await connection.execute(select(Order, func.rank().over({ orderBy: o.amount.desc() }))).all())
  is<{ id: number; who: string | null }[]>()(
    await connection.execute(select({ id: o.id, who: c.email }).leftJoin(c, c.id.eq(o.customerId))).all(),
  )
  is<[number, Numeric] | null>()(await connection.execute(select(o.id, o.amount)).first())
  is<[Order][]>()(await connection.execute(select(o)).all())
}

export async function joins(): Promise<void> {
  const byRelationship = select({ order: Order, customer: Customer }).leftJoin(o.customer)
  is<{ order: Order; customer: Customer | null }[]>()(await connection.execute(byRelationship).all())
  is<[Order, Customer | null][]>()(await connection.execute(select(o, c).leftJoin(c, c.id.eq(o.customerId))).all())
  is<[Order | null, Customer][]>()(await connection.execute(select(o, c).rightJoin(c, c.id.eq(o.customerId))).all())
  is<[Order | null, Customer | null][]>()(
    await connection.execute(select(o, c).fullJoin(Customer, c.id.eq(o.customerId))).all(),
  )
  const absent = select({ n: func.count(c.id), s: func.sum(o.amount), no: c.id.isNull(), eq: c.region.eq('x') })
  is<{ n: number; s: Numeric | null; no: boolean; eq: boolean | null }[]>()(
    await connection.execute(absent.leftJoin(c, c.id.eq(o.customerId))).all(),
  )
}
