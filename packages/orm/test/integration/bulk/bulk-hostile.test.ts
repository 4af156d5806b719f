// Rows as they come from outside: each is stored exactly as it was, or rejected with its reason, and the sums fit.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { bulkInsert, type RowIssue } from '@oriel/orm'
import { entity, select, sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { bulkModel, Sample, unchecked } from '../../fixture/bulk.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const s = entity(Sample)
const big = 'x'.repeat(10_000_000)

/** Values that come back as they went in. */
const kept: readonly (readonly [string, Record<string, unknown>])[] = [
  ['nothing but the key', {}],
  ['null everywhere', { label: null, data: null, tags: null, price: null }],
  ['quotes, backslashes, braces and commas', { label: `a"b'c\\d{e},f NULL $1 -- ;` }],
  ['the word NULL', { label: 'NULL', tags: ['NULL', 'null', null] }],
  ['nothing, blanks, breaks and tabs', { label: '', tags: ['', ' ', '\n', '\t', '\r\n'] }],
  ['pairs of surrogates, marks and other scripts', { label: '😀 é e\u0301 \u202e עברית 漢字 \u{10ffff}' }],
  ['ten million characters', { label: big }],
  ['json with quotes and backslashes', { data: { 'k"ey\\': ['a"b', 'c\\d', "e'f", '\n', '{}', '\\u0041'], n: 1.5 } }],
  ['json that is a scalar, or an array', { data: 'text "quoted"' }],
  ['json with a key of this name', { data: JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') }],
  ['an array with NULL, and an empty one', { tags: ['a', null, 'b"c\\d', '{x,y}', null] }],
  ['an empty array', { tags: [] }],
  [
    'an array of arrays',
    {
      grid: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  [
    'numbers at their ends',
    { big: 9223372036854775807n, ratio: 1.7976931348623157e308, price: '1234567890123456.7891' },
  ],
  ['what is no finite number, in a double', { ratio: Number.NaN }],
  ['bytes', { bytes: Uint8Array.from({ length: 256 }, (_, i) => i) }],
  ['an instant', { seenAt: new Date('0001-02-03T04:05:06.789Z') }],
  [
    'what just fits',
    {
      unit: '👩é ',
      cost: '9999.99',
      costs: ['-9999.99'],
      day: '2024-02-29',
      clock: '2024-03-31 02:30:00.123456',
      weight: 16777216,
      pause: { seconds: 0.000001 },
    },
  ],
  ['a boolean, a uuid and a member', { isDone: false, token: 'c0ffee00-0000-4000-8000-000000000001', mood: 'wild' }],
]

class Trap {
  get label(): string {
    throw new RangeError('read me not')
  }
}
const trapped = Object.defineProperty({}, 'label', {
  enumerable: true,
  get: () => {
    throw new RangeError('read me not')
  },
})
const closed = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new RangeError('keep out')
    },
  },
)

/** Rows that do not fit, with the property and the reason. */
const refused: readonly (readonly [string, unknown, string | null, string])[] = [
  ['a number for a text', { id: 1, label: 7 }, 'label', 'Sample.label expects a string, got 7 (number)'],
  ['a text for a number', { id: 'one' }, 'id', 'Sample.id expects an integer, got "one" (string)'],
  ['a fraction for an integer', { id: 1.5 }, 'id', 'Sample.id expects'],
  ['a number too large', { id: 2 ** 31 }, 'id', 'Sample.id expects'],
  ['no key', { label: 'a' }, 'id', 'Sample.id is missing'],
  ['null for a key', { id: null }, 'id', 'Sample.id cannot be null.'],
  ['undefined', { id: 1, label: undefined }, 'label', 'Sample.label is undefined.'],
  ['NUL', { id: 1, label: 'a\0b' }, 'label', 'contains a NUL character'],
  ['NUL inside of an array', { id: 1, tags: ['a\0b'] }, 'tags', 'contains a NUL character'],
  ['NUL inside of json', { id: 1, data: { a: '\0' } }, 'data', 'NUL'],
  ['half a surrogate pair', { id: 1, label: 'a\ud83d' }, 'label', 'half of a surrogate pair'],
  ['half a pair inside of json', { id: 1, data: ['\udc00'] }, 'data', 'surrogate'],
  [
    '__proto__ as a property',
    JSON.parse('{"id": 1, "__proto__": {"label": "x"}}'),
    '__proto__',
    "no property '__proto__'",
  ],
  ['a name misspelt', { id: 1, lable: 'a' }, 'lable', "Did you mean 'label'?"],
  ['a name of ten million characters', { id: 1, [big]: 1 }, `${'x'.repeat(60)}…`, 'Properties: id, label'],
  ['a computed column', { id: 1, doubled: 2 }, 'doubled', 'computed by the database'],
  ['no member of the enum', { id: 1, mood: 'wlid' }, 'mood', "Did you mean 'wild'?"],
  ['no uuid', { id: 1, token: 'x' }, 'token', 'expects a uuid'],
  ['what is no number, in a decimal', { id: 1, price: Number('x') }, 'price', 'Sample.price expects a finite number'],
  ['no date', { id: 1, seenAt: new Date(Number.NaN) }, 'seenAt', 'expects a valid Date'],
  ['a date as a text', { id: 1, seenAt: '2024-01-01' }, 'seenAt', 'expects a Date'],
  ['a longer text', { id: 1, unit: 'abcd' }, 'unit', 'Sample.unit expects at most 3 characters, got "abcd"'],
  ['blanks that would be cut off', { id: 1, unit: 'abc   ' }, 'unit', 'Sample.unit expects at most 3 characters'],
  ['a larger decimal', { id: 1, cost: '123456' }, 'cost', 'Sample.cost expects a number with at most 4 digits'],
  ['a larger decimal in an array', { id: 1, costs: ['1', '9999.995'] }, 'costs', 'Sample.costs, element 2 of the list'],
  ['a day that is none', { id: 1, day: '2024-02-30' }, 'day', 'Sample.day expects a day of the calendar'],
  ['a day with a time', { id: 1, day: '2024-01-01 23:59:59' }, 'day', "Sample.day expects a text such as '2024-03-31'"],
  ['a day by the clock of the server', { id: 1, day: 'now' }, 'day', 'Sample.day expects'],
  ['a clock with a zone', { id: 1, clock: '2024-01-01 12:00+02' }, 'clock', 'Sample.clock expects'],
  ['a number beyond a real', { id: 1, weight: 1e300 }, 'weight', 'Sample.weight expects a real'],
  [
    'an integer that a real changes',
    { id: 1, weight: 16777217 },
    'weight',
    'which gives back 16777216 in place of 16777217',
  ],
  ['an integer that a double changes', { id: 1, ratio: 9007199254740993n }, 'ratio', 'a double holds exactly'],
  ['less than a microsecond', { id: 1, pause: { seconds: 1e-7 } }, 'pause', 'Sample.pause.seconds expects'],
  ['arrays of unequal length', { id: 1, grid: [[1], [2, 3]] }, 'grid', 'rectangular'],
  ['json that holds itself', { id: 1, data: Object.assign([], { 0: trapped }) }, 'data', 'read me not'],
  ['a function', { id: 1, data: () => 1 }, 'data', 'function'],
  ['an expression', { id: 1, label: sql`now()` }, 'label', 'expects a string'],
  ['a getter that throws', trapped, 'id', 'Sample.id is missing'],
  ['a proxy that throws', closed, null, 'keep out'],
  ['a getter of a class', new Trap(), 'id', 'Sample.id is missing'],
  ['nothing', {}, 'id', 'Sample.id is missing'],
  ['null', null, null, 'A row is an object of properties, not null.'],
  ['undefined itself', undefined, null, 'not a value of type undefined.'],
  ['a text', 'id=1', null, 'not a value of type string.'],
  ['an array', [1], null, 'not an array.'],
  ['bytes', Buffer.from('1'), null, 'not bytes.'],
]

describeLane('hostile rows', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), bulkModel)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate samples`)
  })

  const loadOf = (rows: Iterable<unknown>) => bulkInsert(Sample, unchecked(rows))

  describe('are stored as they were', () => {
    it.each(kept)('%s', async (_, values) => {
      const row: Readonly<Record<string, unknown>> = { id: 1, ...values }
      const report = await db.sessions.begin(async (session) => await session.bulk(loadOf([row])))
      expect(report).toMatchObject({ received: 1, inserted: 1, rejected: 0, unwritten: 0 })
      const stored = await db.engine
        .execute(select(Sample).where(s.id.eq(1)))
        .scalars()
        .one()
      // Compared first: ten million characters are not to be printed.
      for (const [name, value] of Object.entries(row)) {
        const back: unknown = Reflect.get(stored, name)
        if (typeof value === 'string') expect(back === value).toBe(true)
        else if (value instanceof Uint8Array) expect([...(back as Uint8Array)]).toEqual([...value])
        else expect(back).toEqual(value)
      }
    })
  })

  describe('are rejected with their reason', () => {
    it.each(refused)('%s', async (_, row, property, reason) => {
      const taken: { row: unknown; issues: readonly RowIssue[] }[] = []
      const report = await db.sessions.begin(
        async (session) =>
          await session.bulk(
            loadOf([{ id: 100 }, row, { id: 101 }]).onReject((given, issues) => {
              taken.push({ row: given, issues })
            }),
          ),
      )
      expect(report).toMatchObject({ received: 3, inserted: 2, rejected: 1, unwritten: 0 })
      expect(taken).toHaveLength(1)
      expect(Object.is(taken[0]?.row, row)).toBe(true)
      const issue = taken[0]?.issues.find((each) => each.property === property)
      expect(issue?.row).toBe(2)
      expect(issue?.message).toContain(reason)
      expect(report.issues).toEqual(taken[0]?.issues)
      expect(await db.engine.execute(select(s.id).from(Sample).orderBy(s.id)).scalars().all()).toEqual([100, 101])
    })
  })

  it('all at once: the sums fit, and each good row is there once', async () => {
    const good = kept.map(([, values], i) => ({ id: i + 1, ...values }))
    const rows = good.flatMap((row, i) => [
      refused[i % refused.length]?.[1],
      row,
      refused[(i * 7) % refused.length]?.[1],
    ])
    let rejected = 0
    const load = loadOf(rows)
      .batchSize(5)
      .onReject(() => {
        rejected++
      })
    const report = await db.sessions.begin(async (session) => await session.bulk(load))
    expect(report).toMatchObject({
      received: rows.length,
      inserted: good.length,
      rejected: 2 * good.length,
      unwritten: 0,
    })
    expect(rejected).toBe(report.rejected)
    expect(await db.engine.execute(select(s.id).from(Sample).orderBy(s.id)).scalars().all()).toEqual(
      good.map(({ id }) => id),
    )
  })

  it('the first hundred reasons are kept, whatever there is', async () => {
    const load = loadOf(Array.from({ length: 300 }, (_, id) => ({ id, label: id }))).onReject(() => {})
    const report = await db.sessions.begin(async (session) => await session.bulk(load))
    expect(report).toMatchObject({ received: 300, inserted: 0, rejected: 300 })
    expect(report.issues).toHaveLength(100)
  })
})
