// What the example says before it has opened a database, which is the same over every driver: help, and what cannot be.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { reports } from '../../src/report/reports.ts'
import { flights } from '../flights.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-flights-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('--help', () => {
  it('names every option and report', async () => {
    const { code, stdout, stderr } = await flights('--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const option of ['limit', 'airport', 'only', 'sql', 'database-url', 'data-dir', 'data', 'reset'])
      expect(stdout).toContain(`--${option}`)
    for (const { name } of reports) expect(stdout).toContain(`"${name}"`)
  })
})

describe('what cannot be', () => {
  const cases: [string, string[], RegExp][] = [
    ['a wrong URL', ['--database-url', 'mysql://me:secret@localhost/x'], /its scheme is 'mysql', not 'postgres'/],
    ['no URL at all', ['--database-url', 'nonsense'], /The URL has no scheme: nonsense/],
    [
      'a server that is not there',
      ['--database-url', 'postgres://me:secret@127.0.0.1:1/x'],
      /Could not connect to 127\.0\.0\.1:1\/x as me: nothing listens on port 1/,
    ],
    ['a missing data file', ['--data', '/nowhere'], /The data file \/nowhere\/airports\.csv is missing/],
    ['an unknown airport', ['--airport', 'XXX'], /There is no airport 'XXX' in airports\.csv/],
    ['an unknown option', ['--limits', '3'], /unknown option '--limits'\n\(Did you mean --limit\?\)/],
    ['an unknown report', ['--only', 'delay'], /There is no report 'delay'\. The reports are duplicates, /],
    ['one among several', ['--only', 'graph,delay'], /There is no report 'delay'\. The reports are duplicates, /],
    ['a limit that is no number', ['--limit', 'few'], /argument 'few' is invalid\. It is a whole number/],
    ['two databases', ['--database-url', 'postgres://x', '--data-dir', 'y'], /cannot be used with option '--data-dir/],
    ['an unknown command', ['ingets'], /unknown command 'ingets'\n\(There is one: ingest;/],
    ['a limit for ingest', ['--limit', '3', 'ingest'], /option '--limit' is for the reports; ingest prints none/],
    ['a place before ingest', ['--data-dir', 'x', 'ingest'], /stands behind the command: ingest --data-dir <folder>/],
  ]
  it.each(cases)('%s is said in at most two lines', async (_what, args, message) => {
    const { code, stdout, stderr } = await flights(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
    expect(stderr).not.toContain('secret')
  })

  it('is a data file that holds something else', async () => {
    await writeFile(join(folder, 'airports.csv'), 'iata,name\n"')
    expect(await flights('--data', folder)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: airports\.csv is no CSV file: /),
    })
  })
})
