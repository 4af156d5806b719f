// SEMANTICS 4: a value is held as its type says, whatever the server makes of the types that meet in it.
// Each wanted value is checked twice: by the compiler against the expression's type, and against what the database gives.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  Column,
  caseWhen,
  createAll,
  DataError,
  Entity,
  type Executable,
  entity,
  except,
  func,
  type Generated,
  type Interval,
  insert,
  intersect,
  type Kind,
  literal,
  type Numeric,
  type Operand,
  PrimaryKey,
  type RowCondition,
  select,
  sql,
  types as t,
  union,
  unionAll,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'

@Entity()
class Sale {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) qty!: number
  @Column(t.integer().nullable()) noQty!: number | null
  @Column(t.smallint()) small!: number
  @Column(t.bigint()) views!: bigint
  @Column(t.bigint().nullable()) noViews!: bigint | null
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.numeric(12, 2).nullable()) noAmount!: Numeric | null
  @Column(t.numeric(5, 2).asNumber()) share!: number
  @Column(t.double()) ratio!: number
  @Column(t.double().nullable()) noRatio!: number | null
  @Column(t.text()) note!: string
  @Column(t.text().nullable()) noNote!: string | null
  @Column(t.varchar(10)) code!: string
  @Column(t.char(4)) letter!: string
  @Column(t.date()) day!: string
  @Column(t.timestamp()) local!: string
  @Column(t.timestamptz()) at!: Date
  @Column(t.timestamptz()) until!: Date
  @Column(t.interval()) took!: Interval
  @Column(t.jsonb<Record<string, unknown>>()) data!: Record<string, unknown>
}

const engine = await freshEngine()
const s = entity(Sale)
const huge = 9007199254740993n
const at = new Date('2024-03-01T10:00:00Z')
const until = new Date('2024-03-03T12:30:00Z')

beforeAll(async () => {
  await createAll(engine)
  const one = {
    qty: 3,
    small: 2,
    views: 7n,
    amount: '10.50',
    share: 2.25,
    ratio: 0.5,
    note: 'a note',
    code: 'x1',
    letter: 'b',
    day: '2024-03-01',
    local: '2024-03-01 10:00:00',
    at,
    until,
    took: { hours: 2 },
    data: { any: [1.5, 'key'] },
  }
  await engine.execute(insert(Sale).values([one, { ...one, qty: 4, views: huge, note: 'other' }]))
})

interface Wanted {
  readonly title: string
  readonly expression: Operand<unknown, Kind, unknown>
  readonly value: unknown
}

/** The value has the type of the expression, or this does not compile. */
function wanted<T>(title: string, expression: Operand<T, Kind, unknown>, value: NoInfer<T>): Wanted {
  return { title, expression, value }
}

async function given(expression: Operand<unknown, Kind, unknown>, of: 'one row' | 'both rows'): Promise<unknown> {
  const query = select(expression).from(s)
  const [row] = await engine.execute(of === 'both rows' ? query : query.where(s.id.eq(1))).all()
  return row?.[0]
}

const always = s.id.gt(0)
const never = s.id.lt(0)

describe('one of several values', () => {
  it.each([
    wanted('integer, else a fraction', func.coalesce(s.noQty, 1.5), 1.5),
    wanted('integer, else a number past 32 bits', func.coalesce(s.noQty, 5_000_000_000), 5_000_000_000),
    wanted('integer, else an integer', func.coalesce(s.noQty, 2), 2),
    wanted('integer, else smallint', func.coalesce(s.noQty, s.small), 2),
    wanted('integer, else bigint', func.coalesce(s.noQty, s.views), 7),
    wanted('integer, else double', func.coalesce(s.noQty, s.ratio), 0.5),
    wanted('integer, else numeric as number', func.coalesce(s.noQty, s.share), 2.25),
    wanted('integer, else numeric', func.coalesce(s.noQty, s.amount), '10.50'),
    wanted('integer, else nothing', func.coalesce(s.noQty, s.noAmount), null),
    wanted('bigint, else a number', func.coalesce(s.noViews, 3), 3n),
    wanted('bigint, else integer', func.coalesce(s.noViews, s.qty), 3n),
    wanted('bigint, else numeric', func.coalesce(s.noViews, s.amount), '10.50'),
    wanted('numeric, else a number', func.coalesce(s.noAmount, 0), '0'),
    wanted('numeric, else integer', func.coalesce(s.noAmount, s.qty), '3'),
    wanted('numeric, else bigint', func.coalesce(s.noAmount, s.views), '7'),
    wanted('numeric, else double', func.coalesce(s.noAmount, s.ratio), '0.5'),
    wanted('double, else integer', func.coalesce(s.noRatio, s.qty), 3),
    wanted('double, else bigint', func.coalesce(s.noRatio, s.views), 7),
    wanted('double, else numeric', func.coalesce(s.noRatio, s.amount), '10.5'),
    wanted('text, else varchar', func.coalesce(s.noNote, s.code), 'x1'),
    wanted('text, else a text', func.coalesce(s.noNote, 'none'), 'none'),
    wanted('varchar, else text', func.coalesce(func.nullif(s.code, 'x1'), s.note), 'a note'),
    wanted('the greater of integer and numeric', func.greatest(s.qty, s.amount), '10.50'),
    wanted('the greater of integer and a fraction', func.greatest(s.qty, 3.5), 3.5),
    wanted('the lesser of numeric and integer', func.least(s.amount, s.qty), '3'),
    wanted('the lesser of integer and bigint', func.least(s.qty, s.views), 3),
    wanted('the lesser of bigint and integer', func.least(s.views, s.qty), 3n),
    wanted('integer, null where it is a fraction', func.nullif(s.qty, 1.5), 3),
    wanted('integer, null where it is numeric', func.nullif(s.qty, s.amount), 3),
    wanted('numeric, null where it is integer', func.nullif(s.amount, s.qty), '10.50'),
    wanted('case: integer or numeric', caseWhen(always, s.qty).else(s.amount), '3'),
    wanted('case: numeric or a number', caseWhen(never, s.amount).else(0), '0'),
    wanted('case: numeric or nothing', caseWhen(never, s.amount), null),
    wanted('case: nothing or numeric', caseWhen(never, null).else(s.amount), '10.50'),
    wanted('case: nothing or integer', caseWhen(never, null).else(s.qty), 3),
    wanted('case: integer or a fraction', caseWhen(never, s.qty).else(1.5), 1.5),
    wanted('case: a number or a fraction', caseWhen(never, 1).else(2.5), 2.5),
    wanted('case: a fraction or a number', caseWhen(never, 1.5).else(2), 2),
    wanted('case: a number or numeric', caseWhen(never, 1).else(s.amount), '10.50'),
    wanted('case: integer, bigint or double', caseWhen(never, s.qty).when(never, s.views).else(s.ratio), 0.5),
    wanted('case: integer or bigint', caseWhen(never, s.qty).else(s.views), 7),
    wanted('case: bigint or integer', caseWhen(never, s.views).else(s.qty), 3n),
    wanted('case: double or bigint', caseWhen(never, s.ratio).else(s.views), 7),
    wanted('case: text or varchar', caseWhen(never, s.note).else(s.code), 'x1'),
    wanted('case: a text or text', caseWhen(never, 'x').else(s.note), 'a note'),
    wanted('case: an instant or nothing', caseWhen(always, s.at).else(null), at),
    wanted('a document of any keys', func.coalesce(s.data, {}), { any: [1.5, 'key'] }),
    wanted('a large literal', literal(5_000_000_000), 5_000_000_000),
  ])('$title', async ({ expression, value }) => {
    expect(await given(expression, 'one row')).toEqual(value)
  })

  it('is refused where a bigint would become a fraction', async () => {
    await expect(given(func.coalesce(s.noViews, s.ratio), 'one row')).rejects.toThrow(DataError)
    await expect(given(func.coalesce(s.noViews, 1.5), 'one row')).rejects.toThrow(ArgumentError)
  })

  it('is never rounded', async () => {
    const query = select(func.coalesce(s.noQty, s.views)).where(s.id.eq(2))
    await expect(engine.execute(query).all()).rejects.toThrow(DataError)
  })

  it('has the type of both over a window', async () => {
    const w = { orderBy: s.id }
    const row = await engine
      .execute(
        select({
          a: func.lag(s.qty, 1, 1.5).over(w),
          b: func.lag(s.qty, 1, s.amount).over(w),
          c: func.lag(s.amount, 1, 0).over(w),
          d: func.lead(s.views, 5, s.qty).over(w),
          e: func.lead(s.qty, 5, s.ratio).over(w),
          f: func.lag(s.noQty, 1, 2).over(w),
        }).orderBy(s.id),
      )
      .first()
    const expected: typeof row = { a: 1.5, b: '10.50', c: '0', d: 3n, e: 0.5, f: 2 }
    expect(row).toEqual(expected)
  })
})

describe('the rows of several queries', () => {
  const of = <R>(query: Executable<R>) => engine.execute(query).all()
  const first = s.id.eq(1)

  it('have columns of a type that all have in common', async () => {
    const whole = select({ x: s.qty }).where(first)
    const fraction = select({ x: s.ratio }).where(first)
    const rows = await of(unionAll(whole, fraction))
    const expected: typeof rows = [{ x: 3 }, { x: 0.5 }]
    expect(rows).toEqual(expected)
    expect(await of(unionAll(fraction, whole))).toEqual([{ x: 0.5 }, { x: 3 }])
    expect(await of(unionAll(whole, select({ x: s.share }).where(first)))).toEqual([{ x: 3 }, { x: 2.25 }])
    expect(await of(unionAll(whole, unionAll(whole, fraction)))).toEqual([{ x: 3 }, { x: 3 }, { x: 0.5 }])
    expect(await of(unionAll(unionAll(whole, whole), fraction))).toEqual([{ x: 3 }, { x: 3 }, { x: 0.5 }])
    expect(await of(unionAll(whole, select({ x: func.count() }).from(s)))).toEqual([{ x: 3 }, { x: 2 }])
    expect(await of(except(whole, fraction))).toEqual([{ x: 3 }])
    expect(await of(intersect(whole, select({ x: s.qty.mul(1.0) }).where(first)))).toEqual([{ x: 3 }])
    expect(await of(unionAll(whole, sql<{ x: number }>`select 1.5`.columns({ x: t.double() })))).toEqual([
      { x: 3 },
      { x: 1.5 },
    ])
    expect(await of(unionAll(select({ x: s.noQty }).where(first), select({ x: literal(null) }), whole))).toEqual([
      { x: null },
      { x: null },
      { x: 3 },
    ])
    expect(await of(unionAll(select(s.noViews).where(first), select(s.views).where(first)))).toEqual([[null], [7n]])
    expect(await of(unionAll(select(s.noAmount).where(first), select(s.amount).where(first)))).toEqual([
      [null],
      ['10.50'],
    ])
    expect(await of(unionAll(select(s.note).where(first), select(s.code).where(first)))).toEqual([['a note'], ['x1']])
  })

  it('keep that type in a CTE and in a subquery', async () => {
    const both = union(select({ x: s.qty }).where(first), select({ x: s.ratio }).where(first)).orderBy('x')
    const cte = both.cte('both')
    const sub = both.subquery('both')
    expect(await of(select({ x: cte.c.x, twice: cte.c.x.mul(2) }).orderBy(cte.c.x))).toEqual([
      { x: 0.5, twice: 1 },
      { x: 3, twice: 6 },
    ])
    expect(await of(select({ x: sub.c.x }).orderBy(sub.c.x))).toEqual([{ x: 0.5 }, { x: 3 }])
    const grown = select({ x: s.qty })
      .where(first)
      .cte('grown')
      .unionAll(() => select({ x: s.ratio }).where(first))
    expect(await of(select({ x: grown.c.x }).orderBy(grown.c.x))).toEqual([{ x: 0.5 }, { x: 3 }])
  })
})

describe('arithmetic', () => {
  it.each([
    wanted('numeric times integer', s.amount.mul(s.qty), '31.50'),
    wanted('integer times numeric', s.qty.mul(s.amount), '31.50'),
    wanted('integer times numeric that is null', s.qty.mul(s.noAmount), null),
    wanted('integer plus bigint', s.qty.add(s.views), 10),
    wanted('bigint plus integer', s.views.add(s.qty), 10n),
    wanted('bigint times numeric', s.views.mul(s.amount), '73.50'),
    wanted('integer plus double', s.qty.add(s.ratio), 3.5),
    wanted('integer times a fraction', s.qty.mul(1.5), 4.5),
    wanted('integer times a number past 32 bits', s.qty.mul(5_000_000_000), 15_000_000_000),
    wanted('an instant less an instant', s.until.sub(s.at), { days: 2, hours: 2, minutes: 30 }),
    wanted('an instant less a Date', s.until.sub(at), { days: 2, hours: 2, minutes: 30 }),
    wanted('an instant less a span', s.until.sub({ days: 2 }), new Date('2024-03-01T12:30:00Z')),
    wanted('an instant and a span', s.at.add(s.took), new Date('2024-03-01T12:00:00Z')),
    wanted('a day and a span', s.day.add({ days: 1 }), '2024-03-02 00:00:00'),
    wanted('a wall clock and a span', s.local.add({ hours: 1 }), '2024-03-01 11:00:00'),
    wanted('a span and a span', s.took.add({ minutes: 5 }), { hours: 2, minutes: 5 }),
    wanted('a span, twice', s.took.mul(2), { hours: 4 }),
    wanted('a span by an integer', s.took.div(s.small), { hours: 1 }),
  ])('$title', async ({ expression, value }) => {
    expect(await given(expression, 'one row')).toEqual(value)
  })

  it.each([
    wanted('a count, else a fraction', func.coalesce(func.count(), 1.5), 2),
    wanted('a count, else bigint', func.coalesce(func.nullif(func.count(), 2), func.min(s.views)), 7),
    wanted('a sum by a count', func.sum(s.qty).div(func.count()), 3),
    wanted('an average of bigints, less one', func.avg(s.qty.cast(t.bigint())).sub(1), '2.5000000000000000'),
    wanted('an average of spans', func.avg(s.until.sub(s.at)), { days: 2, hours: 2, minutes: 30 }),
    wanted('a sum of spans', func.sum(s.took), { hours: 4 }),
  ])('$title', async ({ expression, value }) => {
    expect(await given(expression, 'both rows')).toEqual(value)
  })

  it('compares numbers of every kind', async () => {
    const ids = (condition: RowCondition) => engine.execute(select(Sale).where(condition).orderBy(s.id)).all()
    expect(await ids(s.amount.gt(s.qty))).toHaveLength(2)
    expect(await ids(s.qty.gt(s.amount))).toHaveLength(0)
    expect(await ids(s.views.gt(s.amount))).toHaveLength(1)
    expect(await ids(s.amount.in(select(s.qty)))).toHaveLength(0)
  })

  it('is refused on text that is no date', () => {
    expect(() => s.note.add({ days: 1 })).toThrow(/there is no arithmetic on it/)
    expect(() => Reflect.apply(Reflect.get(s.note, 'mul'), s.note, [2])).toThrow(ArgumentError)
  })
})

describe('null', () => {
  it('is in the type where it is in the rows', async () => {
    const missing = select(s.noNote)
    expect(await given(s.note.notIn(missing), 'one row')).toBeNull()
    expect(await given(s.note.in(missing), 'one row')).toBeNull()
    expect(await given(s.note.in(select(s.note).from(s)), 'one row')).toBe(true)
    const beyond = { orderBy: s.id, rows: [5, 6] } as const
    const windows = select({
      first: func.firstValue(s.qty).over('w'),
      last: func.lastValue(s.qty).over('w'),
      nth: func.nthValue(s.qty, 2).over({ orderBy: s.id }),
    })
      .window('w', beyond)
      .orderBy(s.id)
    expect(await engine.execute(windows).first()).toEqual({ first: null, last: null, nth: null })
  })

  it('stands in a list of absent rows, and in the keys that totals leave out', async () => {
    const other = aliased(Sale, 'other')
    const lists = select({ id: s.id, notes: func.arrayAgg(other.note) })
      .leftJoin(other, other.id.eq(s.id.add(1)))
      .groupBy(s.id)
      .orderBy(s.id)
    const rows = await engine.execute(lists).all()
    const expected: typeof rows = [
      { id: 1, notes: ['other'] },
      { id: 2, notes: [null] },
    ]
    expect(rows).toEqual(expected)
    const totals = select({ qty: s.qty, n: func.count() }).groupBy(func.rollup(s.qty)).orderBy(s.qty.asc().nullsLast())
    const sums = await engine.execute(totals).all()
    const wantedSums: typeof sums = [
      { qty: 3, n: 1 },
      { qty: 4, n: 1 },
      { qty: null, n: 2 },
    ]
    expect(sums).toEqual(wantedSums)
  })
})
