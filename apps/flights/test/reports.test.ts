// Every number that the example prints, against plain SQL on the same database.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { postgres } from 'oriel'
import type { ReportOptions } from '../src/report/report.ts'
import { queryReports, reports } from '../src/report/reports.ts'
import { type Loaded, openLoaded, rowsOf } from './loaded.ts'
import { plainSql } from './plain-sql.ts'
import { isShown, printedRows } from './printed-table.ts'

let loaded: Loaded
beforeAll(async () => {
  loaded = await openLoaded()
})
afterAll(async () => {
  await loaded?.close()
})

const named = reports.map((report) => [report.name, report] as const)
const choices: ReportOptions[] = [
  { airport: 'ORD', limit: 10 },
  { airport: 'SFO', limit: 10_000 },
  // Three departures: fewer than there are quarters.
  { airport: 'RAP', limit: 3 },
]

describe.each(named)('%s', (name, report) => {
  it.each(choices)('prints what plain SQL gives, for %o', async (options) => {
    const { engine } = loaded
    const query = plainSql[name]
    if (!query) throw new Error(`plain-sql.ts has no query for ${name}`)
    const expected = (await rowsOf(engine, query(options))).map((row) => Object.values(row))
    const printed = printedRows((await report.run(engine, options)).printed)
    expect(expected.length).toBeGreaterThan(0)
    expect(printed.map((row) => row.length)).toEqual(expected.map((row) => row.length))
    const wrong = expected.flatMap((row, r) =>
      row.flatMap((value, c) => (isShown(printed[r]?.[c], value) ? [] : [{ row: r, printed: printed[r]?.[c], value }])),
    )
    expect(wrong).toEqual([])
  })
})

describe.each(queryReports.map((report) => [report.name, report] as const))('the statement of %s', (_name, report) => {
  it('raises no warning', () => {
    for (const options of choices) expect(report.statement(options).compile(postgres()).warnings).toEqual([])
  })

  it('keeps what the user gives out of the SQL text', () => {
    const hostile = `'; drop table flights; --`
    const { text } = report.statement({ airport: hostile, limit: 7 }).toSQL()
    expect(text).not.toContain('drop table')
    expect(text).not.toContain('7')
  })
})

describe('an airport without departures', () => {
  const options = { airport: '00M', limit: 10 }
  const printed = new Map<string, string>()
  beforeAll(async () => {
    // One after the other: a session's report counts what the engine sends meanwhile.
    for (const [name, report] of named) printed.set(name, (await report.run(loaded.engine, options)).printed)
  })

  it('is said to have no rows, and reaches itself alone', () => {
    for (const name of ['delay-history', 'delay-change', 'delay-quartiles']) expect(printed.get(name)).toBe('(no rows)')
    expect(printedRows(printed.get('reachable-airports') ?? '')).toEqual([['0', '1', '00M']])
  })

  it('has a graph of one object, no flight to edit, and can be deleted by itself', () => {
    expect(printed.get('graph')).toBe('(no rows)\nObjects: 1 airport, 0 departures, 0 destinations\nStatements sent: 2')
    expect(printed.get('edit')).toBe('(no rows)\nStatements sent: 1')
    expect(printedRows(printed.get('cascade') ?? '').map((row) => row.slice(1))).toEqual([
      ['3,376', '19,998', 'persistent', '0', '0'],
      ['3,375', '19,998', 'deleted', '0', '0'],
      ['3,376', '19,998', 'persistent', '0', '0'],
    ])
  })
})
