// Texts that are not of the type they are read as: an expression may be declared what it is not. And texts of any length.
import { describe, expect, it } from '@jest/globals'
import { DataError, type SqlType, types as t } from '@oriel/sql'
import { codecOf } from '../../../src/codec/codec.ts'

describe('decode refuses a text of another type', () => {
  it.each<readonly [string, SqlType<unknown>, string, readonly string[]]>([
    ['boolean', t.boolean(), 'is not a boolean', ['', 'yes', '1', 'T', '0', 'no']],
    ['double', t.double(), 'is not a number', ['', ' ', '0x10', '0b1', ' 7', 'abc', 'infinity', '.']],
    ['numeric as number', t.numeric().asNumber(), 'is not a number', ['', '0x10']],
    ['numeric', t.numeric(), 'is not a number', ['', '0x10', 'abc', '1,5']],
    ['integer', t.integer(), 'is not an integer', ['', ' ', '0x10', '1.5', '-']],
    ['bigint', t.bigint(), 'is not an integer', ['', '-', '0x10', '5.5']],
    ['uuid', t.uuid(), 'is not a uuid', ['', 'zzz', '0b4b7f0e-5c3f-4c8e-9b1a-0e1d2c3b4a5']],
  ])('%s', (_name, type, what, texts) => {
    for (const text of texts) {
      expect(() => codecOf(type).decode(text)).toThrow(DataError)
      expect(() => codecOf(type).decode(text)).toThrow(what)
    }
  })

  it('and takes every form that the server writes', () => {
    expect(['t', 'f', 'true', 'false'].map((text) => codecOf(t.boolean()).decode(text))).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(
      ['5', '-0', '1e+21', '-1.5e-07', 'NaN', '-Infinity'].map((text) => codecOf(t.double()).decode(text)),
    ).toEqual([5, -0, 1e21, -1.5e-7, NaN, -Infinity])
    expect(['7', '-12', '5.00', '9007199254740991'].map((text) => codecOf(t.integer()).decode(text))).toEqual([
      7, -12, 5, 9007199254740991,
    ])
  })
})

describe('a text of ten million characters', () => {
  const long = 'x'.repeat(10_000_000)
  const digits = '7'.repeat(10_000_000)

  it('goes into an array as it is', () => {
    expect(codecOf(t.text().array()).encode([long], 'the value')).toHaveLength(long.length + 2)
  })
  it('goes into and out of a json document that holds a long number', () => {
    const codec = codecOf(t.jsonb())
    const document = { a: 1.2345678901234567, b: `${long}\\"\\\\`, c: digits }
    expect(codec.decode(codec.encode(document, 'the value'))).toEqual(document)
    expect(() => codec.decode(`{"b":"${long}\\"\\\\","c":9007199254740993}`)).toThrow('would round')
  })
  it('of backslashes is searched for what cannot be stored', () => {
    const text = '\\'.repeat(5_000_000)
    const codec = codecOf(t.jsonb())
    expect(codec.decode(codec.encode(`${text}\u0001`, 'the value'))).toBe(`${text}\u0001`)
    expect(() => codec.encode(`${text}\0`, 'the value')).toThrow('NUL character')
    expect(() => codec.encode(`${text}\ud800`, 'the value')).toThrow('surrogate pair')
    expect(codec.encode('\\u0000', 'the value')).toBe('"\\\\u0000"')
  })
  it('that is no number is refused as one', () => {
    expect(() => codecOf(t.numeric()).encode(digits, 'the value')).toThrow('expects a decimal number')
    expect(() => codecOf(t.bigint()).encode(`${digits}x`, 'the value')).toThrow('expects a bigint')
  })
})
