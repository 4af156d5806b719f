// Texts of one value have one form here exactly where the server takes them for one value.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import { type SqlType, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { textForm } from '../../../src/state/text-form.ts'

const cases: readonly [string, SqlType<unknown>, readonly string[]][] = [
  [
    'numeric',
    t.numeric(),
    ['1', '+1', '1.0', '01.00', '1e0', '10e-1', '100', '1e2', '-0.00', '0', '.5', '5e-1', '-1', '007', '7', 'NaN'],
  ],
  [
    'numeric(10, 2)',
    t.numeric(10, 2),
    ['1', '1.001', '1.004', '1.005', '1.01', '-1.005', '-1.01', '0.004', '-0.004', '0', '99.995', '100'],
  ],
  ['numeric(10, 0)', t.numeric(10), ['1', '0.5', '1.4', '1.5', '2', '-0.5', '-1']],
  ['varchar(3)', t.varchar(3), ['abc', 'ab', 'ab ', '€ßc']],
  ['char(4)', t.char(4), ['a', 'a ', 'a   ', 'a\t', ' a', 'ab']],
  [
    'uuid',
    t.uuid(),
    [
      '0b4b7f0e-5c3f-4c8e-9b1a-0e1d2c3b4a59',
      '0B4B7F0E5C3F4C8E9B1A0E1D2C3B4A59',
      '0b4b7f0e-5c3f-4c8e-9b1a-0e1d2c3b4a58',
    ],
  ],
  ['boolean', t.boolean(), ['t', 'true', 'f', 'false']],
  [
    'double precision',
    t.double(),
    ['0', '-0', '1', '1.0', '1e0', '0.1', '1e+21', '1e21', 'NaN', 'Infinity', '-Infinity', '5e-324'],
  ],
  ['bytea', t.bytea(), ['\\x00ff', '\\x00FF', '\\x', '\\x00']],
  ['text', t.text(), ['a', 'A', 'a ', 'ä']],
  [
    'timestamptz',
    t.timestamptz(),
    [
      '2025-01-01 10:00:00+00',
      '2025-01-01T10:00:00.000Z',
      '2025-01-01 11:00+01',
      '2025-01-01 15:30:00+05:30',
      '2025-01-01 10:00:00.000001+00',
      '2025-01-01 05:30:00-0430',
      '2024-02-29 00:00Z',
      '0001-01-01 00:00:00+00',
    ],
  ],
  [
    'timestamp',
    t.timestamp(),
    [
      '2025-01-01 10:00',
      '2025-01-01T10:00:00',
      '2025-01-01 10:00:00.000',
      '2025-01-01 10:00:00.1',
      '2025-01-01 10:00:00.100000',
      '2025-1-1 10:00',
      '2025-01-01',
      '2025-1-1 0:00',
      '2024-12-31 24:00',
      '0044-03-15 10:00 BC',
      'infinity',
    ],
  ],
  [
    'date',
    t.date(),
    [
      '2025-01-01',
      '2025-1-1',
      '2025-01-02',
      '0999-12-31',
      '0999-12-31 BC',
      '12025-01-01',
      '012025-01-01',
      'infinity',
      '-infinity',
    ],
  ],
  [
    'time',
    t.time(),
    ['10:00', '10:00:00', '10:00:00.000', '10:00:00.5', '24:00:00', '00:00', '9:05', '09:05:00.0000000'],
  ],
]

describeLane('the form of a text', (lane) => {
  let engine: Engine
  beforeAll(() => {
    engine = createEngine(lane().driver)
  })
  afterAll(() => engine.close())

  it.each(cases)('%s: equal forms for what is equal on the server', async (name, type, texts) => {
    const form = textForm(type)
    // As an assignment to a column casts: what is too long for it loses blanks only.
    const rows: unknown[][] = await engine
      .execute(
        sql`select a.i, b.i, a.v::${sql.raw(name)} = b.v::${sql.raw(name)} from unnest(${texts}::text[]) with ordinality as a(v, i), unnest(${texts}::text[]) with ordinality as b(v, i)`.columns(
          [t.integer(), t.integer(), t.boolean()],
        ),
      )
      .all()
    expect(rows).toHaveLength(texts.length ** 2)
    for (const [i, j, isEqual] of rows) {
      const [a = '', b = ''] = [texts[Number(i) - 1], texts[Number(j) - 1]]
      expect(form?.(a)).not.toBeNull()
      expect([a, b, form?.(a) === form?.(b)]).toEqual([a, b, isEqual])
    }
  })

  it('what the server writes has the form of what was sent', async () => {
    for (const [name, type, texts] of cases) {
      const form = textForm(type)
      const written: unknown[] = await engine
        .execute(
          sql`select v::${sql.raw(name)}::text from unnest(${texts}::text[]) with ordinality as a(v, i) order by i`.columns(
            [t.text()],
          ),
        )
        .scalars()
        .all()
      expect(written.map((text) => form?.(String(text)))).toEqual(texts.map((text) => form?.(text)))
    }
  })

  it.each([
    ['date', t.date(), ['today', 'Jan 1 2025', '1/2/2025', '20250101']],
    ['timestamp', t.timestamp(), ['now', 'Jan 1 2025', '2025-01-01 10:00:00Z', '2025-01-01 10:00:60', '294000-01-01']],
    [
      'timestamptz',
      t.timestamptz(),
      ['2025-01-01 10:00:00', '2025-01-01 10:00 Europe/Berlin', '2025-01-01 10:00:00.0000001Z'],
    ],
    [
      'timestamptz',
      t.timestamptz(),
      ['2024-02-30 00:00:00Z', '2024-13-01 00:00:00Z', '2024-01-01 25:00:00Z', '0000-01-01 00:00:00Z'],
    ],
    ['numeric', t.numeric(), ['1e100000', 'inf', '0x10', '']],
    ['double', t.double(), ['', 'inf']],
  ])('%s: other spellings are left to the server', (_, type, texts) => {
    expect(texts.map((text) => textForm(type)?.(text))).toEqual(texts.map(() => null))
  })

  it('numeric: a long text takes no longer for the zeros at its end', () => {
    const form = textForm(t.numeric())
    expect(form?.(`0.1${'0'.repeat(200_000)}1`)).toHaveLength(200_004)
    expect(form?.(`0.1${'0'.repeat(200_000)}`)).toBe('0.1')
  })

  it.each([t.json(), t.interval(), t.real(), t.timetz(), t.custom('citext'), t.text().array()])(
    'types without a form: %#',
    (type) => {
      expect(textForm(type)).toBeNull()
    },
  )
})
