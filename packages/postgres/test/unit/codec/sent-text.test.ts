import { describe, expect, it } from '@jest/globals'
import { type SqlType, types as t } from '@oriel/sql'
import { postgres } from '../../../src/index.ts'

// The unit of work keeps what it sent as the object's row, so a text that was sent must be readable like one that came.
const values: readonly [string, SqlType<unknown>, unknown][] = [
  ['boolean', t.boolean(), true],
  ['integer', t.integer(), -7],
  ['bigint', t.bigint(), 2n ** 62n],
  ['double', t.double(), 0.1],
  ['numeric', t.numeric(12, 2), '12.50'],
  ['text', t.text(), `it's "NULL" \\`],
  ['uuid', t.uuid(), '0b4b7f0e-5c3f-4c8e-9b1a-0e1d2c3b4a59'],
  ['timestamptz', t.timestamptz(), new Date('2024-03-31T02:30:00.123Z')],
  ['timestamptz BC', t.timestamptz(), new Date('-000043-03-15T12:00:00.001Z')],
  ['timestamptz past 9999', t.timestamptz(), new Date('+012024-05-06T07:08:09.010Z')],
  ['date', t.date(), '2024-03-31'],
  ['interval', t.interval(), { months: 1, days: -3, hours: 2 }],
  ['bytea', t.bytea(), new Uint8Array([0, 255, 39, 92])],
  ['jsonb', t.jsonb(), { a: [1, null, 'x"y'] }],
  ['enum', t.enum('mood', ['sad', 'ok']), 'ok'],
  ['text[]', t.text().array(), ['a', 'NULL', '', 'q"\\']],
  [
    'integer[] of arrays',
    t.integer().array().array(),
    [
      [1, 2],
      [3, 4],
    ],
  ],
]

describe('a text that was sent', () => {
  it.each(values)('can be read like one that came: %s', (_name, type, value) => {
    const codec = postgres().codec(type)
    expect(codec.decode(codec.encode(value, 'the value'))).toEqual(value)
  })
})
