import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { shortName, snakeCase } from '../../../src/index.ts'

describe('snakeCase', () => {
  it.each([
    ['id', 'id'],
    ['customerId', 'customer_id'],
    ['HTTPServer2', 'http_server2'],
    ['parseURLNow', 'parse_url_now'],
    ['already_snake', 'already_snake'],
    ['line2Total', 'line2_total'],
    ['two words', 'two words'],
    ['A', 'a'],
    ['', ''],
  ])('%s → %s', (name, expected) => expect(snakeCase(name)).toBe(expected))
})

describe('shortName', () => {
  const bytes = (text: string) => new TextEncoder().encode(text).length
  it('leaves 63 bytes alone and cuts 64', () => {
    expect(shortName('n'.repeat(63))).toBe('n'.repeat(63))
    expect(shortName('n'.repeat(64))).not.toBe('n'.repeat(64))
    expect(shortName('n'.repeat(30), 20)).toHaveLength(20)
  })
  it('keeps two long names two, within the limit, and whole characters', () => {
    // U+FFFD is what half a character would turn into, so the names are made without it.
    const names = fc.string({ unit: 'grapheme', minLength: 20 }).filter((name) => !name.includes('\uFFFD'))
    fc.assert(
      fc.property(names, fc.string({ minLength: 1 }), (start, end) => {
        const [a, b] = [shortName(start.repeat(4)), shortName(start.repeat(4) + end)]
        expect(bytes(a)).toBeLessThanOrEqual(63)
        expect(bytes(b)).toBeLessThanOrEqual(63)
        expect(a).not.toContain('\uFFFD')
        expect(a).not.toBe(b)
      }),
    )
  })
})
