// The example as a process, on the lane's database: exit codes, what it prints, and no bar where nobody watches.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Lane, openLane } from '@oriel/testing'
import { reports } from '../src/report/reports.ts'
import { flights } from './flights.ts'

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
