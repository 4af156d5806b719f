// Counts and sums outgrow the integers they are made of.
import { describe, expect, it } from '@jest/globals'
import { type Executable, func, select, types as t } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { o } from '../../shop.ts'

const sent = (query: Executable<unknown>) =>
  query.compile(dialect).binds.map(({ value, type, subject }) => dialect.codec(type).encode(value, subject))

describe('count() and sum()', () => {
  it('compare with more than an integer holds', () => {
    const small = o.id.cast(t.smallint())
    const query = select(o.status)
      .groupBy(o.status)
      .having(func.sum(o.id).gt(3_000_000_000), func.count().gt(3e9), func.sum(small).gt(70_000))
    expect(sent(query)).toEqual(['3000000000', '3000000000', '70000'])
  })
  it('give numbers, never rounded ones', () => {
    const codec = dialect.codec(func.count().node.type)
    expect(codec.decode('3000000000')).toBe(3_000_000_000)
    expect(() => codec.decode('9007199254740993')).toThrow(/beyond the integers/)
    expect(() => codec.encode(2 ** 63, 'x')).toThrow(/not exact/)
  })
  it('divided by a fraction give a fraction', () => {
    expect(dialect.codec(func.count().div(2.5).node.type).decode('0.4')).toBe(0.4)
  })
})
