// What the terminal shows: tables, bars, wrapped SQL.
import { describe, expect, it } from '@jest/globals'
import { entity, select } from 'oriel'
import { Flight } from '../../src/entity/flight.ts'
import { bar, largestOf } from '../../src/terminal/bar.ts'
import { memoryText } from '../../src/terminal/memory.ts'
import { statementText } from '../../src/terminal/statement-text.ts'
import { table } from '../../src/terminal/table.ts'

describe('memory', () => {
  it('stays, or rises', () => {
    expect(memoryText(1707, 0)).toBe('stayed at 1,707 MB')
    expect(memoryText(707, 12)).toBe('rose from 695 to 707 MB')
  })
})

describe('table', () => {
  it('aligns numbers to the right, with one format for a column', () => {
    const rows = [
      { name: 'a', whole: 1103, part: 3 },
      { name: 'bc', whole: -7, part: null },
      { name: 'd', whole: 0, part: 12.06 },
    ]
    const text = table(rows, { Name: (row) => row.name, Whole: (row) => row.whole, Part: (row) => row.part })
    expect(text.split('\n').filter((line) => line.startsWith('│'))).toEqual([
      '│ Name │ Whole │ Part │',
      '│ a    │ 1,103 │  3.0 │',
      '│ bc   │    -7 │    – │',
      '│ d    │     0 │ 12.1 │',
    ])
  })

  it('says that there are no rows', () => {
    expect(table([], { Name: () => 'never' })).toBe('(no rows)')
  })
})

describe('bar', () => {
  it('is as long as its value is large', () => {
    expect(bar(100, 100)).toBe('█'.repeat(24))
    expect(bar(50, 100)).toBe('█'.repeat(12))
    expect(bar(1, 192)).toBe('▏')
  })

  it('is nothing for nothing, less than nothing, and where all is nothing', () => {
    expect([bar(0, 10), bar(-3, 10), bar(null, 10), bar(0, 0)]).toEqual(['', '', '', ''])
    expect(largestOf([{ n: null }, { n: -2 }], ({ n }) => n)).toBe(0)
  })
})

describe('statementText', () => {
  it('changes nothing but blanks', () => {
    const f = entity(Flight)
    const statement = select(Flight)
      .where(
        f.origin.has((a) => a.state.eq('IL')),
        f.delay.between(10, 20),
        f.distance.gt(500),
      )
      .orderBy(f.flownAt, f.id)
    const [sql, values] = statementText(statement.toSQL()).split('\n  -- ')
    expect(sql?.split(/\s+/).join(' ').trim()).toBe(statement.toSQL().text)
    expect(sql?.split('\n').length).toBeGreaterThan(2)
    expect(values).toBe('$1 = "IL", $2 = 10, $3 = 20, $4 = 500')
  })
  it('shows the first items of a long array, and says how many there are', () => {
    const long = {
      text: 'select $1, $2',
      params: [
        ['1', '2', '3', '4', '5', '6'],
        [1, 2, 3, 4, 5],
      ],
    }
    expect(statementText(long)).toBe('  select $1, $2\n  -- $1 = ["1","2","3","4","5", … 6 in all], $2 = [1,2,3,4,5]')
  })
})
