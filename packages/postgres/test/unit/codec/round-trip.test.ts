// Every codec against a real server: what goes out comes back, and what the server writes is read without loss.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DataError, type SqlType, types as t } from '@oriel/sql'
import fc from 'fast-check'
import { codecOf } from '../../../src/codec/codec.ts'
import { typeName } from '../../../src/type-name.ts'
import { openWire, type Wire } from '../../wire.ts'

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterAll(() => wire.close())

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
const int8 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

/** Values of a type that must come back the same. */
const values: readonly (readonly [string, SqlType<unknown>, fc.Arbitrary<unknown>, readonly unknown[]])[] = [
  ['boolean', t.boolean(), fc.boolean(), [true, false]],
  ['smallint', t.smallint(), fc.integer({ min: -32768, max: 32767 }), [-32768, 32767]],
  ['integer', t.integer(), fc.integer(), [-2147483648, 2147483647, 0]],
  ['bigint', t.bigint(), int8, [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]],
  ['double', t.double(), fc.double(), [NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE, 0.1 + 0.2]],
  ['real', t.real(), fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), [NaN, -Infinity, -0, 1.5]],
  [
    'numeric as number',
    t.numeric().asNumber(),
    fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e200, max: 1e200 }).filter((n) => !Object.is(n, -0)),
    [0.1, 1e-200],
  ],
  ['text', t.text(), text, ['', 'NULL', "it's", '\\', '"', 'a\nb', '日本語', '👩‍👩‍👧']],
  ['uuid', t.uuid(), fc.uuid(), ['ffffffff-ffff-ffff-ffff-ffffffffffff']],
  [
    'timestamptz',
    t.timestamptz(),
    fc.date({ min: new Date('-004712-01-02T00:00:00Z'), max: new Date(8.64e15), noInvalidDate: true }),
    [
      new Date('+012024-05-06T07:08:09.010Z'),
      new Date('-000043-03-15T12:00:00.001Z'),
      new Date('0000-06-01T00:00:00Z'),
      new Date('0001-01-01T00:00:00Z'),
      new Date('1883-11-18T12:00:00.999Z'),
      new Date('9999-12-31T23:59:59.999Z'),
      new Date('+010000-01-01T00:00:00Z'),
      new Date(-1),
    ],
  ],
  ['bytea', t.bytea(), fc.uint8Array(), [new Uint8Array(), Uint8Array.of(0, 92, 39, 255)]],
  [
    'jsonb',
    t.jsonb(),
    fc
      .jsonValue({ noUnicodeString: false })
      .filter(
        (value) =>
          !/\\u0000|\\ud[89a-f]|-0|__proto__/.test(`${JSON.stringify(value)}${Object.is(value, -0) ? '-0' : ''}`) &&
          !hasMinusZero(value),
      ),
    [null, 'top', 5, [1, [null]], 1e21, 1.5e300, { a: { b: ['\\u0000'] } }],
  ],
  [
    'text[]',
    t.text().nullable().array(),
    fc.array(fc.option(text)),
    [[], [null, 'NULL', 'null', '', ' ', 'a,b', '{}', '"', '\\', 'a"b\\c']],
  ],
  ['numeric[]', t.numeric().nullable().array(), fc.array(fc.option(fc.bigInt().map(String))), [['1.50', null, 'NaN']]],
  ['bigint[]', t.bigint().array(), fc.array(int8), [[2n ** 53n + 1n]]],
  ['bytea[]', t.bytea().array(), fc.array(fc.uint8Array()), []],
  ['jsonb[]', t.jsonb().array(), fc.array(fc.array(fc.nat())), [[{ a: '"' }, [1, [2]], 'NULL']]],
  [
    'timestamptz[]',
    t.timestamptz().array(),
    fc.array(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })),
    [],
  ],
  [
    'integer[][]',
    t.integer().array().array(),
    fc.array(fc.tuple(fc.integer(), fc.integer())),
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ],
]

function hasMinusZero(value: unknown): boolean {
  if (typeof value === 'number') return Object.is(value, -0)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasMinusZero)
}

describe('a value comes back as it went', () => {
  it.each(values)('%s', async (_name, type, arbitrary, extremes) => {
    for (const value of extremes) {
      if (value === null) continue
      expect(await wire.roundTrip(type, value)).toStrictEqual(value)
    }
    await fc.assert(
      fc.asyncProperty(
        arbitrary.filter((value) => value !== null),
        async (value) => {
          expect(await wire.roundTrip(type, value)).toEqual(value)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('numeric with 100 digits, and with its trailing zeros', async () => {
    const long = `${'1234567890'.repeat(10)}.${'0987654321'.repeat(3)}00`
    for (const value of [long, `-${long}`, '0.10', '1e5', 12, 10n ** 60n, 'Infinity', '-Infinity', 'NaN']) {
      const expected = value === '1e5' ? '100000' : String(value)
      expect(await wire.roundTrip(t.numeric(), value)).toBe(expected)
    }
    await fc.assert(
      fc.asyncProperty(fc.bigInt(), fc.stringMatching(/^\d{1,40}$/), async (whole, fraction) => {
        expect(await wire.roundTrip(t.numeric(), `${whole}.${fraction}`)).toBe(`${whole}.${fraction}`)
      }),
      { numRuns: 40 },
    )
  })

  it('microseconds, infinity and offsets as text', async () => {
    for (const value of [
      '2024-03-31 02:30:00.123456+00',
      'infinity',
      '0044-03-15 12:00:00+00 BC',
      '12024-01-01 00:00:00.000001+00',
    ])
      expect(await wire.roundTrip(t.timestamptz().asText(), value)).toBe(value)
  })

  it('wall clocks, as the texts they are', async () => {
    expect(await wire.roundTrip(t.timestamp(), '2024-03-31 02:30:00.123456')).toBe('2024-03-31 02:30:00.123456')
    expect(await wire.roundTrip(t.date(), '0044-03-15 BC')).toBe('0044-03-15 BC')
    expect(await wire.roundTrip(t.date(), 'infinity')).toBe('infinity')
    expect(await wire.roundTrip(t.time(), '24:00:00')).toBe('24:00:00')
    expect(await wire.roundTrip(t.timetz(), '02:30:00.5+05:45')).toBe('02:30:00.5+05:45')
  })

  it('intervals, part by part', async () => {
    const part = fc.integer({ min: -500, max: 500 })
    const interval = fc.record({
      days: part,
      months: fc.integer({ min: -11, max: 11 }),
      seconds: fc.integer({ min: -59, max: 59 }),
    })
    await fc.assert(
      fc.asyncProperty(interval, async (value) => {
        const nonZero = Object.fromEntries(Object.entries(value).filter(([, amount]) => amount !== 0))
        expect(await wire.roundTrip(t.interval(), value)).toEqual(nonZero)
      }),
      { numRuns: 40 },
    )
    expect(await wire.roundTrip(t.interval(), '7 days')).toEqual({ days: 7 })
    expect(await wire.roundTrip(t.interval(), { hours: 1.5 })).toEqual({ hours: 1, minutes: 30 })
    expect(await wire.roundTrip(t.interval(), {})).toEqual({})
    const mixed = { years: -1, months: -2, days: 3, hours: -4, minutes: -5, seconds: -6.789 }
    expect(await wire.roundTrip(t.interval(), mixed)).toEqual(mixed)
  })

  it('an enum and its arrays', async () => {
    await wire.rows(`create type "Mood" as enum ('sad', 'so so', 'NULL')`)
    const mood = t.enum('Mood', ['sad', 'so so', 'NULL'])
    expect(await wire.roundTrip(mood, 'so so')).toBe('so so')
    expect(await wire.roundTrip(mood.nullable().array(), ['NULL', null, 'so so'])).toEqual(['NULL', null, 'so so'])
  })
})

describe('what the server writes is read', () => {
  it.each([
    [`'[0:1]={7,8}'::int[]`, t.integer().array(), [7, 8]],
    [`'[2:3][0:0]={{7},{8}}'::int[]`, t.integer().array(), [[7], [8]]],
    [
      `'{{1,NULL},{3,4}}'::int[]`,
      t.integer().array(),
      [
        [1, null],
        [3, 4],
      ],
    ],
    [`array[null, 'NULL', '']`, t.text().array(), [null, 'NULL', '']],
    [`array['a b', e'tab\\t', e'q"\\\\']`, t.text().array(), ['a b', 'tab\t', 'q"\\']],
    [`(select count(*) from pg_class where false)`, t.integer(), 0],
    [`(select sum(n) from (values (1), (2)) as x(n))`, t.integer(), 3],
    [`9007199254740991::int8`, t.integer(), 9007199254740991],
    [`(select avg(n) from (values (1), (2), (2)) as x(n))`, t.double(), 1.6666666666666667],
    [
      `'-1 years -2 mons +3 days -04:05:06.5'::interval`,
      t.interval(),
      { years: -1, months: -2, days: 3, hours: -4, minutes: -5, seconds: -6.5 },
    ],
    [`'00:00:00'::interval`, t.interval(), {}],
    [`timestamptz '1883-11-18 11:59:59.5 America/New_York'`, t.timestamptz(), new Date('1883-11-18T16:56:01.500Z')],
  ] as const)('%s', async (sql, type, expected) => {
    const read = await wire.text(`select ${sql}`)
    expect(codecOf(type).decode(read ?? 'NULL')).toEqual(expected)
  })

  it('timestamps in any zone of the session, with offsets down to seconds', async () => {
    const instant = new Date('1850-06-01T12:34:56.789Z')
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/Amsterdam']) {
      await wire.rows(`set time zone '${zone}'`)
      expect(await wire.roundTrip(t.timestamptz(), instant)).toEqual(instant)
      expect(await wire.roundTrip(t.timestamptz(), new Date('-000043-01-01T00:00:00Z'))).toEqual(
        new Date('-000043-01-01T00:00:00Z'),
      )
    }
    await wire.rows(`set time zone 'UTC'`)
  })

  it('both output formats of bytea', async () => {
    await wire.rows(`set bytea_output = 'escape'`)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        expect(await wire.roundTrip(t.bytea(), bytes)).toEqual(bytes)
      }),
      { numRuns: 40 },
    )
    await wire.rows(`set bytea_output = 'hex'`)
  })

  it.each([
    [`'infinity'::timestamptz`, t.timestamptz(), /asText\(\)/],
    [`'290000-01-01'::timestamptz`, t.timestamptz(), /asText\(\)/],
    [`9007199254740993`, t.integer(), /9007199254740993.*beyond the integers.*bigint/s],
    [`(select sum(n) from (values (9007199254740991), (2)) as x(n))`, t.integer(), /beyond the integers/],
    [`1e400::numeric`, t.numeric().asNumber(), /beyond what a JavaScript number can hold/],
    [`'{"id": 9007199254740993}'::jsonb`, t.jsonb(), /would round/],
    [`'infinity'::interval`, t.interval(), /has no parts/],
  ] as const)('%s is a DataError, never another value', async (sql, type, message) => {
    const read = (await wire.text(`select ${sql}`)) ?? ''
    expect(() => codecOf(type).decode(read)).toThrow(DataError)
    expect(() => codecOf(type).decode(read)).toThrow(message)
  })

  it('fractions in json are the nearest double, as by JSON.parse', async () => {
    const read = (await wire.text(`select jsonb_build_object('third', 1::numeric / 3, 'half', 0.50)`)) ?? ''
    expect(read).toBe('{"half": 0.50, "third": 0.33333333333333333333}')
    expect(codecOf(t.jsonb()).decode(read)).toEqual({ half: 0.5, third: 1 / 3 })
  })

  it('json keys such as __proto__ stay plain own keys', async () => {
    const read = (await wire.text(`select '{"__proto__": {"polluted": true}}'::jsonb`)) ?? ''
    const value = codecOf(t.jsonb()).decode(read)
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('names every type as the server knows it', async () => {
    for (const type of [
      t.smallint(),
      t.double(),
      t.numeric(12, 2),
      t.varchar(20),
      t.char(3),
      t.timestamptz(),
      t.timetz(),
      t.text().array(),
      t.custom('inet'),
      t.custom('bit(3)'),
      t.custom('"char"'),
    ])
      expect(await wire.text(`select null::${typeName(type)}`)).toBeNull()
  })
})
