// Set operations and recursive steps of objects go by name.
import { describe, expect, it } from '@jest/globals'
import { intersect, select, sql, types as t, union, unionAll } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { c, cat, o } from '../../shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a caller who casts types away can pass
const cast = (value: unknown): any => value

describe('members of a set operation', () => {
  const first = select({ x: o.status, y: o.note })
  it('are put in the order of the first', () => {
    const other = select({ y: c.region, x: c.email })
    expect(union(first, other).toSQL(dialect).text).toBe(
      'select status as x, note as y from orders union select email as x, region as y from customers',
    )
  })
  it('are refused with other keys, or in another order where that cannot be put right', () => {
    expect(() => union(first, cast(select({ x: c.email, z: c.region })))).toThrow(/gives x, y, and another x, z/)
    const swapped = select({ y: c.region, x: c.email })
    expect(() => unionAll(first, intersect(swapped, swapped))).toThrow(/gives x, y, and another y, x/)
  })
  it('that are templates with named columns go by name too', () => {
    const template = (columns: object) => cast(sql`select email, region from customers`.columns(cast(columns)))
    expect(union(first, template({ x: t.text(), y: t.text() })).toSQL(dialect).text).toMatch(
      / union \(select email, region/,
    )
    expect(() => union(first, template({ y: t.text(), x: t.text() }))).toThrow(/gives x, y, and another y, x/)
    expect(() => union(template({ y: t.text(), x: t.text() }), cast(first))).not.toThrow()
    expect(() => union(template({ z: t.text(), x: t.text() }), cast(first))).toThrow(/gives z, x, and another x, y/)
    expect(() => union(first, template({ x: t.text() }))).toThrow(/same number of columns, got 2, 1/)
    expect(() => union(cast(select(o.status, o.note)), template([t.text(), t.text()]))).not.toThrow()
  })
  it('are put in order in a recursive step', () => {
    const tree = select({ id: cat.id, parentId: cat.parentId })
      .cte('tree')
      .unionAll((self) => select({ parentId: cat.parentId, id: cat.id }).join(self, cat.parentId.eq(self.c.id)))
    expect(select(tree).toSQL(dialect).text).toMatch(/union all select categories.id, categories.parent_id from/)
    const wrong = () =>
      select({ id: cat.id })
        .cte('t')
        .unionAll(cast(() => select({ no: cat.id })))
    expect(wrong).toThrow(/The step of 't'.*gives id, and another no/)
  })
})
