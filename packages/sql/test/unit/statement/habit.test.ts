// What newcomers write out of habit is refused with what to write instead.
import { describe, expect, it } from '@jest/globals'
import { and, caseWhen, func, insert, not, select } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Customer, c, Order, o } from '../../shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a caller who casts types away can pass
const cast = (value: unknown): any => value

describe('a condition that JavaScript has compared already', () => {
  const never = cast(false)
  it.each<[string, () => unknown, string]>([
    ['where', () => select(Customer).where(never), "Compare with .eq(…): where(e.email.eq('x'))."],
    ['having', () => select(c.email).having(never), "Compare with .eq(…): having(e.email.eq('x'))."],
    ['and', () => and(c.id.eq(1), never), "Compare with .eq(…): and(e.email.eq('x'))."],
    ['not', () => not(never), "Compare with .eq(…): not(e.email.eq('x'))."],
    ['when', () => caseWhen(never, 1), "Compare with .eq(…): when(e.email.eq('x'))."],
    ['filter', () => func.count().filter(never), "Compare with .eq(…): filter(e.email.eq('x'))."],
    ['join', () => select(Customer).join(Order, never), "Compare with .eq(…): e.email.eq('x')."],
    ['a relationship', () => c.orders.any(() => never), "Compare with .eq(…): e.email.eq('x')."],
  ])('in %s', (_, build, hint) => {
    expect(build).toThrow(expect.objectContaining({ message: expect.stringContaining('got false (boolean)'), hint }))
  })
  it('names the property of an object of values', () => {
    expect(() => select(Customer).where(cast({ region: 'EU' }))).toThrow("where(e.region.eq('x'))")
  })
})

describe('an entity that is none', () => {
  class Nope {}
  it('asks for the decorator', () => {
    expect(() => select(cast(Nope))).toThrow('Is Nope decorated with @Entity()?')
    expect(() => select({ nope: cast(Nope) })).toThrow('Is Nope decorated with @Entity()?')
  })
  it('an object of an entity asks for its class', () => {
    const hint = 'Select the class itself: select(Customer).'
    const message = expect.stringContaining('select() got an object of Customer.')
    expect(() => select(cast(new Customer()))).toThrow(expect.objectContaining({ message, hint }))
    expect(() => select(cast(new Customer()), o.id)).toThrow('Select the class itself')
    expect(() => select({ customer: cast(new Customer()) })).toThrow("select(): 'customer' got an object of Customer.")
  })
})

describe("a column's name where the column is meant", () => {
  it.each<[string, () => unknown, string]>([
    ['orderBy', () => select({ id: o.id }).orderBy(cast('id')), 'Write orderBy(o.id)'],
    ['orderBy with a direction', () => select(o.id).orderBy(cast('amount desc')), 'Write orderBy(o.amount)'],
    ['groupBy', () => select(o.id).groupBy(cast('status')), 'Write groupBy(o.status)'],
    ['a window', () => func.count().over({ partitionBy: cast('status') }), 'Write o.status'],
  ])('%s', (_, build, hint) => {
    expect(build).toThrow(`${hint}, where o is entity(Class), or the expression under that key.`)
  })
})

describe('insert', () => {
  const text = (row: object) => insert(Order).values(cast(row)).compile(dialect).text
  it('takes a relationship that is unset, as class fields leave it', () => {
    expect(text({ customerId: 1, customer: undefined })).toBe(text({ customerId: 1 }))
  })
  it('refuses one with a value, and an undefined column', () => {
    expect(() => text({ customerId: 1, customer: null })).toThrow('Order.customer is a relationship')
    expect(() => text({ customerId: undefined })).toThrow('Order.customerId is undefined')
  })
})
