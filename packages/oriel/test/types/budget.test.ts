// What a large schema costs a user's compiler, held by numbers: 200 entities and 400 queries against the built declarations.
// TypeScript 7 repeats work in each of its parallel checkers, so their number is fixed at its default, 4.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import { compile } from '@oriel/testing/type-test'
import { compilers } from './compilers.ts'
import { largeSchema } from './large-schema.ts'

// Compilers in processes of their own, on machines that may be busy.
jest.setTimeout(180_000)

const directory = join(import.meta.dirname, '../../.cache/budget')

/** Type instantiations at most; lower them when the types get cheaper. */
const ceilings: Readonly<Record<string, number>> = { '5.9': 372_000, '7': 507_000 }
const checkers: Readonly<Record<string, readonly string[]>> = { '5.9': [], '7': ['--checkers', '4'] }

/** `Instantiations: 1234` of --extendedDiagnostics. */
function instantiations(output: string): number {
  return Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1])
}

describe('a large schema', () => {
  const files = largeSchema()

  beforeAll(() => {
    mkdirSync(directory, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  })

  it.each(compilers)('compiles within its budget under TypeScript $name', async ({ name, tsc }) => {
    const args = ['--extendedDiagnostics', ...(checkers[name] ?? [])]
    const result = await compile({
      tsc,
      directory: join(directory, name),
      files: Object.keys(files).map((file) => join(directory, file)),
      args,
    })
    expect(result.diagnostics.slice(0, 5)).toEqual([])
    const count = instantiations(result.output)
    process.stdout.write(`large schema, TypeScript ${name}: ${count} instantiations of ${ceilings[name]}\n`)
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThanOrEqual(ceilings[name] ?? 0)
  })
})
