// UPDATE and DELETE that would change every row: conditions that leave out nothing do not count.
import { describe, expect, it } from '@jest/globals'
import { and, deleteFrom, literal, or, update } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Order, o } from '../../shop.ts'

describe('conditions that leave out no row', () => {
  it.each([
    ['and() of nothing', and()],
    ['and() of and() of nothing', and(and(), and(and()))],
    ['literal(true)', literal(true)],
    ['or() with true', or(o.id.eq(1), literal(true))],
  ])('%s is no WHERE', (_, condition) => {
    expect(() => deleteFrom(Order).where(condition).toSQL(dialect)).toThrow('DELETE without WHERE')
    expect(() => update(Order).set({ note: 'x' }).where(condition).toSQL(dialect)).toThrow('UPDATE without WHERE')
    expect(deleteFrom(Order).where(condition).everyRow().toSQL(dialect).text).toContain('delete from orders')
  })
  it('count beside one that leaves out rows', () => {
    expect(deleteFrom(Order).where(and(), o.id.eq(1)).toSQL(dialect).text).toContain('id = $1')
    expect(deleteFrom(Order).where(or()).toSQL(dialect).text).toBe('delete from orders where false')
  })
})
