// An error that nobody catches fits on a screen and begins at the user's line: fifteen mistakes, each in a process of its own.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { preparedFolder } from '../../../testing/src/prepared-folder.ts'
import { type InstalledProgram, install } from '../fixture/installed.ts'
import { freshLane } from '../fixture/lane.ts'

const { url } = await freshLane()
let program: InstalledProgram
let archive = ''

beforeAll(async () => {
  program = install(join(import.meta.dirname, '../fixture/mistake.ts'))
  if (url) return
  archive = `${program.path}.tar`
  writeFileSync(archive, await preparedFolder())
}, 60_000)
afterAll(() => program.remove())

interface Outcome {
  readonly status: number | null
  readonly lines: readonly string[]
}

function run(mistake: string, database: string, NODE_ENV = 'test'): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program.path, mistake, database, archive], {
      env: { ...process.env, NODE_ENV },
    })
    let text = ''
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, lines: text.trimEnd().split('\n') }))
  })
}

/** The mistake, and what its message must say. */
const mistakes: readonly (readonly [string, RegExp])[] = [
  ['unique', /ann@x\.io|authors_email_key/],
  ['foreign key', /999/],
  ['unloaded', /Book\.author is not loaded \(Book 1\)/],
  ['unknown property', /Author has no property 'emial'[\s\S]*'email'/],
  ['wrong value', /Book\.authorId expects an integer, got "old" \(string\)/],
  ['undefined', /Book\.authorId[\s\S]*undefined/],
  ['closed', /closed/],
  ['connection', /127\.0\.0\.1:9[\s\S]*Is the server running/],
  ['mapping', /Untyped\.name/],
  ['window', /Wrap it in a CTE or subquery and filter outside/],
  ['syntax', /select id,, email from authors\n\s*\^/],
  ['no row', /exactly one row and found 0/],
  ['nobody awaits', /division by zero/],
  ['nobody awaits, in a session', /division by zero/],
  ['nobody awaits, in a transaction', /division by zero/],
]

describe('an uncaught error', () => {
  it.each(mistakes)('of %s prints at most 15 lines, the user first', async (mistake, message) => {
    // A database per mistake: what one program created, the next would find.
    const database = url ? (await freshLane()).url : ''
    const { status, lines } = await run(mistake, database ?? '')
    const text = lines.join('\n')
    expect(status).toBe(1)
    expect(text).toMatch(message)
    expect(lines.length).toBeLessThanOrEqual(15)
    expect(text).not.toContain('pass-w0rd')
    const frames = lines.filter((line) => /^\s+at /.test(line))
    expect(frames.slice(0, 6).join('\n')).toMatch(/mistake\.mjs/)
    expect(text).toContain('createUser')
  })

  it.each([
    ['unique', true],
    ['nobody awaits, in a session', false],
  ])('in production of %s begins at the user where the call was awaited: %s', async (mistake, isAwaited) => {
    const database = url ? (await freshLane()).url : ''
    const { status, lines } = await run(mistake, database ?? '', 'production')
    const text = lines.join('\n')
    expect(status).toBe(1)
    expect(text).toMatch(mistakes.find(([name]) => name === mistake)?.[1] ?? /^$/)
    if (isAwaited) expect(lines.length).toBeLessThanOrEqual(15)
    expect(text.includes('createUser')).toBe(isAwaited)
  })
})
