// docs/status.md is not believed: a row that says «done» names a test, and that test is there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
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

/** What is wrong with one proof, `path/to/file.test.ts › title`; nothing when the file holds the title. */
function objection(proof: string): string | undefined {
  const [path = '', ...titles] = proof
    .replaceAll('`', '')
    .split('›')
    .map((part) => part.trim())
  if (titles.length === 0) return `'${proof}' is not of the form path › title`
  if (!/\.test\.ts$/.test(path)) return `${path} is not a test`
  if (!existsSync(join(root, path))) return `${path} does not exist`
  const text = readFileSync(join(root, path), 'utf8').replaceAll("\\'", "'")
  const missing = titles.filter((title) => !text.includes(title))
  return missing.length > 0 ? `${path} has no '${missing.join("', '")}'` : undefined
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
    expect(objection('packages/testing/test/house/status.test.ts › reads tables')).toBeUndefined()
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
