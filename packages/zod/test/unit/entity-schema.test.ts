// What schemas take, what they refuse, and how they say it.
import { describe, expect, it } from '@jest/globals'
import { insertSchema, selectSchema, updateSchema } from '@oriel/zod'
import { z } from 'zod'
import { address, Ledger, least } from '../fixture/ledger.ts'

const inserted = insertSchema(Ledger)
const updated = updateSchema(Ledger)
const selected = selectSchema(Ledger)

/** Each issue as `path: message`. */
function issues(schema: z.ZodType, value: unknown): string[] {
  const outcome = schema.safeParse(value)
  return outcome.success ? [] : outcome.error.issues.map(({ path, message }) => `${path.join('.')} | ${message}`)
}
const wrong = (change: object): string[] => issues(inserted, { ...least, ...change })

describe('insertSchema', () => {
  it('asks for what the database cannot fill, and for nothing else', () => {
    expect(inserted.parse(least)).toEqual(least)
    expect(issues(inserted, {})).toEqual([
      'code | Ledger.code: is required',
      'mood | Ledger.mood: is required',
      'amount | Ledger.amount: is required',
      'small | Ledger.small: is required',
    ])
  })

  it('has no computed column, no relationship and no method', () => {
    expect(Object.keys(inserted.shape)).not.toEqual(expect.arrayContaining(['double']))
    expect(Object.keys(inserted.shape)).toEqual(['id', ...Object.keys(updated.shape)])
    expect(Object.keys(selected.shape)).toEqual(expect.arrayContaining(['double']))
    for (const name of ['owner', 'total']) expect(Object.keys(selected.shape)).not.toContain(name)
  })

  it('refuses what it does not know, and names the nearest', () => {
    const [issue] = wrong({ amout: 1, double: '3' })
    expect(issue).toContain("Ledger takes no amout. Did you mean 'amount'?")
    expect(issue).toContain('Ledger takes no double.')
  })

  it('takes dates and exact numbers as JSON has them', () => {
    const given = { ...least, amount: 2.5, big: '9223372036854775807', at: '2024-01-02T03:04:05.123+01:00' }
    expect(inserted.parse(given)).toEqual({
      ...least,
      amount: '2.5',
      big: 9_223_372_036_854_775_807n,
      at: new Date('2024-01-02T02:04:05.123Z'),
    })
    const own = { ...least, amount: 3n, big: 4, at: new Date(0) }
    expect(inserted.parse(own)).toEqual({ ...least, amount: '3', big: 4n, at: new Date(0) })
  })

  it.each<[string, object, string]>([
    ['a wrong type', { small: '1' }, 'small | Ledger.small: Invalid input: expected number, received string'],
    ['a fraction', { small: 1.5 }, 'small | Ledger.small: Invalid input: expected int, received number'],
    ['too large a number', { small: 40_000 }, 'small | Ledger.small: Too big: expected number to be <=32767'],
    [
      'too large a bigint',
      { big: 2n ** 63n },
      'big | Ledger.big: Too big: expected bigint to be <=9223372036854775807',
    ],
    ['an unsafe number', { big: 2 ** 60 }, 'big | Ledger.big: Invalid input: expected bigint, received number'],
    [
      'too many decimals',
      { amount: '1.005' },
      'amount | Ledger.amount: has at most 4 digits before the point and 2 behind it',
    ],
    ['what is no number', { amount: '1,5' }, 'amount | Ledger.amount: is no decimal number'],
    ['null where it may not be', { code: null }, 'code | Ledger.code: Invalid input: expected string, received null'],
    ['too long a text', { code: '😀😀😀😀😀😀' }, 'code | Ledger.code: has at most 5 characters'],
    [
      'a text with NUL',
      { code: 'a\u0000' },
      'code | Ledger.code: holds the character NUL, which no text of the database can',
    ],
    ['half of a character', { code: '\ud83d' }, 'code | Ledger.code: holds half of a character'],
    ['no member of an enum', { mood: 'glad' }, 'mood | Ledger.mood: Invalid option: expected one of "sad"|"ok"'],
    [
      'an hour that is none',
      { at: '2024-02-01T99:00Z' },
      'at | Ledger.at: Invalid input: expected date, received string',
    ],
    [
      'an instant of a day that is none',
      { at: '2024-02-30T00:00:00Z' },
      'at | Ledger.at: Invalid input: expected date, received string',
    ],
    [
      'an instant that a Date would cut',
      { at: '2024-01-01T00:00:00.123456Z' },
      'at | Ledger.at: is finer than a millisecond, and no Date holds that',
    ],
    ['an instant that the database does not have', { at: new Date(-3e14) }, 'at | Ledger.at: is before 4713 BC'],
    ['an instant in words', { exactly: 'rubbish' }, 'exactly | Ledger.exactly: is no timestamptz'],
    ['a day that is none', { day: '2024-02-30' }, 'day | Ledger.day: is no date'],
    ['a month that is none', { day: '2024-13-01' }, 'day | Ledger.day: is no date'],
    ['the year 0', { day: '0000-01-01' }, 'day | Ledger.day: is no date'],
    ['an hour of no clock', { opens: '25:00' }, 'opens | Ledger.opens: is no time'],
    ['a second of no clock', { opens: '10:00:61' }, 'opens | Ledger.opens: is no time'],
    ['an offset that is none', { closes: '10:00+25' }, 'closes | Ledger.closes: is no timetz'],
    [
      'a number that the column would round',
      { rate: 1.23456 },
      'rate | Ledger.rate: has at most 3 digits before the point and 3 behind it',
    ],
    [
      'a number that overflows',
      { rate: 1e9 },
      'rate | Ledger.rate: has at most 3 digits before the point and 3 behind it',
    ],
    [
      'too long a numeric',
      { digits: '1e131072' },
      'digits | Ledger.digits: has at most 131072 digits before the point and 16383 behind it',
    ],
    [
      'a numeric with many zeros, in no time',
      { digits: `0.${'0'.repeat(140_000)}1` },
      'digits | Ledger.digits: has at most 131072 digits before the point and 16383 behind it',
    ],
    [
      'a number that a real would round',
      { weight: 16_777_217 },
      'weight | Ledger.weight: is not kept by a real, which has six digits and fewer powers of ten than a number',
    ],
    [
      'a number too large for a real',
      { weight: 1e300 },
      'weight | Ledger.weight: is not kept by a real, which has six digits and fewer powers of ten than a number',
    ],
    [
      'a part of a day',
      { span: { days: 1.5 } },
      'span.days | Ledger.span: Invalid input: expected int, received number',
    ],
    ['a part of a microsecond', { span: { seconds: 1e-7 } }, 'span.seconds | Ledger.span: is finer than a microsecond'],
    ['a span too long', { span: { years: 2e8 } }, 'span | Ledger.span: is too long'],
    [
      'rows of different lengths',
      { grid: [[1, 2], [3]] },
      'grid | Ledger.grid: has rows that differ in length, or are empty',
    ],
    ['rows of nothing', { grid: [[], []] }, 'grid | Ledger.grid: has rows that differ in length, or are empty'],
    [
      'NUL in JSON',
      { notes: { 'a\u0000': 1 } },
      'notes | Ledger.notes: holds the character NUL, which no text of the database can',
    ],
    ['half of a character in JSON', { notes: [['\ud800']] }, 'notes | Ledger.notes: holds half of a character'],
    [
      'NUL where a schema takes any text',
      { address: { street: 'a\u0000' } },
      'address | Ledger.address: holds the character NUL, which no text of the database can',
    ],
    [
      'NUL in a type of the database',
      { from: '\u0000' },
      'from | Ledger.from: holds the character NUL, which no text of the database can',
    ],
    [
      'an instant without offset',
      { at: '2024-01-01T00:00' },
      'at | Ledger.at: Invalid input: expected date, received string',
    ],
    ['a clock that is none', { clock: 'noon' }, 'clock | Ledger.clock: is no timestamp'],
    [
      'an element of an array',
      { marks: [1, 'b'] },
      'marks.1 | Ledger.marks: Invalid input: expected number, received string',
    ],
    ['no bytes', { bytes: 'ff' }, 'bytes | Ledger.bytes: Invalid input: expected Uint8Array, received string'],
    ['a part of a span', { span: { weeks: 1 } }, 'span | Ledger.span: Unrecognized key: "weeks"'],
    ['what is no JSON', { notes: { f: () => 1 } }, 'notes | Ledger.notes: is no JSON'],
    ['what is no uuid', { ownerId: 'me' }, 'ownerId | Ledger.ownerId: Invalid GUID'],
  ])('refuses %s by the name of the property', (_, change, message) => {
    expect(wrong(change)).toEqual([message])
  })

  it('takes five characters of any size, marks with null, and spans', () => {
    const given = {
      ...least,
      code: '😀😀😀😀😀',
      marks: [1, null],
      span: { days: 3 },
      bytes: new Uint8Array([1]),
      clock: '2024-01-01 10:00',
      day: '2024-02-29',
      opens: '24:00',
      closes: '10:00:59.999999-02:30',
      exactly: '2024-01-01 10:00:00.123456+00',
      rate: 1.235,
      weight: 0.1,
      digits: '1e131071',
      grid: [
        [1, 2],
        [3, 4],
      ],
    }
    expect(inserted.parse(given)).toEqual(given)
  })
})

describe('jsonb', () => {
  it('is checked by the schema of zod that the column was declared with', () => {
    expect(wrong({ address: { street: 'Hill', floor: 1.5 } })).toEqual([
      'address.floor | Invalid input: expected int, received number',
    ])
    expect(inserted.shape.address.safeParse({ street: 'Hill' }).success).toBe(true)
    expect(address.safeParse({}).success).toBe(false)
  })

  it('is checked by any other Standard Schema', () => {
    expect(wrong({ rank: { n: -1 } })).toEqual(['rank.n | Ledger.rank: n is not positive'])
    expect(inserted.parse({ ...least, rank: { n: 1 } }).rank).toEqual({ n: 1 })
  })

  it('without a schema is any JSON', () => {
    const notes = { a: [1, 'b', null, { c: true }] }
    expect(inserted.parse({ ...least, notes }).notes).toEqual(notes)
  })
})

describe('updateSchema', () => {
  it('asks for nothing, and checks what is given', () => {
    expect(updated.parse({})).toEqual({})
    expect(updated.parse({ amount: 3 })).toEqual({ amount: '3' })
    expect(issues(updated, { code: null, small: 1e9 })).toEqual([
      'code | Ledger.code: Invalid input: expected string, received null',
      'small | Ledger.small: Too big: expected number to be <=32767',
    ])
  })

  it('takes the key only where it is asked to: another key would be another row', () => {
    expect(issues(updated, { id: 99 })).toEqual([expect.stringContaining('Ledger takes no id.')])
    expect(updateSchema(Ledger, { keys: true }).parse({ id: 99 })).toEqual({ id: 99 })
    expect(() => updateSchema(Ledger, { key: true } as never)).toThrow("updateSchema has no option 'key'")
  })
})

describe('selectSchema', () => {
  const row = {
    ...{
      id: 1,
      code: 'abc',
      status: 'new',
      mood: 'ok',
      amount: '1.50',
      big: null,
      small: 1,
      ratio: Number.NaN,
      open: true,
    },
    ...{
      at: new Date(0),
      clock: null,
      day: '2024-01-01',
      span: null,
      marks: null,
      bytes: null,
      address: null,
      rank: null,
    },
    ...{ notes: null, double: '3.0000', ownerId: null, rate: 1.5, weight: 0.1, opens: null, closes: null },
    ...{ exactly: null, grid: null, digits: null, from: null },
  }

  it('takes a whole row, and leaves out what is no column', () => {
    expect(selected.parse({ ...row, owner: null, more: 1 })).toEqual(row)
  })

  it('asks for everything, as it is stored', () => {
    const { code: _, ...rest } = row
    expect(issues(selected, rest)).toEqual(['code | Ledger.code: is required'])
    expect(issues(selected, { ...row, amount: 1.5, at: '2024-01-01T00:00:00Z' })).toEqual([
      'amount | Ledger.amount: Invalid input: expected string, received number',
      'at | Ledger.at: Invalid input: expected date, received string',
    ])
  })
})

it('gives objects of zod, to be picked from and extended', () => {
  const status = inserted.pick({ code: true }).extend({ status: z.enum(['new', 'paid']) })
  expect(issues(status, { code: 'abc', status: 'old' })).toEqual([
    'status | Invalid option: expected one of "new"|"paid"',
  ])
  expect(issues(status, { code: 'abc', status: 'new', cod: 1 })).toEqual([
    " | Ledger takes no cod. Did you mean 'code'? Properties: code, status",
  ])
})
