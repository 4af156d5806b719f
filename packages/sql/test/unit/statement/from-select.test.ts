// INSERT … SELECT of objects goes by name.
import { describe, expect, it } from '@jest/globals'
import { insert, select, sql, types as t } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Customer, c } from '../../shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a caller who casts types away can pass
const cast = (value: unknown): any => value

describe('insert().fromSelect()', () => {
  it('puts the columns of objects where their names say', () => {
    const swapped = select({ email: c.region.cast(t.text()), region: c.email })
    expect(insert(Customer).fromSelect(['region', 'email'], cast(swapped)).toSQL(dialect).text).toBe(
      'insert into customers (email, region) select region::text as email, email as region from customers',
    )
  })
  it('keeps tuples by position', () => {
    const statement = insert(Customer).fromSelect(['region', 'email'], cast(select(c.email, c.region)))
    expect(statement.toSQL(dialect).text).toBe(
      'insert into customers (region, email) select email, region from customers',
    )
  })
  it('goes by name for an entity', () => {
    const columns = ['region', 'id', 'email', 'tags', 'createdAt'] as const
    expect(
      insert(Customer)
        .fromSelect(columns, cast(select(Customer)))
        .toSQL(dialect).text,
    ).toMatch(/^insert into customers \(id, email, region, tags, created_at\) select/)
  })
  it('goes by the names of a template’s columns, by position without names', () => {
    const template = sql`select 'EU', 'a@x.io'`
    const named = insert(Customer).fromSelect(
      ['email', 'region'],
      cast(template.columns({ region: t.text(), email: t.text() })),
    )
    expect(named.toSQL(dialect).text).toBe("insert into customers (region, email) select 'EU', 'a@x.io'")
    const placed = insert(Customer).fromSelect(['region', 'email'], cast(template.columns(cast([t.text(), t.text()]))))
    expect(placed.toSQL(dialect).text).toMatch(/\(region, email\)/)
    expect(() =>
      insert(Customer).fromSelect(['region', 'email'], cast(template.columns({ region: t.text() }))),
    ).toThrow(/names 2 columns, and the query gives 1/)
  })
  it('refuses other names', () => {
    const build = () =>
      insert(Customer).fromSelect(['email', 'region'], cast(select({ email: c.email, land: c.region })))
    expect(build).toThrow(/names email, region, and the query gives email, land/)
  })
})
