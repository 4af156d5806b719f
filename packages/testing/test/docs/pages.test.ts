// The documentation does not lie: every TypeScript block of every page is type-checked, and run on PGlite; the SQL and the output that
// a page shows below a block is what the block sends and gives.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { typeTest } from '@oriel/testing/type-test'
import { transform } from '@swc/core'
import { runInThread } from '../thread.ts'
import { type Claim, type Program, pages, programsOf, root } from './page.ts'
import { checkedSource, runSource } from './program.ts'
import { scratch } from './scratch.ts'

/** What a block came to; recorder.ts writes it. */
interface Recording {
  readonly printed: readonly string[]
  readonly sent: readonly { readonly text: string }[]
  readonly value: string | null
  readonly sql: string | null
}

const programs = pages().flatMap((page) => programsOf(page, readFileSync(join(root, page), 'utf8')))
const named = programs.map((program, at) => ({
  program,
  name: `${program.page}:${program.blocks[0]?.line ?? 0}`,
  file: `p${at}-${program.page.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.ts`,
}))
const setups = readdirSync(join(import.meta.dirname, 'programs'))
const checked = scratch('checked')
const played = scratch('played')

async function javascript(source: string): Promise<string> {
  const { code } = await transform(source, {
    swcrc: false,
    configFile: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { decoratorVersion: '2022-03', useDefineForClassFields: true },
    },
  })
  return code.replaceAll(/(from\s+['"]\.\/[a-z-]+)\.ts(['"])/g, '$1.js$2')
}

/** Opens a prepared database where the page would make one. */
const onPrepared = (code: string) => code.replaceAll(/from (['"])@oriel\/pglite\1/g, "from './pglite.js'")

/** Line breaks and indentation are the page's own; so is a semicolon. */
const sqlWords = (text: string) =>
  text
    .replaceAll(/;\s*(\n|$)/g, '\n')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\( /g, '(')
    .replaceAll(/ \)/g, ')')
    .trim()

const trimmed = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()

function actual({ language }: Claim, { printed, sent, value, sql }: Recording): string {
  if (language === 'sql') return sqlWords(sent.length > 0 ? sent.map(({ text }) => text).join('\n') : (sql ?? ''))
  return trimmed(printed.length > 0 ? printed.join('\n') : (value ?? ''))
}

/** Runs a program; what its page says and what came out, block by block. */
async function play(program: Program, file: string): Promise<{ claimed: string[]; actual: string[] }> {
  const record = join(played, `${file}.json`)
  const script = join(played, file.replace(/\.ts$/, '.js'))
  writeFileSync(script, onPrepared(await javascript(runSource(program))))
  const { exitCode, output } = await runInThread(script, { ORIEL_DOCS_RECORD: record })
  if (exitCode !== 0) throw new Error(`${program.page} ended with ${exitCode}:\n${output}`)
  const recordings: Record<string, Recording> = JSON.parse(readFileSync(record, 'utf8'))
  const claims = program.blocks.flatMap((block, at) =>
    block.isRefused ? [] : block.claims.map((claim) => ({ claim, recording: recordings[at] })),
  )
  const where = ({ line }: Claim) => `${program.page}:${line}\n`
  return {
    claimed: claims.map(({ claim }) => where(claim) + (claim.language === 'sql' ? sqlWords : trimmed)(claim.text)),
    actual: claims.map(({ claim, recording }) => where(claim) + (recording ? actual(claim, recording) : '')),
  }
}

describe('the code of the pages', () => {
  beforeAll(async () => {
    writeFileSync(join(played, 'package.json'), '{ "type": "module" }\n')
    writeFileSync(join(checked, 'package.json'), '{ "type": "module" }\n')
    for (const setup of setups) {
      const source = readFileSync(join(import.meta.dirname, 'programs', setup), 'utf8')
      writeFileSync(join(checked, setup), source)
      const code = await javascript(source)
      writeFileSync(join(played, setup.replace(/\.ts$/, '.js')), setup === 'pglite.ts' ? code : onPrepared(code))
    }
  })

  afterAll(() => {
    for (const directory of [checked, played]) rmSync(directory, { recursive: true, force: true })
  })

  it('is found', () => {
    expect(programs.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'docs/querying.md']))
  })

  it.each(['shop', 'notebook'])('shows what the setup %s does', (setup) => {
    const [, ...lines] = readFileSync(join(import.meta.dirname, 'programs', `${setup}.ts`), 'utf8').split('\n')
    const shown = programs
      .filter(({ page }) => page === 'docs/example-model.md')
      .map(({ blocks }) => `${blocks.map(({ code }) => code).join('\n\n')}\n`)
    const done = lines.join('\n').replaceAll(/^export /gm, '')
    expect(shown).toContain(`${done}\nawait engine.close()\n`)
  })

  it('compiles under strict, and what it shows as refused is refused', async () => {
    const origins = new Map<string, { page: string; lines: readonly number[] }>()
    for (const { program, file } of named) {
      const { source, origins: lines } = checkedSource(program)
      writeFileSync(join(checked, file), source)
      origins.set(file, { page: program.page, lines })
    }
    const objections = await typeTest({
      tsc: join(root, 'node_modules/typescript/bin/tsc'),
      directory: checked,
      files: named.map(({ file }) => join(checked, file)),
    })
    const onPages = objections.map((objection) =>
      objection.replace(/^(p\d+-[a-z0-9-]+\.ts):(\d+)/, (whole, file: string, line: string) => {
        const origin = origins.get(file)
        return origin ? `${origin.page}:${origin.lines[Number(line) - 1]}` : whole
      }),
    )
    expect(onPages).toEqual([])
  })

  it.each(named.filter(({ program }) => !program.notRun))(
    '$name runs and says the truth',
    async ({ program, file }) => {
      const { claimed, actual } = await play(program, file)
      expect(actual).toEqual(claimed)
    },
  )
})

describe('the page for those who come from SQLAlchemy', () => {
  it('S043: calls what is legacy legacy, and gone only what is gone', () => {
    const text = readFileSync(join(root, 'docs/from-sqlalchemy.md'), 'utf8')
    expect(text).toMatch(/`session\.query\(Order\)`, legacy in 2\.0 and still there/)
    expect(text).toMatch(/`Query\.from_self\(\)`, gone since 2\.0/)
  })
})

describe('the reader of pages', () => {
  const page = [
    '<!-- setup: shop -->',
    '```ts',
    'one()',
    '```',
    '```sql',
    'select 1',
    '```',
    '```ts',
    '// error: no',
    'two()',
    '```',
    '```ts',
    "import { a } from 'oriel'",
    '```',
    '```ts',
    "import { b } from 'oriel'",
    '```',
    '```ts',
    "import { a } from 'oriel'",
    '```',
  ].join('\n')

  it('puts blocks together, and begins anew where something is imported again', () => {
    const [first, second, ...more] = programsOf('x.md', page)
    expect(first).toEqual({
      page: 'x.md',
      setup: 'shop',
      notRun: null,
      blocks: [
        { code: 'one()', line: 3, claims: [{ language: 'sql', text: 'select 1', line: 6 }], isRefused: false },
        { code: '// error: no\ntwo()', line: 9, claims: [], isRefused: true },
        { code: "import { a } from 'oriel'", line: 13, claims: [], isRefused: false },
        { code: "import { b } from 'oriel'", line: 16, claims: [], isRefused: false },
      ],
    })
    expect(second).toMatchObject({ setup: null, blocks: [{ line: 19 }] })
    expect(more).toEqual([])
  })

  it('sees a difference in SQL, and none in line breaks', () => {
    expect(sqlWords('select a\nfrom (\n  select 1\n) as x;')).toBe(sqlWords('select a from (select 1) as x'))
    expect(sqlWords('select a')).not.toBe(sqlWords('select b'))
  })
})
