// What a schema lets through, the database stores exactly; what it stores, the select schema knows.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeLane } from '@oriel/testing'
import { insertSchema, selectSchema, updateSchema } from '@oriel/zod'
import fc from 'fast-check'
import {
  ArgumentError,
  create,
  createAll,
  createEngine,
  type Engine,
  type Interval,
  insert,
  type SessionFactory,
  sessionFactory,
  sql,
} from 'oriel'
import { Ledger, least, registry } from '../fixture/ledger.ts'

describeLane('schemas and rows', (lane) => {
  let engine: Engine
  let sessions: SessionFactory

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    sessions = sessionFactory(engine, { registry })
  })
  afterAll(() => engine.close())

  it('go from a body to a row, to a change, and back', async () => {
    const body = JSON.parse(
      JSON.stringify({
        ...{ ...least, amount: 2.5, big: '9007199254740993', at: '2024-01-02T03:04:05Z', marks: [1, null] },
        ...{ address: { street: 'Hill', floor: 2 }, rank: { n: 3 }, notes: { deep: [true] }, span: { days: 3 } },
      }),
    )
    const id = await sessions.begin(async (session) => {
      const ledger = create(Ledger, insertSchema(Ledger).parse(body))
      session.add(ledger)
      await session.flush()
      Object.assign(ledger, updateSchema(Ledger).parse({ mood: 'sad', amount: 3 }))
      return ledger.id
    })
    const stored = await sessions.begin(async (session) => selectSchema(Ledger).parse(await session.getOne(Ledger, id)))
    expect(stored).toMatchObject({
      ...{ id, mood: 'sad', amount: '3.00', double: '6.0000', big: 9_007_199_254_740_993n, status: 'new', open: false },
      ...{
        at: new Date('2024-01-02T03:04:05Z'),
        marks: [1, null],
        address: { street: 'Hill', floor: 2 },
        rank: { n: 3 },
      },
      ...{ notes: { deep: [true] }, span: { days: 3 }, ownerId: null },
    })
  })

  it('take just the decimals that the column holds exactly', async () => {
    const amount = insertSchema(Ledger).shape.amount
    const digits = fc
      .stringMatching(/^[+-]?\d{0,6}(\.\d{0,4})?(e[+-]?\d)?$/)
      .filter((text) => /\d/.test(text.split('e')[0] ?? ''))
    await fc.assert(
      fc.asyncProperty(digits, async (text) => {
        const isExact = await engine
          .execute(sql<{ exact: boolean }>`select ${text}::text::numeric(6, 2) = ${text}::text::numeric as exact`)
          .one()
          .then(
            ({ exact }) => exact,
            () => false,
          )
        expect([text, amount.safeParse(text).success]).toEqual([text, isExact])
      }),
      { numRuns: 150 },
    )
  })

  const shape = insertSchema(Ledger).shape
  const whole = (max: number, digits = 2): fc.Arbitrary<string> =>
    fc.integer({ min: 0, max }).map((n) => String(n).padStart(digits, '0'))
  const days = fc
    .tuple(fc.oneof(whole(3, 4), whole(9_999, 4), whole(6_000_000, 4)), whole(13), whole(32))
    .map((parts) => parts.join('-'))
  const clocks = fc
    .tuple(whole(25), whole(61), fc.option(whole(61)), fc.option(fc.stringMatching(/^\d{1,7}$/)))
    .map(([hour, minute, second, fraction]) => {
      const seconds = second === null ? '' : `:${second}${fraction === null ? '' : `.${fraction}`}`
      return `${hour}:${minute}${seconds}`
    })
  const moments = fc.tuple(days, fc.constantFrom(' ', 'T'), clocks).map((parts) => parts.join(''))
  /** As the server writes it: with seconds, without zeros at the end. */
  const written = (text: string): string =>
    text
      .replace('T', ' ')
      .replace(/((?:^| )\d\d:\d\d)$/, '$1:00')
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')

  it.each<[keyof typeof shape, string, fc.Arbitrary<unknown>, (given: unknown, stored: string) => boolean]>([
    ['day', 'date', days, (given, stored) => stored === given],
    ['opens', 'time', clocks, (given, stored) => stored === written(String(given))],
    ['clock', 'timestamp', moments, (given, stored) => stored === written(String(given))],
    [
      'weight',
      'real',
      fc.oneof(fc.double(), fc.float(), fc.integer()),
      (given, stored) => Object.is(Number(stored), given),
    ],
    [
      'rate',
      'numeric(6, 3)',
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      (given, stored) => Number(stored) === given,
    ],
    [
      'notes',
      'jsonb',
      fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.constant({ '\u0000': 1 })),
      () => true,
    ],
  ])('take as %s just what a column of %s keeps', async (property, type, given, isKept) => {
    await fc.assert(
      fc.asyncProperty(given, async (value) => {
        const text = type === 'jsonb' ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value)
        const stored = await engine
          .execute(sql<{ stored: string }>`select ${text}::text::${sql.raw(type)}::text as stored`)
          .one()
          .then(
            (row) => row.stored,
            () => null,
          )
        const taken = shape[property].safeParse(value).success
        expect([value, taken]).toEqual([value, stored !== null && isKept(value, stored)])
      }),
      { numRuns: 120 },
    )
  })

  it('take instants as the server and JavaScript read them', async () => {
    const offsets = fc.constantFrom('Z', '+00', '-02:30', '+1545', '+16', '+01:60')
    const instants = fc.tuple(moments, offsets).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(instants, async (text) => {
        const [at, exactly] = [shape.at.safeParse(text), shape.exactly.safeParse(text)]
        if (at.success) expect(exactly.success).toBe(true)
        if (!exactly.success) return
        // Dates end before the server's years do.
        const read = at.success
          ? sql<{ stored: unknown }>`select ${text}::text::timestamptz as stored`
          : sql<{ stored: unknown }>`select ${text}::text::timestamptz::text as stored`
        const { stored } = await engine.execute(read).one()
        if (at.success) expect(at.data).toEqual(stored)
      }),
      { numRuns: 200 },
    )
  })

  /** Months, days and microseconds: what the server keeps of a span. */
  const amounts = ({ years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0 }: Interval): number[] => {
    return [years * 12 + months, days, Math.round((hours * 3_600 + minutes * 60 + seconds) * 1e6)]
  }

  it('keep spans, and grids that the database has', async () => {
    const spans = fc.record({
      ...{ years: fc.integer({ min: -9_999, max: 9_999 }), months: fc.integer({ min: -11, max: 11 }) },
      ...{ days: fc.integer(), seconds: fc.integer({ min: -59_999_999, max: 59_999_999 }).map((n) => n / 1e6) },
    })
    const grids = fc.array(fc.array(fc.integer(), { maxLength: 2 }), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(spans, grids, async (span, grid) => {
        expect(shape.span.safeParse(span).success).toBe(true)
        const isTaken = shape.grid.safeParse(grid).success
        const id = await sessions.begin(async (session) => {
          const ledger = create(Ledger, insertSchema(Ledger).parse({ ...least, span, ...(isTaken ? { grid } : {}) }))
          session.add(ledger)
          await session.flush()
          return ledger.id
        })
        const stored = await sessions.begin(async (session) => await session.getOne(Ledger, id))
        expect(amounts(stored.span ?? {})).toEqual(amounts(span))
        if (isTaken) expect(stored.grid).toEqual(grid)
        else await expect(engine.execute(insert(Ledger).values({ ...least, grid }))).rejects.toThrow(ArgumentError)
      }),
      { numRuns: 30 },
    )
  })
})
