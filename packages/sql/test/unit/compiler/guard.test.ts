// The guards at run time, where types were cast away: nothing of this compiles in TypeScript, and nothing of it is sent.
import { describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  and,
  CompileError,
  deleteFrom,
  exists,
  func,
  insert,
  literal,
  not,
  or,
  type Query,
  select,
  sql,
  union,
  update,
} from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Category, Customer, c, cat, Order, o, Transfer, tr } from '../../shop.ts'

/** What a caller who casts types away can pass. */
// biome-ignore lint/suspicious/noExplicitAny: the point of these tests
const cast = (value: unknown): any => value
const compile = (query: Query<unknown>) => query.compile(dialect)
const codes = (query: Query<unknown>) => compile(query).warnings.map((warning) => warning.code)
const refused = (query: () => Query<unknown>, type: typeof CompileError | typeof ArgumentError = CompileError) => {
  let thrown: unknown
  try {
    compile(query())
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(type)
  return expect(String((thrown as Error).message))
}

const rank = cast(func.rank().over({ orderBy: o.id }))
const total = cast(func.sum(o.amount))
const partial = (row: object) => cast(row)

describe('windows and aggregates where SQL has none', () => {
  const places: readonly [string, string, (expression: typeof rank) => Query<unknown>][] = [
    ['where', 'WHERE', (x) => select(o.id).where(x.gt(1))],
    ['where of update', 'WHERE', (x) => update(Order).set({ note: 'x' }).where(x.gt(1))],
    ['where of delete', 'WHERE', (x) => deleteFrom(Order).where(x.gt(1))],
    ['group by', 'GROUP BY', (x) => select(o.id).groupBy(x)],
    ['on', 'ON', (x) => select(o.id).join(c, x.eq(c.id))],
    ['set', 'SET', (x) => update(Order).set({ amount: x }).where(o.id.eq(1))],
    ['values', 'VALUES', (x) => insert(Order).values(partial({ amount: x }))],
    ['returning', 'RETURNING', (x) => deleteFrom(Order).where(o.id.eq(1)).returning({ x })],
    ['filter', 'FILTER', (x) => select(func.count().filter(x.gt(1)))],
    [
      'the arguments of an aggregate',
      'inside an aggregate|arguments of an aggregate',
      (x) => select(cast(func.sum(x))),
    ],
    [
      'ORDER BY of an aggregate',
      'inside an aggregate|arguments of an aggregate',
      (x) => select(func.arrayAgg(o.id).orderBy(x)),
    ],
    [
      'DO UPDATE',
      'ON CONFLICT',
      (x) =>
        insert(Customer)
          .values(partial({ email: 'a' }))
          .onConflictDoUpdate({ target: c.email, set: { region: x } }),
    ],
  ]
  it.each(places)('a window in %s', (_, clause, build) => {
    const message = refused(() => build(rank))
    message.toMatch(new RegExp(`cannot stand in.*(${clause}).*rank\\(\\) OVER`))
    message.toContain('Wrap it in a CTE or subquery and filter outside.')
  })
  it.each(places)('an aggregate in %s', (_, clause, build) => {
    refused(() => build(total)).toMatch(new RegExp(`(${clause}).*sum\\(Order.amount\\)`))
  })
  it('a window in HAVING', () =>
    refused(() => select(o.id).groupBy(o.id).having(rank.gt(1))).toContain('cannot stand in HAVING'))
  it('a window in a filter names QUALIFY', () =>
    refused(() => select(o.id).where(rank.gt(1))).toContain('In a SELECT, .qualify(…) does that.'))
  it('a window in a window', () => {
    refused(() => select(func.sum(rank).over())).toContain('the arguments of a window function')
    refused(() => select(func.sum(o.id).over({ orderBy: rank, rows: [null, 0] }))).toContain('a window definition')
    refused(() => select(func.sum(o.id).over({ partitionBy: rank }))).toContain('a window definition')
  })
  it('a window under a label, in the words of the label', () =>
    refused(() => select(o.id).where(cast(func.rank().over({ orderBy: o.id }).as('place')).gt(1))).toContain(
      'rank() OVER',
    ))
  it('a window function without OVER', () => {
    refused(() => select(cast(func.rank())), ArgumentError).toContain('rank() is a window function and needs .over(…)')
    refused(() => select(o.id).orderBy(cast(func.rank()))).toContain('needs .over(…)')
  })
  it('DISTINCT and ordered aggregates over a window', () => {
    refused(() => select(func.count(o.id).distinct().over())).toContain('DISTINCT or ordered')
    refused(() => select(func.arrayAgg(o.id).orderBy(o.id).over())).toContain('DISTINCT or ordered')
    refused(() => select(func.mode().withinGroup(o.id).over())).toContain('DISTINCT or ordered')
  })
  it('count(DISTINCT) of nothing', () =>
    refused(() => select(func.count().distinct())).toContain('needs something to be distinct'))
})

describe('frames', () => {
  const rankings = {
    rowNumber: func.rowNumber(),
    rank: func.rank(),
    denseRank: func.denseRank(),
    ntile: func.ntile(4),
    percentRank: func.percentRank(),
    cumeDist: func.cumeDist(),
    lag: func.lag(o.id),
    lead: func.lead(o.id),
  }
  it.each(Object.entries(rankings))('%s takes none', (_, call) => {
    for (const frame of [{ rows: [null, 0] }, { range: [null, 0] }, { groups: [null, 0] }])
      expect(() => call.over(cast({ orderBy: o.id, ...frame }))).toThrow(/takes no frame/)
    refused(() => select(call.over('w')).window('w', { orderBy: o.id, rows: [null, 0] })).toContain('takes no frame')
  })
  it.each([
    [{ rows: ['1; drop table orders', 0] }],
    [{ rows: [Number.NaN, 0] }],
    [{ rows: [1e30, null] }],
    [{ rows: [-1e30, 0] }],
    [{ rows: [0.5, 1] }],
    [{ rows: [{ days: 1 }, null] }],
    [{ rows: [undefined, 0] }],
    [{ rows: [null] }],
    [{ rows: 'unbounded' }],
    [{ rows: [0, -1] }],
    [{ rows: [1, 0] }],
    [{ range: [Number.NaN, 0] }],
    [{ range: [Number.POSITIVE_INFINITY, null] }],
    [{ range: [{ days: -1, hours: 2 }, 0] }],
    [{ groups: ['1', 0] }],
    [{ rows: [null, 0], range: [null, 0] }],
    [{ exclude: 'ties' }],
    [{ rows: [null, 0], exclude: 'everything; drop' }],
  ])('%j is none', (frame) => {
    expect(() => func.sum(o.amount).over(cast({ orderBy: o.id, ...frame }))).toThrow(ArgumentError)
  })
  it('an interval is a parameter, whatever it says', () => {
    const { text, binds } = compile(
      select(func.sum(o.id).over({ orderBy: o.createdAt, range: ["1 day'; drop table orders", null] })),
    )
    expect(text).not.toContain('drop')
    expect(binds[0]?.value).toBe("1 day'; drop table orders")
  })
})

describe('warnings', () => {
  it('no order where order is the point', () => {
    for (const call of [func.lag(o.id), func.lead(o.id)])
      expect(codes(select(call.over()))).toEqual(['window-without-order'])
    for (const call of [func.firstValue(o.id), func.lastValue(o.id)])
      expect(codes(select(call.over({})))).toEqual(['window-without-order'])
    expect(codes(select(func.lag(o.id).over('w')).window('w', { partitionBy: o.status }))).toEqual([
      'window-without-order',
    ])
  })
  it('last_value under the default frame', () => {
    const w = { orderBy: o.id }
    expect(codes(select(func.lastValue(o.id).over(w)))).toEqual(['last-value-default-frame'])
    expect(codes(select(func.lastValue(o.id).over({ ...w, rows: [null, null] })))).toEqual([])
    expect(codes(select(func.firstValue(o.id).over(w)))).toEqual([])
  })
  it('a running total over the default RANGE, unless no two rows tie', () => {
    const sum = func.sum(o.amount)
    expect(codes(select(sum.over({ orderBy: o.status })))).toEqual(['running-default-range'])
    expect(codes(select(sum.over({ orderBy: [o.status, o.id] })))).toEqual([])
    expect(codes(select(sum.over({ orderBy: o.id.desc() })))).toEqual([])
    expect(codes(select(sum.over({ partitionBy: o.customerId, orderBy: o.createdAt })))).toEqual([])
    expect(codes(select(sum.over({ orderBy: o.status, rows: [null, 0] })))).toEqual([])
    expect(codes(select(sum.over({ partitionBy: o.status })))).toEqual([])
    expect(
      codes(select(Order).orderBy((x) => func.sum(x.amount).over({ partitionBy: o.customerId, orderBy: x.createdAt }))),
    ).toEqual([])
  })
  it('an EXISTS that reads nothing outside', () => {
    expect(codes(select(c.id).where(exists(select(o.id).where(o.id.eq(1)))))).toEqual(['uncorrelated-exists'])
    expect(codes(select(c.id).where(not(exists(select(o.id).where(o.customerId.eq(c.id))))))).toEqual([])
    expect(codes(select(c.id).where(c.orders.any()))).toEqual([])
    expect(
      codes(
        update(Customer)
          .set({ region: 'x' })
          .where(exists(select(o.id))),
      ),
    ).toEqual(['uncorrelated-exists'])
    const inner = select(o.id).where(exists(select(cat.id).where(cat.id.eq(c.id))))
    expect(codes(select(c.id).where(exists(inner)))).toEqual([])
  })
  it('LIMIT without ORDER BY, where there can be more than one row', () => {
    expect(codes(select(o.id).limit(1))).toEqual(['limit-without-order'])
    expect(codes(union(select(o.id), select(c.id)).limit(1))).toEqual(['limit-without-order'])
    expect(codes(select(o.id).orderBy(o.id).limit(1))).toEqual([])
    expect(codes(select(func.count()).from(o).limit(1))).toEqual([])
    expect(codes(select(func.count()).from(o).groupBy(o.status).limit(1))).toEqual(['limit-without-order'])
  })
  it('not where a key leaves one row, or none is asked for', () => {
    const warned = ['limit-without-order']
    expect(codes(select(o.id).limit(0))).toEqual([])
    expect(codes(union(select(o.id), select(c.id)).limit(0))).toEqual([])
    expect(codes(select(o.id).where(o.id.eq(1)).limit(1))).toEqual([])
    expect(codes(select(Order).where(o.amount.gt(1), o.id.eq(1)).limit(1))).toEqual([])
    expect(codes(select(c.email).where(c.email.eq('ann@x.io')).limit(1))).toEqual([])
    expect(codes(select(o.id, c.email).join(c, c.id.eq(o.customerId)).where(o.id.eq(1)).limit(1))).toEqual([])
    expect(codes(select(o.id, c.email).leftJoin(c, c.id.eq(o.customerId)).where(o.id.eq(1)).limit(1))).toEqual([])

    expect(codes(select(o.id).where(o.customerId.eq(1)).limit(1))).toEqual(warned)
    expect(codes(select(o.id).where(o.id.gt(1)).limit(1))).toEqual(warned)
    expect(codes(select(o.id).where(o.id.eq(o.customerId)).limit(1))).toEqual(warned)
    expect(
      codes(
        select(o.id)
          .where(or(o.id.eq(1), o.id.eq(2)))
          .limit(1),
      ),
    ).toEqual(warned)
    expect(codes(select(o.id, c.email).join(c, c.id.eq(o.customerId)).where(c.id.eq(1)).limit(1))).toEqual(warned)
    expect(codes(select(c.id).leftJoin(o, o.customerId.eq(c.id)).where(c.id.eq(1)).limit(1))).toEqual(warned)
    expect(codes(select(sql<number>`generate_series(1, ${o.id})`).where(o.id.eq(3)).limit(1))).toEqual(warned)
    expect(codes(select(func.count()).from(o).where(o.id.eq(1)).groupBy(func.rollup(o.status)).limit(1))).toEqual(
      warned,
    )
  })
  it('allow() silences one code, on every statement', () => {
    const some = exists(select(o.id))
    expect(codes(select(o.id).limit(1).where(some).allow('limit-without-order'))).toEqual(['uncorrelated-exists'])
    expect(codes(update(Customer).set({ region: 'x' }).where(some).allow('uncorrelated-exists'))).toEqual([])
    expect(codes(deleteFrom(Customer).where(some).allow('uncorrelated-exists').returning(c.id))).toEqual([])
    expect(
      codes(
        insert(Customer)
          .values(partial({ email: literal('a') }))
          .returning({ x: some })
          .allow('uncorrelated-exists'),
      ),
    ).toEqual([])
    expect(codes(union(select(o.id), select(c.id)).limit(1).allow('limit-without-order'))).toEqual([])
    expect(codes(sql`select ${some}`.allow('uncorrelated-exists'))).toEqual([])
  })
})

describe('sources', () => {
  it('a source that is not in FROM', () => {
    refused(() => select(o.id).where(c.id.eq(1))).toMatch(
      /Customer\.id is used in WHERE, but Customer \(customers\) is not in FROM.*\n.*Join it.*Order \(orders\)/s,
    )
    refused(() => select(o.id).from(Customer)).toContain('Order.id is used in SELECT')
    refused(() => select(o.id).orderBy(c.id)).toContain('ORDER BY')
    refused(() => update(Order).set({ note: c.email }).everyRow()).toContain('SET')
    refused(() => deleteFrom(Order).where(c.id.eq(o.customerId))).toContain('Customer.id')
  })
  it('a value of a new row that reads the row', () =>
    refused(() => insert(Order).values(partial({ amount: o.amount }))).toContain('Order.amount is used in VALUES'))
  it('a neighbour of a subquery that is not lateral', () => {
    const sub = select({ id: o.id }).where(o.customerId.eq(c.id)).subquery('s')
    refused(() => select(c.id).join(sub, sub.c.id.eq(c.id))).toContain('not in FROM')
  })
  it('an ambiguous join names the candidates', () => {
    const message = refused(() => select(tr.id, c.id).join(Customer))
    message.toContain('transfers_sender_id_fkey (Transfer.senderId)')
    message.toContain('transfers_receiver_id_fkey (Transfer.receiverId)')
    refused(() => select(c.id).from(Customer).join(Transfer)).toContain('any of these foreign keys')
  })
  it('a join that nothing leads to', () => {
    refused(() => select(o.id).join(Category)).toContain('needs a condition')
    refused(() => select(o.id).join(o, o.id.eq(1))).toContain('joined to nothing')
  })
  it('a condition on what is joined later', () => {
    refused(() => select(o.id).join(c, c.id.eq(tr.senderId)).join(tr, tr.id.eq(o.id))).toMatch(
      /The join with Customer \(customers\) reads Transfer \(transfers\), which is joined after it/,
    )
  })
  it('two sources with one name', () => {
    refused(() => select(o.id).join(Order, o.id.eq(1))).toMatch(/joined to nothing|called 'orders'/)
    refused(() => select(o.id).join(aliased(Category, 'orders'), o.id.eq(1))).toContain(
      "Two sources of this query are called 'orders'",
    )
    refused(() => select(o.id).from(o, o)).toContain("called 'orders'")
    refused(() => update(Order).set({ note: 'x' }).from(o).everyRow()).toContain("called 'orders'")
  })
  it('two CTEs with one name', () => {
    const a = select({ id: o.id }).cte('x')
    const b = select({ id: c.id }).cte('x')
    refused(() => select({ n: select(a.c.id).scalar(), m: select(b.c.id).scalar() })).toContain(
      "common table expressions of this statement are called 'x'",
    )
    const inside = select({ id: a.c.id }).cte('x')
    refused(() => select(inside)).toContain("called 'x'")
  })
  it('LATERAL on the wrong side', () => {
    const latest = select({ id: o.id }).where(o.customerId.eq(c.id)).lateral('latest')
    refused(() => select(c.id).rightJoin(latest, literal(true))).toContain('RIGHT JOIN')
    refused(() => select(c.id).fullJoin(latest, literal(true))).toContain('FULL JOIN')
  })
})

describe('clauses that contradict each other', () => {
  it('ON CONFLICT on what is no key', () => {
    const values = insert(Customer).values(partial({ email: 'a' }))
    refused(() => values.onConflictDoNothing(c.region)).toMatch(
      /ON CONFLICT \(region\): customers has no unique key.*\n.*\(id\), \(email\)/,
    )
    refused(() => values.onConflictDoNothing({ constraint: 'customers_mail_key' })).toContain('customers_email_key')
    refused(() => values.onConflictDoNothing([c.email, c.id])).toContain('no unique key')
    refused(() => values.onConflictDoUpdate({ target: cast([]), set: { region: 'x' } }), ArgumentError).toContain(
      'unique key',
    )
  })
  it('DISTINCT ON against ORDER BY', () => {
    refused(() => select(o.id).distinctOn(o.customerId).orderBy(o.createdAt)).toContain('Order.createdAt')
    refused(() => select(o.id).distinctOn(o.customerId, o.status).orderBy(o.status, o.id)).toContain('Order.id')
    expect(codes(select(o.id).distinctOn(o.customerId, o.status).orderBy(o.status, o.customerId.desc(), o.id))).toEqual(
      [],
    )
  })
  it('DISTINCT ordered by what is not selected', () =>
    refused(() => select(o.status).distinct().orderBy(o.id)).toContain('Order.id'))
  it('FOR UPDATE of rows that stand for several', () => {
    refused(() => select(o.status).groupBy(o.status).forUpdate()).toContain('cannot be locked')
    refused(() => select(o.status).distinct().forUpdate()).toContain('cannot be locked')
    refused(() => select(func.count()).from(o).forUpdate()).toContain('count()')
    refused(() => select(o.id).forUpdate({ of: [Customer] })).toContain('Customer (customers), which is not in FROM')
    refused(() => select(o.id).forUpdate({ skipLocked: true, noWait: true }), ArgumentError).toContain(
      'exclude each other',
    )
  })
  it('several columns where one is meant', () => {
    refused(() => select({ x: cast(select(o.id, o.status)).scalar() }), ArgumentError).toContain('exactly one column')
    refused(() => select({ x: cast(select(Order)).scalar() }), ArgumentError).toContain('exactly one column')
    refused(() => select(o.id).where(o.id.in(cast(select(o.id, o.status))))).toContain(
      'IN takes a query of exactly one column, got 2',
    )
    refused(() => select(o.id).where(o.id.notIn(cast(select(Order))))).toContain('got 6')
  })
  it('queries of different width', () => {
    refused(() => union(select(o.id), cast(select(o.id, o.status))), ArgumentError).toContain('1, 2')
    refused(() => insert(Order).fromSelect(['customerId'], cast(select(Order))), ArgumentError).toContain(
      'names 1 columns, and the query gives 6',
    )
  })
  it('UPDATE and DELETE without WHERE', () => {
    refused(() => update(Order).set({ note: 'x' })).toContain('every row of orders')
    refused(() => deleteFrom(Order)).toContain('everyRow()')
    refused(() => update(Order).set({}).everyRow(), ArgumentError).toContain('sets nothing')
  })
  it('a window that is not there, or twice', () => {
    refused(() => select(func.sum(o.id).over('totals')).window('total', {})).toContain("Did you mean 'total'?")
    refused(() => select(o.id).window('w', {}).window('w', {})).toContain("Two windows of this query are called 'w'")
  })
  it('a callback without one entity', () => {
    refused(() => select(o.id).where(cast(() => o.id.eq(1))), ArgumentError).toContain('none is selected')
    refused(() => select(Order, Customer).where(cast(() => o.id.eq(1))), ArgumentError).toContain('2 are selected')
  })
})

describe('size', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => i)
  const outcome = (query: () => Query<unknown>) => {
    try {
      return compile(query()).text.length
    } catch (error) {
      expect(error).toBeInstanceOf(CompileError)
      return 0
    }
  }
  it('ten thousand conditions in a chain', () => {
    const start = o.id.eq(0)
    expect(
      outcome(() => select(o.id).where(many.reduce((all, i) => cast(and(all, o.id.ne(i))), start))),
    ).toBeGreaterThan(100_000)
    expect(
      outcome(() => select(o.id).where(many.reduce((all, i) => cast(or(o.id.eq(i), all)), start))),
    ).toBeGreaterThan(100_000)
    expect(outcome(() => select(many.reduce((all, i) => cast(all.add(i)), o.id)))).toBeGreaterThan(50_000)
  })
  it('twenty thousand NOTs are no RangeError', () => {
    let condition = cast(o.id.eq(1))
    for (let i = 0; i < 20_000; i++) condition = not(condition)
    outcome(() => select(o.id).where(condition))
    outcome(() => select({ x: condition }).qualify(condition))
    outcome(() =>
      select(o.id)
        .where(exists(select(c.id).where(condition)))
        .distinct()
        .orderBy(condition),
    )
  })
  it('seventy thousand values in a list are one parameter', () => {
    const list = Array.from({ length: 70_000 }, (_, i) => i)
    const { binds } = compile(select(o.id).where(o.id.in(list)))
    expect(binds).toHaveLength(1)
    expect(dialect.codec(binds[0]?.type ?? cast(null)).encode(binds[0]?.value, 'x')).toHaveLength(
      list.join(',').length + 2,
    )
  })
  it('more parameters than a statement may have', () => {
    const rows = Array.from({ length: 32_768 }, (_, i) => ({ email: `${i}`, region: 'x' }))
    refused(() => insert(Customer).values(cast(rows))).toMatch(/65536 parameters; postgres takes at most 65535/)
    expect(compile(insert(Customer).values(cast(rows.slice(1)))).binds).toHaveLength(65_534)
  })
  it('names of 64 bytes are refused, not cut by the server', () => {
    const long = 'n'.repeat(64)
    refused(() => select(aliased(Order, long).id), ArgumentError).toContain('64 bytes')
    refused(() => select(select({ id: o.id }).cte(long)), ArgumentError).toContain('64 bytes')
    refused(() => select(aliased(Order, 'é'.repeat(32)).id), ArgumentError).toContain('64 bytes')
    expect(compile(select(aliased(Order, 'n'.repeat(63)).id)).text).toContain('n'.repeat(63))
  })
  it('labels that agree in their first 63 bytes stay two', () => {
    const start = 'l'.repeat(63)
    const { columns, shape } = compile(select({ [`${start}a`]: o.id, [`${start}b`]: o.amount }))
    const [a = '', b = ''] = columns?.map(({ name }) => name) ?? []
    expect(a).not.toBe(b)
    expect([a.length, b.length]).toEqual([63, 63])
    expect(shape).toMatchObject({ names: [`${start}a`, `${start}b`] })
  })
})
