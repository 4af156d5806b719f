// The quick look of a codec: where it says that a value holds a text, decoding that text gives the value.
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { types as t } from '@oriel/sql'
import fc from 'fast-check'
import { codecOf } from '../../../src/codec/codec.ts'

const quick = {
  smallint: t.smallint(),
  integer: t.integer(),
  boolean: t.boolean(),
  text: t.text(),
  varchar: t.varchar(20),
  numeric: t.numeric(12, 2),
  timestamptz: t.timestamptz(),
}

const texts = fc.oneof(
  fc.constantFrom('t', 'f', 'true', '0', '-0', '007', '1e3', '12.50', '12.5', 'NaN', 'Infinity', '-', '', 'infinity'),
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.bigInt().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().replace('T', ' ').replace('Z', '+00')),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().replace('T', ' ').replace('.000Z', '+00')),
  fc.string(),
)

function decoded(decode: () => unknown): { readonly value: unknown } | null {
  try {
    return { value: decode() }
  } catch {
    return null
  }
}

describe.each(Object.entries(quick))('the quick look of %s', (_, type) => {
  const { holds, ...codec } = codecOf(type)

  it('says yes only where decoding gives the value', () => {
    const values = fc.oneof(texts, fc.integer(), fc.double(), fc.boolean(), fc.date(), fc.constant(null))
    fc.assert(
      fc.property(texts, values, (text, other) => {
        const own = decoded(() => codec.decode(text))
        for (const value of [other, ...(own ? [own.value] : [])])
          if (holds?.(value, text) === true) {
            const isSame = value === 0 ? own?.value === 0 : own !== null && isDeepStrictEqual(own.value, value)
            expect({ text, value, isSame }).toEqual({ text, value, isSame: true })
          }
      }),
    )
  })

  it('says yes to what the server writes', () => {
    const written: Record<string, [unknown, string]> = {
      boolean: [true, 't'],
      text: ['a', 'a'],
      varchar: ['a', 'a'],
      numeric: ['12.50', '12.50'],
      timestamptz: [new Date('2024-02-29T23:59:59.120Z'), '2024-02-29 23:59:59.12+00'],
    }
    const [value, text] = written[type.spec.name] ?? [-7, '-7']
    expect(holds?.(value, text)).toBe(true)
  })
})
