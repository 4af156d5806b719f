// The example as a process, with its output in a pipe: exit codes, messages, and no bar where nobody watches.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Lane, openLane } from '@oriel/testing'
import { reports } from '../src/report/reports.ts'

interface Ending {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function flights(...args: string[]): Promise<Ending> {
  const options = ['--conditions=@oriel/source', '--import', 'tsx', 'src/main.ts']
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, [...options, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

let lane: Lane
let folder: string
beforeAll(async () => {
  lane = await openLane()
  folder = await mkdtemp(join(tmpdir(), 'oriel-flights-'))
})
afterAll(async () => {
  await lane?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The lane's database: a server's, or one in a folder. */
const place = (): string[] => (lane.url === null ? ['--data-dir', join(folder, 'data')] : ['--database-url', lane.url])

describe('a run', () => {
  // Two runs on one database: the second finds what the first has stored.
  it('loads and prints all reports where nothing is stored', async () => {
    const { code, stdout, stderr } = await flights(...place(), '--limit', '2')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Loaded 3,376 airports and 20,000 flights in /)
    for (const report of reports) expect(stdout).toContain(report.title({ airport: 'ORD', limit: 2 }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what must not be there
    expect(stdout).not.toMatch(/[\x1b\r]/)
    expect(stdout).not.toMatch(/\$\d|select /)
  }, 180_000)

  it('finds what is stored, and prints only what is asked for, with its SQL', async () => {
    const only = ['--only', 'delay-history', 'latest-flights']
    const { code, stdout, stderr } = await flights(...place(), '--sql', ...only, '--airport', 'sfo')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Found 3,376 airports and 20,000 flights in /)
    expect(stdout).toContain('The latest departures of SFO')
    expect(stdout).toContain('  with history as (select ')
    expect(stdout).toContain('  -- $1 = "SFO", $2 = 10')
    expect(stdout.match(/^┌/gm)).toHaveLength(2)
  }, 180_000)
})

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
    ['an unknown report', ['--only', 'delay'], /argument 'delay' is invalid\. Allowed choices are duplicates, /],
    ['a limit that is no number', ['--limit', 'few'], /argument 'few' is invalid\. It is a whole number/],
    ['two databases', ['--database-url', 'postgres://x', '--data-dir', 'y'], /cannot be used with option '--data-dir/],
    ['an argument too many', ['ORD'], /too many arguments/],
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
