// `create`: names and required properties are checked before anything is made.
import { describe, expect, it } from '@jest/globals'
import { Column, create, Entity, ManyToOne, PrimaryKey, Registry } from '@oriel/orm'
import { ArgumentError, type Computed, type Generated, type One, sql, types as t } from '@oriel/sql'
import { Category, Customer, Order, OrderLine } from '../../fixture/shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a user writes who has cast the types away
const loose: (...values: any[]) => object = create

const library = new Registry()

@Entity({ registry: library })
class Room {
  @PrimaryKey(t.text()) house!: string
  @PrimaryKey(t.integer()) floor!: number
}

/** Refers to a composite key, and nothing leads back. */
@Entity({ registry: library })
class Shelf {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) house!: string
  @Column(t.integer()) floor!: number
  @Column(t.text()) label!: string
  @ManyToOne(() => Room, ['house', 'floor']) room!: One<Room, 'house' | 'floor'>
}

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

  it('names what is missing: the relationship with the properties of its key', () => {
    expect(() => loose(Order, {})).toThrow(ArgumentError)
    expect(() => loose(Order, { customer: null })).toThrow(
      'create(Order) lacks customer (or customerId), amount.\n  These have no default and cannot be null.',
    )
    expect(() => loose(Shelf, {})).toThrow('create(Shelf) lacks room (or house, floor), label.')
    expect(() => loose(Shelf, { house: 'h', label: 'l' })).toThrow('create(Shelf) lacks room (or floor).')
  })

  it('leaves a reference to the other side where that has a property for it', () => {
    const line = loose(OrderLine, { line: 1, productSku: 'p' })
    const order = create(Order, { amount: '1', lines: [create(OrderLine, { line: 1, productSku: 'p' })] })
    expect(order.lines).toEqual([line])
    expect(() => loose(OrderLine, { line: 1, order })).toThrow('create(OrderLine) lacks product (or productSku).')
  })

  it('refuses undefined, and says what a key that is not there yet asks for', () => {
    expect(() => create(Category, { parentId: new Category().id })).toThrow(ArgumentError)
    expect(() => create(Category, { parentId: new Category().id })).toThrow(
      'create(Category): parentId is undefined.\n  Where it is the key of a new object, flush first, or give the object itself: { parent: … }. Otherwise leave it out, or give null.',
    )
    expect(() => loose(Order, { amount: undefined, customerId: 'c-1' })).toThrow(
      'create(Order): amount is undefined.\n  Give a value or null, or leave it out.',
    )
    const patch: { countryCode?: string } = { countryCode: undefined }
    expect(() => create(Customer, { email: 'ann@example.org', ...patch })).toThrow('countryCode is undefined')
    expect(() => loose(Category, { parent: undefined })).toThrow('create(Category): parent is undefined.')
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
