// ORDER BY behind a set operation.
import { describe, expect, it } from '@jest/globals'
import { select, union } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { c, o } from '../../shop.ts'

describe('orderBy() of a set operation', () => {
  const both = union(select({ id: o.customerId, key: o.id }), select({ id: c.id, key: c.id }))
  it('finds the column that the first query selects, not one of the same name', () => {
    expect(both.orderBy(o.id.desc()).toSQL(dialect).text).toMatch(/ order by key desc$/)
    expect(both.orderBy(o.customerId).toSQL(dialect).text).toMatch(/ order by id$/)
    expect(both.orderBy('id').toSQL(dialect).text).toMatch(/ order by id$/)
  })
  it('tells columns apart by their label where the first query selects one twice', () => {
    const twice = union(select({ a: o.id, b: o.id }), select({ a: c.id, b: c.id }))
    expect(twice.orderBy(o.id.as('b')).toSQL(dialect).text).toMatch(/ order by b$/)
  })
  it('refuses what is not selected', () => {
    expect(() => both.orderBy(c.id)).toThrow(/does not select[\s\S]*'id', 'key'/)
  })
})
