// The dialect contract, held by a dialect without PostgreSQL in it.
import { describe, expect, it } from '@jest/globals'
import {
  and,
  deleteFrom,
  func,
  insert,
  literal,
  type Query,
  select,
  sql,
  types as t,
  UnsupportedByDialectError,
  update,
} from '../../src/index.ts'
import { dialect } from '../postgres.ts'
import { Customer, c, Order, o } from '../shop.ts'
import { toy } from '../toy-dialect.ts'

// biome-ignore lint/suspicious/noExplicitAny: types require every column
const row = (values: object): any => values

describe('a dialect of its own', () => {
  it.each<[string, Query<unknown>, string, unknown[]]>([
    [
      'quotes and placeholders',
      select({ id: o.id }).where(o.status.eq('new'), o.id.gt(1)),
      'select `id` from `orders` where `status` = ? and `id` > ?',
      ['new', 1],
    ],
    [
      'a list, value by value',
      select(o.id).where(o.id.in([1, 2])),
      'select `id` from `orders` where `id` in (?, ?)',
      [1, 2],
    ],
    [
      'a list that excludes',
      select(o.id).where(o.id.notIn([1])),
      'select `id` from `orders` where `id` not in (?)',
      [1],
    ],
    [
      'empty lists',
      select(o.id).where(o.id.in([]), o.id.notIn([])),
      'select `id` from `orders` where false and true',
      [],
    ],
    [
      'a list from a query',
      select(o.id).where(o.customerId.in(select(c.id))),
      'select `id` from `orders` where `customer_id` in (select `customers`.`id` from `customers`)',
      [],
    ],
    [
      'a list compared',
      select({ x: o.id.in([1]).eq(true) }),
      'select (`id` in (?)) = ? as `x` from `orders`',
      [1, true],
    ],
    [
      'CAST',
      select({ x: o.id.add(1).cast(t.text()), y: literal(1) }),
      'select cast(`id` + ? as char) as `x`, cast(? as int) as `y` from `orders`',
      [1, 1],
    ],
    [
      'joins and CTEs',
      select(select({ id: o.id }).cte('x')),
      'with `x` as (select `id` from `orders`) select `id` from `x`',
      [],
    ],
    [
      'windows',
      select(func.sum(o.amount).over({ orderBy: o.id, rows: [null, 0] })),
      'select sum(`amount`) over (order by `id` rows between unbounded preceding and current row) from `orders`',
      [],
    ],
    [
      'writes',
      insert(Order).values(row({ status: 'a', note: null })),
      'insert into `orders` (`status`, `note`) values (?, null)',
      ['a'],
    ],
    ['names with a backtick', select({ 'a`b': o.id }), 'select `id` as `a``b` from `orders`', []],
    [
      'one value in two places',
      select({ x: sql`${o.id}` }).where(and(o.id.eq(1), o.id.eq(1))),
      'select `id` as `x` from `orders` where `id` = ? and `id` = ?',
      [1, 1],
    ],
  ])('%s', (_, query, text, params) => expect(query.toSQL(toy)).toEqual({ text, params }))

  it('one statement compiles for two dialects', () => {
    const query = select(o.id).where(o.id.eq(1))
    expect(query.toSQL(toy).text).toBe('select `id` from `orders` where `id` = ?')
    expect(query.toSQL(dialect).text).toBe('select id from orders where id = $1')
    expect(query.toSQL({ dialect: toy }).text).toBe('select `id` from `orders` where `id` = ?')
    expect(query.compile(toy)).toBe(query.compile(toy))
  })

  const latest = select({ id: o.id }).where(o.customerId.eq(c.id)).lateral('latest')
  const moved = deleteFrom(Order).where(o.id.eq(1)).returning({ id: o.id }).cte('moved')
  it.each<[string, Query<unknown>]>([
    ['RETURNING', update(Order).set({ note: 'x' }).where(o.id.eq(1)).returning(o.id)],
    ['LATERAL', select(c.id, latest.c.id).leftJoinLateral(latest)],
    ['DISTINCT ON', select(o.id).distinctOn(o.id)],
    ['FILTER', select(func.count().filter(o.id.gt(1)))],
    ['GROUPS', select(func.sum(o.id).over({ orderBy: o.id, groups: [-1, 0] }))],
    [
      'ON CONFLICT',
      insert(Customer)
        .values(row({ email: 'a' }))
        .onConflictDoNothing(),
    ],
    ['data-modifying CTE', select(moved)],
  ])('what it does not have is refused by its name: %s', (what, query) => {
    expect(() => query.toSQL(toy)).toThrow(UnsupportedByDialectError)
    expect(() => query.toSQL(toy)).toThrow(new RegExp(`toy has no ${what}`))
  })

  it('its own number of parameters is the limit', () => {
    expect(() =>
      select(o.id)
        .where(o.id.in([1, 2, 3, 4]))
        .toSQL(toy),
    ).toThrow(/4 parameters; toy takes at most 3/)
  })
})
