// What a column is to hold: taken just where the server holds it as it was said. Asked of the server itself, in a real column.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ArgumentError, type SqlType, types as t } from '@oriel/sql'
import fc from 'fast-check'
import { codecOf } from '../../../src/codec/codec.ts'
import { typeName } from '../../../src/type-name.ts'
import { openWire, type Wire } from '../../wire.ts'

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterAll(() => wire.close())

function store(type: SqlType<unknown>, value: unknown): string {
  const codec = codecOf(type)
  return codec.store ? codec.store(value, 'Price.unit') : codec.encode(value, 'Price.unit')
}

/** Is the value taken here? */
function isTaken(type: SqlType<unknown>, value: unknown): boolean {
  try {
    store(type, value)
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError)
    expect(String(error)).toContain('Price.unit')
    return false
  }
}

/** What a column of the type makes of a text; null where it refuses. */
async function held(type: SqlType<unknown>, text: string): Promise<string | null> {
  const name = typeName(type)
  await wire.rows(`create temporary table if not exists "${name}" (value ${name})`)
  try {
    return await wire.text(`insert into "${name}" values ($1) returning value`, [text])
  } catch {
    return null
  }
}

describe('a text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'é', '👩', ' '), maxLength: 6 })

  it('is taken by varchar just where the server keeps all of it', async () => {
    await fc.assert(
      fc.asyncProperty(letters, async (text) => {
        expect(isTaken(t.varchar(3), text)).toBe((await held(t.varchar(3), text)) === text)
      }),
      { numRuns: 60 },
    )
  })

  it('is taken by char where all that is lost is padding', async () => {
    await fc.assert(
      fc.asyncProperty(letters, async (text) => {
        expect(isTaken(t.char(3), text)).toBe((await held(t.char(3), text))?.trimEnd() === text.trimEnd())
      }),
      { numRuns: 60 },
    )
  })
})

it('a decimal is taken just where the server has room for it, once it is rounded', async () => {
  const decimal = fc.oneof(
    fc
      .tuple(fc.constantFrom('', '-'), fc.stringMatching(/^9{0,6}\d{0,2}\.9{0,3}\d{1,3}$/))
      .map((both) => both.join('')),
    fc.tuple(fc.double({ noNaN: true, min: -1e9, max: 1e9 })).map(String),
    fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -6, max: 6 })).map(([n, e]) => `${n}e${e}`),
    fc.constantFrom('NaN', 'Infinity', '-Infinity', '0', '9999.995', '9999.994', '0.01', '0.009996'),
  )
  for (const type of [t.numeric(6, 2), t.numeric(4), t.numeric(2, 4), t.numeric(3, -2)])
    await fc.assert(
      fc.asyncProperty(decimal, async (text) => {
        expect([text, isTaken(type, text)]).toEqual([text, (await held(type, text)) !== null])
      }),
      { numRuns: 60 },
    )
})

it('an integer is taken by real just where it comes back', async () => {
  const number = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(16777217, 16777216, 76367712, 1e20, 3e38, 123456789),
  )
  await fc.assert(
    fc.asyncProperty(number, async (value) => {
      expect(isTaken(t.real(), value)).toBe(Number(await held(t.real(), String(value))) === value)
    }),
    { numRuns: 100 },
  )
})

it('an integer half way between two reals is refused, which the server shows as one of them', async () => {
  expect(Number(await held(t.real(), '3e10'))).not.toBe(3e10)
  expect(isTaken(t.real(), 3e10)).toBe(false)
})

it('a long text takes no longer for what stands at its end', () => {
  expect(isTaken(t.char(3), `a${' '.repeat(200_000)}x`)).toBe(false)
  expect(isTaken(t.char(3), `a${' '.repeat(200_000)}`)).toBe(true)
})

describe('a wall clock', () => {
  const two = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => String(n).padStart(2, '0'))
  const day = fc
    .tuple(fc.integer({ min: 0, max: 9999 }), two(0, 13), two(0, 32), fc.constantFrom('', '', ' BC'))
    .map(([year, month, date, era]) => [`${String(year).padStart(4, '0')}-${month}-${date}`, era] as const)
  const time = fc.tuple(two(0, 24), two(0, 60), two(0, 60)).map((parts) => parts.join(':'))

  it('is taken just where the server keeps it as it is', async () => {
    const clocks: [SqlType<unknown>, fc.Arbitrary<string>][] = [
      [t.date(), day.map(([date, era]) => date + era)],
      [t.date(), day.map(([date, era]) => `${date} 23:59:59${era}`)],
      [t.timestamp(), fc.tuple(day, time).map(([[date, era], at]) => `${date} ${at}${era}`)],
      [t.time(), time],
      [t.time(), time.map((at) => `${at}+02`)],
      [t.timetz(), time.map((at) => `${at}+02`)],
    ]
    for (const [type, texts] of clocks)
      await fc.assert(
        fc.asyncProperty(texts, async (text) => {
          // 24:00 is the next day, which is the same moment.
          fc.pre(!text.includes(' 24:00:00'))
          expect([text, isTaken(type, text)]).toEqual([text, (await held(type, text)) === text])
        }),
        { numRuns: 80 },
      )
  })

  it.each<readonly [SqlType<unknown>, string, boolean]>([
    [t.date(), '2024-02-29', true],
    [t.date(), '2024-02-30', false],
    [t.date(), 'infinity', true],
    [t.date(), 'now', false],
    [t.date(), 'today', false],
    [t.date(), '1/8/1999', false],
    [t.date(), '5874898-01-01', false],
    [t.date(), '2024-01-01T00:00:00Z', false],
    [t.timestamp(), '2024-03-31T02:30:00.123456', true],
    [t.timestamp(), '2024-03-31 02:30:00.1234567', false],
    [t.timestamp(), '2024-03-31 02:30', true],
    [t.timestamp(), '2024-03-31', true],
    [t.timestamp(), '2024-03-31 02:30:00+02', false],
    [t.timestamp(), '2024-03-31T02:30:00Z', false],
    [t.timestamp(), '2024-03-31 02:30:00 Europe/Berlin', false],
    [t.time(), '24:00:00', true],
    [t.time(), '24:00:01', false],
    [t.time(), 'allballs', false],
    [t.timetz(), '02:30:00', false],
    [t.timetz(), '02:30:00.5+05:45', true],
  ])('%#: %s', (type, text, expected) => {
    expect(isTaken(type, text)).toBe(expected)
    expect(codecOf(type).encode(text, 'a')).toBe(text)
  })
})

it('elements of arrays are refused by their number, and codecs of the user by what they write', () => {
  expect(() => store(t.varchar(3).array(), ['kg', 'litre'])).toThrow(
    'Price.unit, element 2 of the list expects at most 3 characters, got "litre" (string)',
  )
  expect(store(t.numeric(6, 2).array().array(), [['1.005']])).toBe('{{1.005}}')
  expect(() => store(t.numeric(6, 2).array().array(), [['123456']])).toThrow('at most 4 digits before the point')
  const cents = { decode: Number, encode: (value: number) => (value / 100).toFixed(2) }
  expect(store(t.numeric(6, 2).as(cents), 150)).toBe('1.50')
  expect(() => store(t.numeric(6, 2).as(cents), 1e9)).toThrow('Price.unit expects a number with at most 4 digits')
})

it('a condition may compare with what the column does not hold', () => {
  expect(codecOf(t.varchar(3)).encode('litre', 'a')).toBe('litre')
  expect(codecOf(t.numeric(6, 2)).encode('123456', 'a')).toBe('123456')
  expect(codecOf(t.date()).encode('today', 'a')).toBe('today')
})
