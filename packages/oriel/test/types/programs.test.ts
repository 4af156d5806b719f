// What users may and may not write, as plain programs compiled by both TypeScript versions, for both kinds of decorators.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { expectations, typeTest } from '@oriel/testing/type-test'
import { type Compiler, compilers } from './compilers.ts'

// Compilers in processes of their own, on machines that may be busy.
jest.setTimeout(180_000)

const here = import.meta.dirname
const programs = join(here, 'programs')
const list = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(directory, name))

const both = list(programs).filter((path) => !path.endsWith('standard-bare.ts'))
const standard = list(programs)
const legacy = [...both, ...list(join(programs, 'legacy'))]

/** One run over a set of programs; its tsconfig.json has a folder of its own. */
function check({ name, tsc }: Compiler, mode: string, files: readonly string[]): Promise<string[]> {
  const directory = join(here, '../../.cache/type-test', `${name}-${mode}`)
  const decorators = mode === 'legacy' ? { experimentalDecorators: true, emitDecoratorMetadata: true } : {}
  return typeTest({ tsc, directory, files, options: { ...decorators, skipLibCheck: false } })
}

describe.each(compilers)('programs under TypeScript $name', (compiler) => {
  it('behave as written, with standard decorators', async () => {
    expect(await check(compiler, 'standard', standard)).toEqual([])
  })

  it('behave as written, with legacy decorators', async () => {
    expect(await check(compiler, 'legacy', legacy)).toEqual([])
  })
})

describe('the runner', () => {
  it('reads markers, several above one statement, and statements over several lines', () => {
    const source = '// error: a\n// error: b\nf(\n  1,\n)\nfine()\n// error: c\ng()\nfine()\n'
    expect(expectations(source)).toEqual([
      { first: 3, last: 5, parts: ['a', 'b'] },
      { first: 8, last: 8, parts: ['c'] },
    ])
  })
})
