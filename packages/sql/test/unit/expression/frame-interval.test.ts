// Intervals in a RANGE frame.
import { describe, expect, it } from '@jest/globals'
import { func, select } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { o } from '../../shop.ts'

const over = (bound: string) => select(func.count().over({ orderBy: o.createdAt, range: [bound, null] })).toSQL(dialect)

describe('the text of an interval', () => {
  it.each(['-1 day 2 hours', '-1 day -2 hours', '1 day -2 hours', '- 1 mon 02:00'])('%s is refused', (bound) =>
    expect(() => over(bound)).toThrow(/two directions[\s\S]*\{ days: -1, hours: -2 \}/),
  )
  it.each([
    ['-1 day', '1 day', 'preceding'],
    ['-02:30', '02:30', 'preceding'],
    ['1 day 2 hours', '1 day 2 hours', 'following'],
  ])('%s', (bound, value, direction) => {
    const { text, params } = over(bound)
    expect(params).toEqual([value])
    expect(text).toContain(`$1::interval ${direction}`)
  })
})
