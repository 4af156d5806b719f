// Values: what goes in comes back, of every type and at every edge, whatever the driver, and through whatever query.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  caseWhen,
  createAll,
  DataError,
  deleteFrom,
  entity,
  func,
  type Interval,
  insert,
  select,
  sql,
  types as t,
  unionAll,
  update,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { roundTrips, Specimen } from '../fixture/specimen.ts'

const engine = await freshEngine()
const s = entity(Specimen)

beforeAll(() => createAll(engine))

const given = Object.entries(roundTrips).flatMap(([property, values]) => values.map((value) => ({ property, value })))

async function roundTrip(property: string, value: unknown): Promise<unknown> {
  const row = { label: 'round trip', [property]: value }
  const [stored] = await engine.execute(insert(Specimen).values(row).returning(Specimen)).scalars().all()
  const read = await engine
    .execute(select(Specimen).where(s.id.eq(stored?.id ?? 0)))
    .scalars()
    .one()
  expect(read).toEqual(stored)
  return Reflect.get(read, property)
}

describe('every type', () => {
  it.each(Object.keys(roundTrips))('%s keeps its values', async (property) => {
    for (const { value } of given.filter((entry) => entry.property === property)) {
      const back = await roundTrip(property, value)
      expect(back).toEqual(value)
      if (typeof value === 'number') expect(Object.is(back, value)).toBe(true)
    }
  })

  it('keeps NULL apart from everything else', async () => {
    for (const property of Object.keys(roundTrips).filter((name) => name !== 'label'))
      expect(await roundTrip(property, null)).toBeNull()
  })

  it('finds each value again by itself', async () => {
    await engine.execute(deleteFrom(Specimen).everyRow())
    for (const property of [
      'small',
      'int',
      'big',
      'exact',
      'double',
      'name',
      'uuid',
      'bytes',
      'instant',
      'instantText',
      'wall',
      'date',
      'time',
      'zonedTime',
      'jsonb',
      'mood',
      'texts',
      'ints',
      'bigs',
      'grid',
    ]) {
      const [value] = (Reflect.get(roundTrips, property) as readonly unknown[]).slice(-1)
      const column = Reflect.get(s, property)
      const stored = await engine
        .execute(
          insert(Specimen)
            .values({ label: property, [property]: value })
            .returning(s.id),
        )
        .scalars()
        .one()
      expect(await engine.execute(select(s.id).where(column.eq(value)))).toMatchObject({ rowCount: 1 })
      expect(
        await engine
          .execute(select(s.id).where(column.in([value])))
          .scalars()
          .all(),
      ).toEqual([stored])
      expect(
        (await engine.execute(update(Specimen).set({ label: 'found' }).where(column.between(value, value)))).rowCount,
      ).toBe(1)
    }
  })

  it('keeps intervals by their parts', async () => {
    const spans: [Interval, Interval][] = [
      [
        { months: 14, days: -3, hours: 4 },
        { years: 1, months: 2, days: -3, hours: 4 },
      ],
      [{ minutes: -90 }, { hours: -1, minutes: -30 }],
      [
        { years: -1, seconds: 0.000001 },
        { years: -1, seconds: 0.000001 },
      ],
      [{}, {}],
    ]
    for (const [span, back] of spans) {
      expect(await roundTrip('span', span)).toEqual(back)
      expect(await roundTrip('span', back)).toEqual(back)
    }
  })

  it('tells a JSON null from a NULL', async () => {
    const id = await engine
      .execute(insert(Specimen).values({ label: 'json null', jsonb: sql`'null'::jsonb` }).returning(s.id))
      .scalars()
      .one()
    const found = (column: typeof s.jsonb) =>
      engine
        .execute(select(s.id).where(s.id.eq(id), column.isNull()))
        .scalars()
        .all()
    expect(await found(s.jsonb)).toEqual([])
    await engine.execute(update(Specimen).set({ jsonb: null }).where(s.id.eq(id)))
    expect(await found(s.jsonb)).toEqual([id])
  })

  it('reads arrays whose first index is not 1, and server settings that change texts', async () => {
    const read = sql`select '[0:1]={7,8}'::int[] as a, '{{1,2},{3,4}}'::int[] as b`
    expect(
      await engine.execute(read.columns({ a: t.integer().array(), b: t.integer().array().array() })).all(),
    ).toEqual([
      {
        a: [7, 8],
        b: [
          [1, 2],
          [3, 4],
        ],
      },
    ])
    await engine.begin(async (connection) => {
      const moment = new Date('2024-03-10T07:30:00.123Z')
      for (const zone of ['America/New_York', 'Asia/Kolkata', 'UTC', 'Australia/Lord_Howe']) {
        await connection.execute(sql`select set_config('timezone', ${zone}, true)`)
        const row = sql`select ${moment}::timestamptz as m, '1883-11-18 12:00:00+00'::timestamptz as old, '2024-11-03 01:30:00'::timestamp as w`
        expect(
          await connection.execute(row.columns({ m: t.timestamptz(), old: t.timestamptz(), w: t.timestamp() })).all(),
        ).toEqual([{ m: moment, old: new Date('1883-11-18T12:00:00Z'), w: '2024-11-03 01:30:00' }])
      }
      await connection.execute(sql`select set_config('bytea_output', 'escape', true)`)
      expect(await connection.execute(sql`select '\\x00ff5c'::bytea as b`.columns({ b: t.bytea() })).all()).toEqual([
        { b: new Uint8Array([0, 255, 92]) },
      ])
    })
  })
})

describe('what cannot be held is an error, never another value', () => {
  const read = (
    text: string,
    type: Parameters<typeof t.integer>['length'] extends 0 ? ReturnType<typeof t.integer> : never,
  ) => engine.execute(sql`select ${sql.raw(text)} as x`.columns({ x: type })).all()

  it('past 2^53', async () => {
    expect(await read('9007199254740991::bigint', t.integer())).toEqual([{ x: 9007199254740991 }])
    await expect(read('9007199254740993::bigint', t.integer())).rejects.toThrow(DataError)
    await expect(read('-9007199254740993::bigint', t.integer())).rejects.toThrow(/bigint/)
    await expect(read('1e400::numeric', t.numeric().asNumber())).rejects.toThrow(DataError)
  })

  it('an infinite instant, a date of JavaScript has none', async () => {
    const [row] = await engine
      .execute(insert(Specimen).values({ label: 'infinite', instantText: 'infinity' }).returning(s.instantText))
      .all()
    expect(row).toEqual(['infinity'])
    await expect(
      engine.execute(sql`select 'infinity'::timestamptz as x`.columns({ x: t.timestamptz() })),
    ).rejects.toThrow(DataError)
  })

  it('integers in jsonb that JSON.parse would round', async () => {
    const stored = sql`select '{"a": 9007199254740993}'::jsonb as x`
    await expect(engine.execute(stored.columns({ x: t.jsonb() }))).rejects.toThrow(/9007199254740993/)
    expect(
      await engine.execute(sql`select '{"a": 1e400, "b": 1.5}'::jsonb->>'b' as x`.columns({ x: t.text() })).all(),
    ).toEqual([{ x: '1.5' }])
  })

  it('values that a column cannot take, named by their property, before anything is sent', async () => {
    const sent: string[] = []
    const off = engine.on('beforeExecute', ({ text }) => sent.push(text))
    const wrong: [string, unknown][] = [
      ['small', 32768],
      ['int', 1.5],
      ['int', 'old'],
      ['int', Number.NaN],
      ['big', 2n ** 63n],
      ['big', 2 ** 53 + 2],
      ['exact', '12,5'],
      ['exact', {}],
      ['double', '1'],
      ['flag', 'true'],
      ['name', 5],
      ['name', 'a\0b'],
      ['name', 'half \ud83d'],
      ['name', () => 'x'],
      ['name', Symbol('x')],
      ['name', new Map()],
      ['name', ['a']],
      ['name', { $ne: null }],
      ['uuid', 'not-a-uuid'],
      ['bytes', 'text'],
      ['instant', new Date(Number.NaN)],
      ['instant', '2024-01-01x'],
      ['wall', new Date()],
      ['date', new Date()],
      ['span', { dayz: 1 }],
      ['jsonb', { a: { b: 10n } }],
      ['jsonb', { a: Number.NaN }],
      ['jsonb', '\u0000'],
      ['jsonb', ['\ud83d']],
      ['mood', 'happy'],
      ['texts', 'a'],
      ['texts', ['a', 1]],
      ['ints', [1, undefined]],
      ['bigs', [1.5]],
    ]
    const outcomes = await Promise.all(
      wrong.map(async ([property, value]) => {
        const row = { label: 'x', [property]: value } as never
        const outcome = await (async () => engine.execute(insert(Specimen).values(row)))().catch(
          (error: unknown) => error,
        )
        const isNamed = outcome instanceof ArgumentError && outcome.message.includes(`Specimen.${property}`)
        return isNamed ? 'refused by name' : [property, String(value), String(outcome)]
      }),
    )
    expect(outcomes).toEqual(wrong.map(() => 'refused by name'))
    off()
    expect(sent).toEqual([])
  })
})

describe('what is computed has the type of what it is computed from', () => {
  beforeAll(async () => {
    await engine.execute(deleteFrom(Specimen).everyRow())
    await engine.execute(
      insert(Specimen).values([
        { label: 'a', int: 2147483647, big: 2n ** 62n, exact: '0.10', double: 1.5, small: 1, real: 0.5 },
        { label: 'a', int: 2147483647, big: 2n ** 62n, exact: '0.20', double: 1, small: 2, real: 1 },
        { label: 'b', int: null, big: null, exact: null, double: null, small: null, real: null },
      ]),
    )
  })
  const aggregates = {
    int: func.sum(s.int),
    big: func.sum(s.big),
    exact: func.sum(s.exact),
    double: func.sum(s.double),
    small: func.sum(s.small),
    real: func.sum(s.real),
    avgInt: func.avg(s.int),
    avgBig: func.avg(s.big),
    avgExact: func.avg(s.exact),
    avgDouble: func.avg(s.double),
    count: func.count(),
    deviation: func.stddev(s.small),
  }
  const expected = {
    int: 4294967294,
    big: 2n ** 63n,
    exact: '0.30',
    double: 2.5,
    small: 3,
    real: 1.5,
    avgInt: 2147483647,
    avgBig: '4611686018427387904',
    avgExact: '0.15000000000000000000',
    avgDouble: 1.25,
    count: 3,
    deviation: expect.closeTo(Math.SQRT1_2, 10),
  }

  it('in aggregates', async () => {
    const row: { int: number | null; big: bigint | null; avgBig: string | null; count: number } = await engine
      .execute(select(aggregates).from(s))
      .one()
    expect(row).toEqual(expected)
  })

  it('through CTEs, subqueries and unions', async () => {
    const one = select(aggregates).from(s)
    expect(await engine.execute(select(one.cte('one'))).one()).toEqual(expected)
    expect(await engine.execute(select(one.subquery('one'))).one()).toEqual(expected)
    expect(await engine.execute(unionAll(one, one)).first()).toEqual(expected)
    expect(await engine.execute(select(unionAll(one, one).cte('both'))).first()).toEqual(expected)
  })

  it('in windows', async () => {
    const w = { orderBy: s.id }
    const row = await engine
      .execute(
        select({
          rank: func.rank().over(w),
          tile: func.ntile(2).over(w),
          share: func.cumeDist().over(w),
          lagInt: func.lag(s.int).over(w),
          lagBig: func.lag(s.big).over(w),
          lagExact: func.lag(s.exact).over(w),
          first: func.firstValue(s.big).over(w),
          sumBig: func.sum(s.big).over({ ...w, rows: [null, 0] }),
          sumInt: func.sum(s.int).over({ ...w, rows: [null, 0] }),
          avgInt: func.avg(s.int).over({ ...w, rows: [null, 0] }),
        })
          .orderBy(s.id)
          .limit(1)
          .offset(1),
      )
      .one()
    expect(row).toEqual({
      rank: 2,
      tile: 1,
      share: expect.closeTo(2 / 3, 10),
      lagInt: 2147483647,
      lagBig: 2n ** 62n,
      lagExact: '0.10',
      first: 2n ** 62n,
      sumBig: 2n ** 63n,
      sumInt: 4294967294,
      avgInt: 2147483647,
    })
  })

  it('in case, coalesce, arithmetic, casts and arrays', async () => {
    const row = await engine
      .execute(
        select({
          either: caseWhen(s.label.eq('a'), s.big).else(s.big),
          filled: func.coalesce(s.exact, '7.0'),
          text: func.coalesce(s.exact.cast(t.text()), 'none'),
          plus: s.big.sub(1n),
          mixed: s.int.mul(0.5),
          cast: s.int.cast(t.bigint()),
          list: func.coalesce(func.nullif(s.int, 5), 0),
          most: func.greatest(s.int, 5),
        })
          .orderBy(s.id)
          .limit(1),
      )
      .one()
    expect(row).toEqual({
      either: 2n ** 62n,
      filled: '0.10',
      text: '0.10',
      plus: 2n ** 62n - 1n,
      mixed: 1073741823.5,
      cast: 2147483647n,
      list: 2147483647,
      most: 2147483647,
    })
    const lists = await engine
      .execute(
        select({
          bigs: func.arrayAgg(s.big).orderBy(s.id),
          exacts: func.arrayAgg(s.exact).orderBy(s.id),
          first: select(func.max(s.big)).from(s).scalar(),
        }).from(s),
      )
      .one()
    expect(lists).toEqual({ bigs: [2n ** 62n, 2n ** 62n, null], exacts: ['0.10', '0.20', null], first: 2n ** 62n })
  })

  it('is a DataError past 2^53 where it is a number', async () => {
    await expect(
      engine.execute(
        select({
          x: func.sum(s.big.cast(t.bigint())),
          y: sql<number>`9007199254740993::bigint`.cast(t.integer()),
        }).from(s),
      ),
    ).rejects.toThrow(DataError)
  })
})
