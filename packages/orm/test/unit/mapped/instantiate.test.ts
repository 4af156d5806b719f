// Objects from rows: no constructor, plain fields, and an error where something is not loaded.

import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Column, Entity, mapperOf, NotLoadedError, PrimaryKey, Registry } from '@oriel/orm'
import { types as t } from '@oriel/sql'
import { loopShell } from '../../../src/mapped/instantiate.ts'
import { Customer, Order, OrderLine, Profile } from '../../fixture/shop.ts'

const row = [new Date(0), 7, 'c-1', '1.50', 'new'] as const
const plain = { createdAt: new Date(0), id: 7, customerId: 'c-1', amount: '1.50', status: 'new' }

function loaded(): Order {
  const object = mapperOf(Order).instantiate(row)
  if (object instanceof Order) return object
  throw new Error('no Order')
}

describe('a loaded object', () => {
  it('is a plain instance: own enumerable fields in order of declaration, methods from its class', () => {
    const order = loaded()
    expect(Object.getPrototypeOf(order)).toBe(Order.prototype)
    expect(Object.entries(order)).toEqual(Object.entries(plain))
    expect(Reflect.ownKeys(order)).toEqual(Object.keys(plain))
    expect(order.total()).toBe(1.5)
    expect({ ...order }).toEqual(plain)
    expect(structuredClone(order)).toEqual(plain)
    expect(JSON.parse(JSON.stringify(order))).toEqual({ ...plain, createdAt: '1970-01-01T00:00:00.000Z' })
    expect(inspect(order).split('\n')).toEqual([
      'Order#7 {',
      '  createdAt: 1970-01-01T00:00:00.000Z,',
      "  customerId: 'c-1',",
      "  amount: '1.50',",
      "  status: 'new',",
      '  customer: [not loaded],',
      '  lines: [not loaded]',
      '}',
    ])
    expect(order).toEqual(plain)
  })

  it('runs neither constructor nor field initialisers', () => {
    let runs = 0
    @Entity()
    class Counted {
      @PrimaryKey(t.integer()) id!: number
      unmapped = ++runs
    }
    const object = new Registry({ entities: [Counted] }).mapperOf(Counted).instantiate([1])
    expect(runs).toBe(0)
    expect(Object.keys(object)).toEqual(['id'])
  })

  it('raises for a relationship that is not loaded, with entity, key and both ways out', () => {
    expect(() => loaded().customer).toThrow(NotLoadedError)
    expect(() => loaded().customer).toThrow(
      'Order.customer is not loaded (Order 7).\n  Ask for it in the statement: .options(selectinload(entity(Order).customer)), or load it: await session.load(order, entity(Order).customer).',
    )
    expect(() => loaded().lines).toThrow('Order.lines is not loaded (Order 7).')
    const line = mapperOf(OrderLine).instantiate([7, 2, 'sku'])
    expect(() => Reflect.get(line, 'order')).toThrow('OrderLine.order is not loaded (OrderLine (orderId 7, line 2)).')
  })

  it('raises for a deferred column', () => {
    const profile = mapperOf(Profile).instantiate(['c-1'])
    expect(() => Reflect.get(profile, 'biography')).toThrow(
      "Profile.biography is not loaded (Profile c-1).\n  Ask for it in the statement: .options(undefer(entity(Profile).biography)), or load it: await session.refresh(profile, ['biography']).",
    )
  })

  it('takes an assignment to a relationship as a plain field', () => {
    const order = loaded()
    const customer = new Customer()
    order.customer = customer
    expect(order.customer).toBe(customer)
    expect(Object.keys(order)).toEqual([...Object.keys(plain), 'customer'])
  })

  it('is told from a new one, and a copy of it is no loaded object', () => {
    const { isLoaded } = mapperOf(Order)
    expect(isLoaded(loaded())).toBe(true)
    expect(isLoaded(new Order())).toBe(false)
    expect(isLoaded({ ...loaded() })).toBe(false)
  })

  it('is the same without generated code', () => {
    const { isLoaded } = mapperOf(Order)
    const { instantiate } = loopShell({ entityClass: Order, fields: Object.keys(plain), construct: undefined })
    const order = instantiate(row)
    expect(order).toStrictEqual(loaded())
    expect(Object.keys(order)).toEqual(Object.keys(plain))
    expect(isLoaded(order)).toBe(true)
    expect(() => Reflect.get(order, 'customer')).toThrow(NotLoadedError)
  })
})

describe('a new object', () => {
  it('reads undefined for what was never set, and never raises', () => {
    mapperOf(Order)
    const order = new Order()
    expect(order.customer).toBeUndefined()
    expect(order.lines).toBeUndefined()
    expect(Object.create(Order.prototype).customer).toBeUndefined()
    expect(Reflect.get(Order.prototype, 'customer')).toBeUndefined()
  })
})

describe('construct', () => {
  it('runs the constructor where the entity asks for it, so private fields exist', () => {
    @Entity({ construct: true })
    class Secretive {
      @PrimaryKey(t.integer()) id!: number
      readonly #secret = 'kept'
      tell(): string {
        return this.#secret
      }
    }
    const registry = new Registry({ entities: [Secretive] })
    const object = registry.mapperOf(Secretive).instantiate([1])
    expect(object).toBeInstanceOf(Secretive)
    expect(object instanceof Secretive && object.tell()).toBe('kept')
    expect(registry.warnings).toEqual([])
  })

  it('takes a function of the row, which must give an object', () => {
    @Entity({ construct: (row) => Object.assign(new Made(), row, { made: true }) })
    class Made {
      @PrimaryKey(t.integer()) id!: number
      made!: boolean
    }
    // biome-ignore lint/suspicious/noExplicitAny: what a user writes who has cast the types away
    const nothing: any = () => undefined
    @Entity({ construct: nothing })
    class Unmade {
      @PrimaryKey(t.integer()) id!: number
    }
    const registry = new Registry({ entities: [Made, Unmade] })
    expect(registry.mapperOf(Made).instantiate([5])).toMatchObject({ id: 5, made: true })
    expect(() => registry.mapperOf(Unmade).instantiate([5])).toThrow('construct of Unmade gave no object.')
  })

  it('is recommended for a class with private members', () => {
    @Entity()
    class Hidden {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.text()) color!: string
      #hidden = '#no'
      reveal(): string {
        return this.#hidden
      }
    }
    @Entity()
    class Open {
      @PrimaryKey(t.integer()) id!: number
      color = '#fff' // #not a field
    }
    expect(new Registry({ entities: [Hidden, Open] }).warnings).toEqual([
      { code: 'mapping', message: expect.stringContaining('Hidden has private members (#name)') },
    ])
  })
})

describe('toJSON', () => {
  it('leaves out references back, writes bigint as text, and is no key of the object', () => {
    const order = loaded()
    const customer = new Customer()
    customer.id = 'c-1'
    customer.orders = [order]
    order.customer = customer
    expect(JSON.parse(JSON.stringify({ order }))).toEqual({
      order: { ...plain, createdAt: '1970-01-01T00:00:00.000Z', customer: { id: 'c-1', orders: [] } },
    })
    expect(JSON.stringify([Object.assign(loaded(), { id: 2n })])).toContain('"id":"2"')
    const keys: string[] = []
    for (const key in order) keys.push(key)
    expect(keys).not.toContain('toJSON')
  })

  it('stays what the class says', () => {
    @Entity()
    class Own {
      @PrimaryKey(t.integer()) id!: number
      toJSON(): string {
        return 'own'
      }
    }
    expect(JSON.stringify(new Own())).toBe('"own"')
  })
})
