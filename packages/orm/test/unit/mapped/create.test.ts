// `create`: names and required properties are checked before anything is made.
import { describe, expect, it } from '@jest/globals'
import { Column, create, Entity, PrimaryKey, Registry } from '@oriel/orm'
import { ArgumentError, type Computed, sql, types as t } from '@oriel/sql'
import { Category, Customer, Order } from '../../fixture/shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a user writes who has cast the types away
const loose: (...values: any[]) => object = create

describe('create', () => {
  it('makes an object of the class with these values', () => {
    const customer = create(Customer, { email: 'ann@example.org' })
    const order = create(Order, { amount: '12.50', customer })
    expect(order).toBeInstanceOf(Order)
    expect(order.amount).toBe('12.50')
    expect(order.customer).toBe(customer)
    expect(order.customerId).toBeUndefined()
    expect(create(Order, { amount: '1', customerId: 'c-1' }).customerId).toBe('c-1')
    expect(create(Category, { parent: null }).parent).toBeNull()
  })

  it('names what is missing: the relationship or its key', () => {
    expect(() => loose(Order, {})).toThrow(ArgumentError)
    expect(() => loose(Order, { amount: undefined, customer: null })).toThrow(
      'create(Order) lacks customer (or customerId), amount.\n  These have no default and cannot be null.',
    )
  })

  it('names the nearest property for one that is not there', () => {
    expect(() => loose(Order, { amuont: '1' })).toThrow("Order has no property 'amuont'.\n  Did you mean 'amount'?")
    expect(() => loose(Order, { total: 1 })).toThrow("Order has no property 'total'.")
  })

  it('refuses a value for a computed column, and a class that is no entity', () => {
    @Entity({ registry: new Registry() })
    class Sum {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer(), { computed: sql`id + 1` }) next!: Computed<number>
    }
    expect(create(Sum, { id: 1 }).id).toBe(1)
    expect(() => loose(Sum, { id: 1, next: 2 })).toThrow('Sum.next is computed by the database.')
    expect(() => loose(class Plain {}, {})).toThrow('Plain is no entity. Write @Entity() above Plain')
  })
})
