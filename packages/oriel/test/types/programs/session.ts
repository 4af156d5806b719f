// The session's public calls: what comes back, and what does not compile.
import {
  deleteFrom,
  type Engine,
  entity,
  inspect,
  type ObjectStatus,
  type Result,
  type Session,
  select,
  selectinload,
  sessionFactory,
  update,
} from 'oriel'
import { Customer, Order } from './model.ts'
import { is } from './same.ts'

declare const engine: Engine
declare const session: Session
const o = entity(Order)

export async function reads(): Promise<void> {
  is<Order | null>()(await session.get(Order, 1))
  is<Order>()(await session.getOne(Order, 1n))
  is<Order[]>()(await session.scalars(select(Order)).all())
  is<[Order][]>()(await session.execute(select(Order)).all())
  is<{ id: number }>()(await session.execute(select({ id: o.id })).one())
  is<Result<[number]>>()(await session.execute(select(o.id)))
  is<Order>()(await session.merge(await session.getOne(Order, 1)))
  await session.refresh(await session.getOne(Order, 1), ['amount', 'items'])
  session.expire(await session.getOne(Order, 1), ['customer'])
  await session.load(await session.getOne(Order, 1), o.items)
  is<Order[]>()(await session.find(Order).all())
  is<Order | null>()(
    await session
      .find(Order, (order) => ({ where: order.id.eq(1), orderBy: order.id, limit: 1 }), selectinload(o.items))
      .first(),
  )
  is<Customer>()(await session.find(Customer, (c) => ({ where: [c.id.eq(1), c.email.eq('x')] })).one())
  await session.scalars(select(Order), { populateExisting: true }).all()
  // error: 'amuont'
  await session.find(Order, (order) => ({ where: order.amuont.eq('1') })).all()
  // error: has no properties in common with type 'Filter'
  await session.find(Order, (order) => ({ wher: order.id.eq(1) })).all()
  // error: Customer
  await session.find(Order, undefined, selectinload(entity(Customer).orders)).all()
  // error: boolean
  await session.get(Order, true)
  // error: a key of several columns is an object of its properties
  await session.get(Order, [1, 2])
  // error: "amuont"
  await session.refresh(await session.getOne(Order, 1), ['amuont'])
  // error: "total2"
  session.expire(await session.getOne(Order, 1), ['total2'])
  // error: not assignable
  await session.get('Order', 1)
}

export function objects<E extends object>(order: Order, given: E, several: Iterable<object>): void {
  session.add(order)
  session.add(given)
  session.addAll(several)
  session.addAll([order, given])
  // error: a class: give an object of it
  session.add(Order)
  // error: a promise: await it first
  session.add(session.getOne(Order, 1))
  // error: an array: give its objects
  session.delete([order])
  // error: a promise: await it first
  session.addAll([session.getOne(Order, 1)])
  // error: an array: give its objects
  session.expunge([order] as const)
}

export async function streams(): Promise<void> {
  for await (const row of session.stream(select(Order))) is<[Order]>()(row)
  for await (const order of session.stream(select(Order)).scalars()) is<Order>()(order)
  for await (const batch of session.stream(select(Order), { yieldPer: 2000 }).partitions()) is<[Order][]>()(batch)
  for await (const batch of session.stream(select(Order)).scalars().partitions(50)) is<Order[]>()(batch)
  for await (const row of engine.stream(select({ id: o.id }))) is<{ id: number }>()(row)
  // error: must have a '[Symbol.asyncIterator]()'
  for await (const order of session.scalars(select(Order))) is<Order>()(order)
  // error: 'yieldPer' does not exist
  select(Order).yieldPer(2000)
  // error: 'yieldPr' does not exist
  session.stream(select(Order), { yieldPr: 2000 })
  // error: not assignable
  session.stream(select(Order), { identity: 'weak' })
  // error: 'all' does not exist
  await session.stream(select(Order)).all()
}

export async function writes(): Promise<void> {
  is<void>()(session.add(new Order()))
  session.addAll([new Order(), new Customer()])
  session.delete(new Order())
  is<ReadonlySet<object>>()(session.dirty)
  is<ObjectStatus>()(inspect(new Order()).state)
  await session.execute(update(Order).set({ amount: '1' }).where(o.id.eq(1)), { synchronizeSession: 'evaluate' })
  await session.execute(deleteFrom(Order).where(o.id.eq(1)), { synchronizeSession: false, timeoutMs: 100 })
  // error: "auto"
  await session.execute(deleteFrom(Order).where(o.id.eq(1)), { synchronizeSession: 'auto' })
  // error: Type 'string' is not assignable to type 'object'
  session.add('order')
  // error: Symbol.iterator
  session.addAll(new Order())
  // error: Cannot assign to 'dirty' because it is a read-only property
  session.dirty = new Set()
  // error: Property 'add' does not exist on type 'ReadonlySet<object>'
  session.new.add(new Order())
}

export async function transactions(): Promise<void> {
  const sessions = sessionFactory(engine, { expireOnCommit: true, identityMapWarnAt: 10 })
  is<number>()(await sessions.begin(async () => 1))
  is<Order>()(
    await sessions.begin(
      { isolation: 'serializable', retry: { attempts: 3 }, independent: true },
      async (own, { attempt }) => {
        is<number>()(attempt)
        return await own.getOne(Order, attempt)
      },
    ),
  )
  is<string>()(await session.nested(async () => 'x'))
  await session.begin({ readOnly: true })
  await using own = sessions.open({ isolation: 'repeatable read' })
  is<boolean>()(own.inTransaction)
  // error: 'autoflsh' does not exist in type 'SessionOptions'
  sessionFactory(engine, { autoflsh: true })
  // error: "dirty read"
  await session.begin({ isolation: 'dirty read' })
  // error: 'retries' does not exist in type
  await sessions.begin({ retries: 3 }, async () => 1)
  // error: not assignable
  await session.nested(() => 1)
  // error: 'retry' does not exist in type
  sessions.open({ retry: { attempts: 2 } })
}
