// What cannot be written is refused by a flush, in the names of the model; whether an object was changed can be asked all the same.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import {
  Column,
  createAll,
  Entity,
  ManyToMany,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryKey,
  Registry,
  type Session,
  type SessionFactory,
  selectinload,
  sessionFactory,
} from '@oriel/orm'
import { entity, type Generated, insert, type Many, type One, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'

const registry = new Registry()

@Entity({ registry, table: 'customers' })
class Customer {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) name!: string
  @OneToMany(() => Order, 'customer') orders!: Many<Order>
  @OneToOne(() => Card, { inverse: 'customer' }) card!: One<Card, 'id'> | null
  @ManyToMany(() => Tag, { through: 'customer_tags' }) tags!: Many<Tag>
}

@Entity({ registry, table: 'orders' })
class Order {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) customerId!: number
  @Column(t.timestamptz()) createdAt!: Date
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
}

@Entity({ registry, table: 'cards' })
class Card {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) customerId!: number
  @OneToOne(() => Customer, 'customerId') customer!: One<Customer>
}

@Entity({ registry, table: 'tags' })
class Tag {
  @PrimaryKey(t.integer()) id!: number
}

const c = entity(Customer)

describeLane('a value that cannot be written', (lane) => {
  let engine: Engine
  let sessions: SessionFactory
  let session: Session
  let customer: Customer
  let order: Order

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    sessions = sessionFactory(engine, { registry })
  })
  afterAll(() => engine.close())
  beforeEach(async () => {
    await engine.execute(sql`truncate customers, orders, cards, tags, customer_tags restart identity`)
    await engine.execute(insert(Customer).values({ name: 'Ann' }))
    await engine.execute(insert(Order).values({ customerId: 1, createdAt: new Date(0) }))
    await engine.execute(insert(Card).values({ customerId: 1 }))
    session = sessions.open()
    customer = await session
      .scalars(select(Customer).options(selectinload(c.orders), selectinload(c.card), selectinload(c.tags)))
      .one()
    order = await session.getOne(Order, 1)
  })
  afterEach(() => session.close())

  const note = { text: 'no entity' }
  const misfits: Readonly<Record<string, readonly [() => void, string]>> = {
    'a plain object in a collection': [
      () => Reflect.set(customer.orders, 1, note),
      'Customer.orders takes an object of a mapped class, got Object.',
    ],
    'a plain object as a reference': [
      () => Reflect.set(order, 'customer', note),
      'Order.customer takes an object of a mapped class, got Object.',
    ],
    'a plain object in a many-to-many': [
      () => Reflect.set(customer.tags, 0, note),
      'Customer.tags takes an object of a mapped class, got Object.',
    ],
    'another class in a collection': [
      () => Reflect.set(customer.orders, 1, new Tag()),
      'Customer.orders holds objects of Order, got one of Tag.',
    ],
    'another class as a reference': [
      () => Reflect.set(order, 'customer', new Tag()),
      'Order.customer holds objects of Customer, got one of Tag.',
    ],
    'another class in a many-to-many': [
      () => Reflect.set(customer.tags, 0, order),
      'Customer.tags holds objects of Tag, got one of Order.',
    ],
    'a text in a collection': [() => Reflect.set(customer.orders, 1, 'order'), 'Customer.orders holds objects'],
    'no collection': [() => Reflect.set(customer, 'orders', 7), 'Customer.orders is a collection and takes an array.'],
    null: [() => Reflect.set(customer, 'name', null), 'Customer.name of Customer 1 is null, and cannot be null.'],
    undefined: [() => Reflect.set(customer, 'name', undefined), 'Customer.name of Customer 1 is undefined.'],
    'a value of another type': [() => Reflect.set(order, 'createdAt', 'soon'), 'Order.createdAt'],
    'an invalid date': [() => Reflect.set(order, 'createdAt', new Date(Number.NaN)), 'Order.createdAt'],
  }

  it.each(Object.keys(misfits))('%s: changed, and refused by name', async (name) => {
    const [set, message] = misfits[name] ?? [() => undefined, '']
    expect(session.dirty.size).toBe(0)
    set()
    expect(session.dirty.size).toBe(1)
    expect(session.isModified(customer) || session.isModified(order)).toBe(true)
    await expect(session.flush()).rejects.toThrow(message)
  })

  it('a place that must not be empty is named, whether it is one of a collection or of one', async () => {
    customer.card = null
    await expect(session.flush()).rejects.toThrow(
      "Card 1 cannot be without customer: customerId cannot be null.\n  Delete it, or add 'delete-orphan' to the cascades of Customer.card.",
    )
  })
})
