// Names that would hide another source: what the database would read silently from the wrong one is refused.
import { describe, expect, it } from '@jest/globals'
import { aliased, deleteFrom, exists, select, types as t, table } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Customer, c, cat, Order, o } from '../../shop.ts'

const textOf = (statement: { toSQL(of: typeof dialect): { text: string } }) => statement.toSQL(dialect).text

describe('an outer source with the name of an inner one', () => {
  it('is refused with both names and the way out', () => {
    const x = aliased(Customer, 'orders')
    const inner = exists(select(o.id).where(o.customerId.eq(x.id)))
    expect(() => textOf(select(x.id).where(inner))).toThrow(
      "reads orders of the query around it, whose name 'orders' is hidden by its own Order (orders)",
    )
    const sub = select({ id: c.id }).subquery('orders')
    expect(() => textOf(select(sub.c.id).where(exists(select(o.id).where(o.customerId.eq(sub.c.id)))))).toThrow(
      'aliased(…)',
    )
  })
  it('is refused for tables of one name in two schemas', () => {
    const a = table('notes', { id: t.integer() }, { schema: 'a' })
    const b = table('notes', { id: t.integer() }, { schema: 'b' })
    expect(() => textOf(select(a.id).where(exists(select(b.id).where(b.id.eq(a.id)))))).toThrow("'notes' is hidden")
  })
  it('may stand where the inner query does not read it', () => {
    const x = aliased(Customer, 'orders')
    expect(textOf(select(x.id).where(exists(select(o.id).where(o.id.eq(1)))))).toContain('from customers as orders')
  })
})

describe('a CTE named like a table', () => {
  const recent = select({ id: o.id }).where(o.amount.gt(1)).cte('orders')
  it('is legal where only its own query reads the table, or the statement writes it', () => {
    expect(textOf(select(recent.c.id))).toContain('with orders as (select id from orders where')
    expect(textOf(deleteFrom(Order).where(o.id.in(select(recent.c.id))))).toContain('delete from orders')
  })
  it('is refused where the table is read elsewhere', () => {
    expect(() => textOf(select(recent.c.id).where(recent.c.id.in(select(aliased(Order, 'p').id))))).toThrow(
      "The common table expression 'orders' hides the table orders: give it another name",
    )
  })
  it('is refused where another CTE makes the list recursive', () => {
    const up = select({ id: cat.id })
      .where(cat.parentId.isNull())
      .cte('up')
      .unionAll((self) => select({ id: cat.id }).join(self, cat.parentId.eq(self.c.id)))
    expect(() => textOf(select(up.c.id, recent.c.id).where(up.c.id.eq(recent.c.id)))).toThrow(
      "'orders' hides the table orders",
    )
  })
})
