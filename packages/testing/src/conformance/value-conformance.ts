// The exam of a driver and a dialect together: JavaScript values go to the database and come back the same, whatever the driver.
// The driver alone is examined in driver.ts.
import { describe, expect, it } from '@jest/globals'
import { type SqlType, types as t } from '@oriel/sql'
import { ask, type DriverCandidate, examOf } from './exam.ts'

/** A type, and what it must give back for each value. */
interface ValueCase {
  readonly type: SqlType<unknown>
  /** The values that must come back as they are. */
  readonly same: readonly unknown[]
  /** A text of the server's, and the value it must become. */
  readonly read?: readonly (readonly [text: string, value: unknown])[]
}

const hundredDigits = `${'1234567890'.repeat(5)}.${'0987654321'.repeat(5)}`
const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)

const cases: Readonly<Record<string, ValueCase>> = {
  boolean: { type: t.boolean(), same: [true, false] },
  smallint: { type: t.smallint(), same: [-32768, 32767] },
  integer: { type: t.integer(), same: [-2147483648, 0, 2147483647] },
  bigint: {
    type: t.bigint(),
    same: [-9223372036854775808n, 9223372036854775807n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 0n],
  },
  numeric: { type: t.numeric(), same: ['0.000', '-1.50', hundredDigits, 'NaN', 'Infinity', '-Infinity'] },
  'numeric(12, 2)': { type: t.numeric(12, 2), same: ['1234567890.10'], read: [['1.5', '1.50']] },
  double: { type: t.double(), same: [0.1 + 0.2, -0, 5e-324, Number.MAX_VALUE, NaN, Infinity, -Infinity] },
  real: { type: t.real(), same: [1.5, -0, NaN, Infinity] },
  text: { type: t.text(), same: ['', 'NULL', `it's "q" \\ $1 :a ?`, 'a\n\t\r', '👩‍🚀 é עברית'] },
  varchar: { type: t.varchar(10), same: ['bıgınt'] },
  char: { type: t.char(4), same: ['ab  '] },
  uuid: { type: t.uuid(), same: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'] },
  timestamptz: {
    type: t.timestamptz(),
    same: [
      new Date('2024-02-29T12:34:56.789Z'),
      new Date('-000043-03-15T00:00:00Z'),
      new Date('+012024-01-01T00:00:00Z'),
    ],
  },
  'timestamptz as text': { type: t.timestamptz().asText(), same: ['2024-02-29 12:34:56.123456+00', 'infinity'] },
  timestamp: { type: t.timestamp(), same: ['2024-03-31 02:30:00.123456'] },
  date: { type: t.date(), same: ['2024-02-29', '9999-12-31'] },
  time: { type: t.time(), same: ['00:00:00', '12:34:56.123456'] },
  timetz: { type: t.timetz(), same: ['12:00:00.000001+05:30'] },
  interval: {
    type: t.interval(),
    same: [
      { months: 1, days: 3 },
      { years: 1, hours: 4, minutes: 5 },
    ],
    read: [['2 days', { days: 2 }]],
  },
  bytea: { type: t.bytea(), same: [new Uint8Array(), allBytes] },
  json: { type: t.json(), same: ['text', 1.5, true, [1, null], { a: { b: '"\\' } }] },
  jsonb: { type: t.jsonb(), same: ['text', '', 'say "x" \\', 1.5, false, [], { a: [{ b: null }] }] },
  'integer[]': { type: t.integer().array(), same: [[], [1, -3], [2147483647]], read: [['[0:1]={7,8}', [7, 8]]] },
  'integer | null []': { type: t.integer().nullable().array(), same: [[1, null, 3], [null]] },
  'text[]': { type: t.text().nullable().array(), same: [[null, 'NULL', '', 'a,b', 'c"d', 'e\\f', '{}', ' ', '👩‍🚀']] },
  'bigint[]': { type: t.bigint().array(), same: [[2n ** 53n + 1n, -9223372036854775808n]] },
  'timestamptz[]': { type: t.timestamptz().array(), same: [[new Date('2024-02-29T12:34:56.789Z')]] },
  'jsonb[]': { type: t.jsonb().array(), same: [[{ a: 'b' }, 'text', 1]] },
  'bytea[]': { type: t.bytea().array(), same: [[Uint8Array.of(0, 255)]] },
}

/** Registers the exam of values with jest. */
export function valueConformance(candidate: DriverCandidate): void {
  describe(`value conformance: ${candidate.name}`, () => {
    const exam = examOf(candidate)

    it.each(Object.entries(cases))('%s', async (_, { type, same, read = [] }) => {
      const { dialect } = exam.underTest().driver
      const codec = dialect.codec(type)
      const statement = `select $1::${dialect.typeName(type)}`
      // More than once, as a prepared statement may be answered by another path.
      for (let run = 0; run < 3; run++) {
        for (const value of same) {
          const { rows } = await ask(exam.connection(), statement, [codec.encode(value, 'value')])
          expect(codec.decode(rows[0]?.[0] ?? 'nothing')).toStrictEqual(value)
        }
        for (const [text, value] of read) {
          const { rows } = await ask(exam.connection(), statement, [text])
          expect(codec.decode(rows[0]?.[0] ?? 'nothing')).toStrictEqual(value)
        }
      }
    })

    it('knows columns by the server’s type number alone', async () => {
      const { dialect } = exam.underTest().driver
      const { columns, rows } = await ask(
        exam.connection(),
        `select 1::int2, 2, 3::int8, 1.50::numeric, 0.5::float8, true, 'x'::text, '\\x00ff'::bytea,
          '{"a": 1}'::jsonb, '{1,NULL}'::int4[], date '2024-02-29', count(*), sum(2), array['NULL', null] from generate_series(1, 3)`,
      )
      const values = columns.map(({ oid }, at) => dialect.codecByOid(oid).decode(rows[0]?.[at] ?? 'nothing'))
      expect(values).toStrictEqual([
        ...[1, 2, 3n, '1.50', 0.5, true, 'x', Uint8Array.of(0, 255), { a: 1 }, [1, null], '2024-02-29'],
        ...[3n, 6n, ['NULL', null]],
      ])
    })
  })
}
