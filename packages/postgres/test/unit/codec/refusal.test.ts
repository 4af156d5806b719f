// What codecs refuse, and that the message names the property and the value's kind.
import { describe, expect, it } from '@jest/globals'
import { ArgumentError, type SqlType, type StandardSchema, types as t, unknownType } from '@oriel/sql'
import { codecOf } from '../../../src/codec/codec.ts'

const cycle: { self?: unknown } = {}
cycle.self = cycle

const hole: unknown[] = []
hole[1] = 1

describe('encode refuses with the name of the property', () => {
  it.each<readonly [SqlType<unknown>, unknown, string]>([
    [t.integer(), 'old', 'Author.age expects an integer, got "old" (string)'],
    [t.integer(), 1.5, 'Author.age expects an integer, got 1.5 (number)'],
    [t.integer(), NaN, 'Author.age expects an integer, got NaN (number)'],
    [t.integer(), undefined, 'Author.age expects an integer, got undefined'],
    [
      t.integer(),
      2147483648,
      'Author.age expects an integer between -2147483648 and 2147483647, got 2147483648 (number)',
    ],
    [t.smallint(), 40000n, 'Author.age expects a smallint between -32768 and 32767, got 40000 (bigint)'],
    [
      t.bigint(),
      2 ** 53,
      'Author.age expects a bigint, since a number this large is not exact, got 9007199254740992 (number)',
    ],
    [t.bigint(), '1.5', 'Author.age expects a bigint, a safe integer or a string of digits, got "1.5" (string)'],
    [
      t.bigint(),
      2n ** 63n,
      'Author.age expects a bigint between -9223372036854775808 and 9223372036854775807, got 9223372036854775808 (bigint)',
    ],
    [t.boolean(), 1, 'Author.age expects a boolean, got 1 (number)'],
    [t.double(), '1', 'Author.age expects a number, got "1" (string)'],
    [
      t.double(),
      9007199254740993n,
      'Author.age expects a number that a double holds exactly, got 9007199254740993 (bigint)',
    ],
    [t.double(), 10n ** 400n, 'Author.age expects a number that a double holds exactly'],
    [
      t.real(),
      1e300,
      'Author.age expects a real, between 1e-45 and 3.4e38 on either side of zero, got 1e+300 (number)',
    ],
    [t.real(), -1e-60, 'Author.age expects a real'],
    [t.interval(), { seconds: 1e-7 }, 'Author.age.seconds expects a number of seconds to the microsecond, got 1e-7'],
    [t.interval(), { seconds: 1.2345678 }, 'Author.age.seconds expects a number of seconds to the microsecond'],
    [t.numeric(), '1,5', 'Author.age expects a decimal number (string, number or bigint), got "1,5" (string)'],
    [t.numeric(), '', 'Author.age expects a decimal number (string, number or bigint), got "" (string)'],
    [t.numeric(), NaN, "Author.age expects a finite number (or the text 'NaN'), got NaN (number)"],
    [t.numeric().asNumber(), Number('x'), "Author.age expects a finite number (or the text 'NaN'), got NaN (number)"],
    [t.numeric(), -Infinity, "Author.age expects a finite number (or the text '-Infinity'), got -Infinity (number)"],
    [t.text(), 5, 'Author.age expects a string, got 5 (number)'],
    [t.text(), 'a\0b', 'Author.age contains a NUL character'],
    [t.text(), '\ud83d', 'Author.age contains half of a surrogate pair'],
    [t.varchar(5), 'a\0b', 'Author.age contains a NUL character'],
    [t.uuid(), 'nope', 'Author.age expects a uuid, got "nope" (string)'],
    [t.timestamptz(), new Date('nope'), 'Author.age expects a valid Date, got an invalid Date'],
    [
      t.timestamptz(),
      '2024-01-01',
      'Author.age expects a Date (for texts, declare the column t.timestamptz().asText())',
    ],
    [t.timestamptz(), new Date('-010000-01-01T00:00:00Z'), 'Author.age expects a Date from 4713 BC on'],
    [
      t.timestamptz().asText(),
      new Date(0),
      'Author.age expects the text of an instant, such as the one that date.toISOString() gives',
    ],
    [
      t.date(),
      new Date(0),
      "Author.age expects a string such as '2024-03-31', got a Date\n  A Date is an instant and date is none. Say which zone is meant; in UTC: date.toISOString().slice(0, 10)",
    ],
    [t.timestamp(), 5, "Author.age expects a string such as '2024-03-31 02:30:00', got 5 (number)"],
    [t.time(), '02:30\0', 'Author.age contains a NUL character'],
    [t.timetz(), 'noon', 'Author.age expects a string such as \'02:30:00+01\', got "noon" (string)'],
    [t.interval(), { day: 1 }, "Author.age: an interval has no part 'day'. Did you mean 'days'?"],
    [t.interval(), { days: '1' }, 'Author.age.days expects a finite number, got "1" (string)'],
    [t.interval(), { months: 1.5 }, 'Author.age.months expects a whole number, got 1.5 (number)'],
    [t.interval(), [], "Author.age expects an interval such as { days: 7 } or '7 days', got array"],
    [t.bytea(), 'abc', 'Author.age expects a Uint8Array or Buffer, got "abc" (string)'],
    [t.jsonb(), undefined, 'Author.age is undefined, which JSON cannot hold'],
    [t.jsonb(), () => 1, 'Author.age is a function, which JSON cannot hold'],
    [t.jsonb(), 1n, 'Author.age is a bigint, which JSON cannot hold'],
    [t.jsonb(), { a: [{ b: 1n }] }, 'Author.age.a[0].b is a bigint, which JSON cannot hold'],
    [t.jsonb(), { a: [1, undefined] }, 'Author.age.a[1] is undefined, which JSON cannot hold'],
    [t.jsonb(), { a: NaN }, 'Author.age.a is NaN, which JSON cannot hold'],
    [t.jsonb(), { a: new Date('nope') }, 'Author.age.a is an invalid Date, which JSON cannot hold'],
    [t.jsonb(), { a: new Map() }, 'Author.age.a is instance of Map, which JSON cannot hold'],
    [t.jsonb(), cycle, 'Author.age cannot be written as JSON: Converting circular structure to JSON'],
    [t.jsonb(), { a: 'x\0' }, 'Author.age contains a NUL character (\\u0000)'],
    [t.jsonb(), ['\udc00'], 'Author.age contains half of a surrogate pair'],
    [
      t.enum('mood', ['happy', 'sad']),
      'hapy',
      `Author.age has no member "hapy". Did you mean 'happy'? Members: happy, sad`,
    ],
    [t.enum('mood', ['happy', 'sad']), 1, "Author.age expects one of 'happy', 'sad', got 1 (number)"],
    [t.integer().array(), 5, 'Author.age expects an array, got 5 (number)'],
    [t.integer().array(), [1, 'x'], 'Author.age, element 2 of the list expects an integer, got "x" (string)'],
    [t.integer().array(), hole, 'Author.age, element 1 of the list expects a value or null, got undefined'],
    [t.integer().array(), [[1], [2, 3]], 'Author.age, element 2 of the list differs in shape from its neighbours'],
    [t.integer().array(), [[1], 2], 'Author.age, element 2 of the list differs in shape'],
    [t.integer().array(), [1, [2]], 'Author.age, element 2 of the list differs in shape'],
    [t.integer().array(), [[], []], 'Author.age, element 1 of the list is an empty array inside an array'],
    [t.jsonb().array().array(), [1], 'Author.age, element 1 of the list differs in shape'],
    [unknownType, Symbol('s'), 'Author.age expects a value that SQL can hold, got symbol'],
    [unknownType, () => 1, 'Author.age expects a value that SQL can hold, got function'],
    [unknownType, undefined, 'Author.age expects a value that SQL can hold, got undefined'],
    [unknownType, new Date('nope'), 'Author.age expects a valid Date, got an invalid Date'],
    [
      unknownType,
      new Map(),
      'Author.age expects a string, number, bigint, boolean, Date, Uint8Array, array or plain object, got instance of Map',
    ],
  ])('%#', (type, value, message) => {
    const encode = (): string => codecOf(type).encode(value, 'Author.age')
    expect(encode).toThrow(ArgumentError)
    expect(encode).toThrow(message)
  })

  it('a long value is cut in the message', () => {
    expect(() => codecOf(t.integer()).encode('x'.repeat(5000), 'a')).toThrow(
      /^a expects an integer, got "x{60}…" \(string\)$/,
    )
  })
})

describe('encode takes', () => {
  it.each<readonly [SqlType<unknown>, unknown, string]>([
    [t.integer(), 5n, '5'],
    [t.integer(), -0, '0'],
    [t.bigint(), '+12', '12'],
    [t.bigint(), 12, '12'],
    [t.numeric(), 1e21, '1e+21'],
    [t.double(), 2n ** 60n, '1152921504606846976'],
    [t.interval(), { seconds: 0.1 + 0.2 }, '0.300000 seconds'],
    [t.uuid(), 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    [t.uuid(), 'A0EEBC999C0B4EF8BB6D6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    [t.date(), 'today', 'today'],
    [t.bytea(), Buffer.from('hi'), '\\x6869'],
    [t.jsonb(), { a: undefined, b: '\\u0000' }, '{"b":"\\\\u0000"}'],
    [t.jsonb(), 'text', '"text"'],
    [unknownType, 'text', 'text'],
    [unknownType, -0, '-0'],
    [unknownType, true, 'true'],
    [unknownType, 5n, '5'],
    [unknownType, new Date(0), '1970-01-01 00:00:00.000+00'],
    [unknownType, Uint8Array.of(1), '\\x01'],
    [unknownType, [1, null, 'a b'], '{1,NULL,"a b"}'],
    [unknownType, { a: 1 }, '{"a":1}'],
  ])('%#', (type, value, text) => {
    expect(codecOf(type).encode(value, 'Author.age')).toBe(text)
  })
})

describe('json with a Standard Schema', () => {
  const schemaOf = (validate: (value: unknown) => unknown): StandardSchema<unknown> => ({ '~standard': { validate } })

  it('reports every issue with its path', () => {
    const schema = schemaOf(() => ({
      issues: [{ message: 'too small', path: ['items', 2, { key: 'qty' }] }, { message: 'missing' }],
    }))
    expect(() => codecOf(t.jsonb(schema)).encode({}, 'Order.meta')).toThrow(
      'Order.meta.items[2].qty: too small\nOrder.meta: missing',
    )
  })

  it('writes the value as it was given', () => {
    const schema = schemaOf(() => ({ value: { changed: true } }))
    expect(codecOf(t.jsonb(schema)).encode({ a: 1 }, 'Order.meta')).toBe('{"a":1}')
  })

  it('refuses a schema that answers later', () => {
    const schema = schemaOf(async () => ({ value: 1 }))
    expect(() => codecOf(t.jsonb(schema)).encode(1, 'Order.meta')).toThrow('its schema validates asynchronously')
  })

  it('is not asked when a value is read', () => {
    const schema = schemaOf(() => ({ issues: [{ message: 'never' }] }))
    expect(codecOf(t.jsonb(schema)).decode('{"a":1}')).toEqual({ a: 1 })
  })
})

describe("a codec of the user's", () => {
  class Money {
    readonly cents: number
    constructor(cents: number) {
      this.cents = cents
    }
  }
  const money = {
    decode: (text: string) => new Money(Math.round(Number(text) * 100)),
    encode: (value: Money) => (value.cents / 100).toFixed(2),
  }

  it('is used for the column, for its arrays and for custom types', () => {
    expect(codecOf(t.numeric(8, 2).as(money)).encode(new Money(150), 'a')).toBe('1.50')
    expect(codecOf(t.numeric(8, 2).as(money)).decode('1.50')).toEqual(new Money(150))
    expect(codecOf(t.numeric(8, 2).as(money).array()).decode('{1.50,NULL}')).toEqual([new Money(150), null])
    expect(codecOf(t.custom('money', money)).encode(new Money(1), 'a')).toBe('0.01')
  })

  it('fails under the name of the property', () => {
    expect(() => codecOf(t.numeric().as(money)).encode(undefined, 'Order.amount')).toThrow(
      /^Order.amount: its own codec refused the value: /,
    )
    const broken = { decode: () => 1, encode: () => '\0' }
    expect(() => codecOf(t.numeric().as(broken)).encode(1, 'Order.amount')).toThrow(
      'Order.amount contains a NUL character',
    )
  })
})

it('the codec of a type is made once', () => {
  const type = t.integer().array()
  expect(codecOf(type)).toBe(codecOf(type))
})
