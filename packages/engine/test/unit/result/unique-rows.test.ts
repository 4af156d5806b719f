import { describe, expect, it } from '@jest/globals'
import { uniqueRows } from '../../../src/result/unique-rows.ts'

describe('unique rows', () => {
  it('are told by all of their parts', () => {
    const rows = [
      [1, 'a'],
      [1, 'b'],
      [1, 'a'],
    ]
    expect(uniqueRows(rows, { isBare: false })).toEqual([
      [1, 'a'],
      [1, 'b'],
    ])
  })

  it('of bare values take a list or an object for one value', () => {
    const values = [[1, 2], [1], [1, 2], { a: 1 }, { b: 1 }, { a: 1 }]
    expect(uniqueRows<unknown>(values, { isBare: true })).toEqual([[1, 2], [1], { a: 1 }, { b: 1 }])
  })
})
