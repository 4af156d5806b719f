// docs/status.md is not believed: a row that says «done» names a test, and that test is there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { caseObjection, isExam, isShown, programObjection } from './proof-case.ts'
import { testTitles, titlesIn } from './test-titles.ts'
import { root } from './workspace.ts'

/** One row of a status table. */
interface Row {
  readonly id: string
  readonly status: string
  readonly proof: string
}

const states = ['done', 'partial', 'later']

/** The rows of all tables whose columns are `id | capability | status | proof`. */
function rows(markdown: string): Row[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && cells[1] !== 'id' && !/^:?-+:?$/.test(cells[1] ?? ''))
    .map(([, id = '', , status = '', proof = '']) => ({ id, status, proof }))
}

/**
 * What is wrong with one proof, `path/to/file.test.ts › title`; nothing when the file holds a test of that title that runs.
 * The title may be that of a block, with what it stands in before it. Behind a test that runs over files stands the case: proof-case.ts.
 */
function objection(proof: string): string | undefined {
  const [path = '', ...titles] = proof
    .replaceAll('`', '')
    .split('›')
    .map((part) => part.trim())
  if (titles.length === 0) return `'${proof}' is not of the form path › title`
  if (!/\.test\.ts$/.test(path)) return `${path} is not a test`
  if (!existsSync(join(root, path))) return `${path} does not exist`
  if (isExam(join(root, path), titles)) return undefined
  const inCase = caseObjection(path, titles)
  if (inCase) return inCase
  // Behind the title stand the file and the place, which are no titles.
  if (inCase === undefined) titles.splice(1)
  const found = testTitles(join(root, path)).filter(({ titles: whole }) =>
    whole.some((_, start) => titles.every((title, i) => whole[start + i] === title)),
  )
  if (found.length === 0) return `${path} has no test '${titles.join(' › ')}'`
  return found.every(({ isSkipped }) => isSkipped) ? `${path} skips '${titles.join(' › ')}'` : undefined
}

const file = join(root, 'docs/status.md')

describe('docs/status.md', () => {
  it('reads tables', () => {
    const table = '| id | capability | status | proof |\n|---|---|---|---|\n| A1 | x | done | a.test.ts › b |\n'
    expect(rows(table)).toEqual([{ id: 'A1', status: 'done', proof: 'a.test.ts › b' }])
  })

  it('objects to proofs that prove nothing', () => {
    expect(objection('believe me')).toContain('not of the form')
    expect(objection('packages/nowhere.test.ts › x')).toContain('does not exist')
    expect(objection('packages/testing/test/house/status.test.ts › no such ti' + 'tle')).toContain('has no')
    // This stands in the file, and is the title of no test.
    expect(objection('packages/testing/test/house/status.test.ts › not of the form')).toContain('has no test')
    expect(objection('packages/testing/test/house/status.test.ts › reads tables')).toBeUndefined()
    expect(objection('packages/testing/test/house/status.test.ts › docs/status.md › reads tables')).toBeUndefined()
    expect(objection('packages/testing/test/house/status.test.ts › other › reads tables')).toContain('has no test')
  })

  it('objects to tests that run over files, where no case is named', () => {
    const programs = 'packages/oriel/test/types/programs.test.ts › behave as written, with standard decorators'
    expect(objection(programs)).toContain('proves nothing without a file')
    expect(objection(`${programs} › programs/rows.ts`)).toContain('proves nothing without a file')
    expect(objection(`${programs} › programs/nowhere.ts › joins`)).toContain('does not exist')
    expect(objection(`${programs} › ../programs.test.ts › joins`)).toContain('is not one of the programs')
    expect(objection(`${programs} › programs/rows.ts › nowhere`)).toContain('pins nothing')
    expect(objection(`${programs} › programs/wrong.ts › error: nobody says so`)).toContain('pins nothing')
    expect(objection(`${programs} › programs/rows.ts › joins`)).toBeUndefined()
    const pages = 'packages/testing/test/docs/pages.test.ts › $name runs and says the truth'
    expect(objection(pages)).toContain('proves nothing without a file')
    expect(objection(`${pages} › docs/status.md › Capabilities`)).toContain('shows nothing')
    expect(objection(`${pages} › docs/querying.md › Joins`)).toBeUndefined()
    const exam = 'packages/postgres-js/test/integration/server.test.ts › serverDriverConformance'
    expect(objection(exam)).toContain('has no')
    expect(objection(`${exam} › pg`)).toContain('has no')
    expect(objection(`${exam} › postgres-js`)).toBeUndefined()
  })

  it('knows what a program pins, and what a page shows', () => {
    const program =
      'export function a(): void {\n  is<1>()(1)\n}\nexport function b(): void {\n  f()\n}\n// error: no\ng()\n'
    expect(['a', 'b', 'c', 'error: no', 'error: yes'].filter((place) => programObjection(program, place))).toEqual([
      'b',
      'c',
      'error: yes',
    ])
    const block = '```ts\nf()\n```\n'
    const page = `# A\n${block}\`\`\`text\n1\n\`\`\`\n## B\n${block}## C\n<!-- not run: so -->\n${block}\`\`\`text\n1\n\`\`\`\n`
    expect(['A', 'B', 'C', 'D'].filter((heading) => isShown('x.md', page, heading))).toEqual(['A'])
  })

  it('reads the tests of a file, with what they stand in and whether they run', () => {
    const titles = titlesIn(`
      describe('outer', () => {
        it('runs', () => { it.only; text('not a test') })
        it.each([['one', () => 'no title'], { name: 'two' }])('counts %s', () => {})
        it.skip('sleeps', () => {})
        describe.skip('inner', () => { test(\`is quiet\`, () => {}) })
        if (url) it("has a 'quote'", () => {})
        it.todo('is planned')
      })
      describeLane('on a lane', (lane) => { xit('was there', () => {}) })
    `)
    expect(titles.map(({ titles, isSkipped }) => `${titles.join(' › ')}${isSkipped ? ' (skipped)' : ''}`)).toEqual([
      'outer › runs',
      'outer › counts %s',
      'outer › one',
      'outer › two',
      'outer › sleeps (skipped)',
      'outer › inner › is quiet (skipped)',
      "outer › has a 'quote'",
      'outer › is planned (skipped)',
      'on a lane › was there (skipped)',
    ])
  })

  it('knows each row once, in a known state', () => {
    const all = rows(readFileSync(file, 'utf8'))
    expect(all.length).toBeGreaterThan(0)
    expect(all.filter(({ status }) => !states.includes(status))).toEqual([])
    const ids = all.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  it('names an existing test for every row that is done', () => {
    const done = rows(readFileSync(file, 'utf8')).filter(({ status }) => status === 'done')
    const objections = done.flatMap(({ id, proof }) =>
      proof
        .split('<br>')
        .flatMap((one) => objection(one) ?? [])
        .map((text) => `${id}: ${text}`),
    )
    expect(objections).toEqual([])
  })
})
