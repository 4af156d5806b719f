// One program, every way to compile it: two entities that import each other, created, filled and queried on PGlite.
// It runs in a thread of plain Node on the built packages; what it prints must not depend on the compiler.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { runInThread } from '../thread.ts'
import { scratch } from './scratch.ts'
import { programs, type Toolchain, toolchains } from './toolchains.ts'

// Compilers in processes of their own, on machines that may be busy.
jest.setTimeout(180_000)

const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-')

/** Compiles the files in a scratch project and runs the first; gives what it printed. */
async function play(
  toolchain: Toolchain,
  files: readonly [string, ...string[]],
  useDefineForClassFields: boolean,
): Promise<string> {
  const directory = scratch(slug(`${toolchain.name} ${files[0]} define ${useDefineForClassFields}`))
  for (const file of files) copyFileSync(join(programs, file), join(directory, file))
  await toolchain.compile(directory, files, { decorators: toolchain.decorators, useDefineForClassFields })
  const { output } = await runInThread(join(directory, 'out', files[0].replace(/\.ts$/, '.js')))
  return output.trim()
}

const expected = {
  rows: [
    { email: 'ann@example.org', amount: '10.50', running: '10.50' },
    { email: 'ann@example.org', amount: '2.25', running: '12.75' },
    { email: 'bob@example.org', amount: '7.00', running: '7.00' },
  ],
  keys: ['id', 'customerId', 'amount', 'status', 'placedAt'],
  total: 10.5,
  isOrder: true,
  first: { id: 1, customerId: 1, amount: '10.50', status: 'new', placedAt: '2024-01-01T00:00:00.000Z' },
}

describe.each(toolchains)('$name', (toolchain) => {
  it.each([true, false])('runs the program, useDefineForClassFields %s', async (useDefineForClassFields) => {
    const output = await play(toolchain, ['main.ts', 'customer.ts', 'order.ts'], useDefineForClassFields)
    expect(output).toMatch(/^\{.*\}$/)
    expect(JSON.parse(output)).toEqual(expected)
  })
})

describe('columns without a type', () => {
  const compiled = (name: string) => toolchains.filter((toolchain) => toolchain.name.startsWith(name))
  const withMetadata = toolchains.filter(({ hasMetadata }) => hasMetadata)

  it.each(withMetadata)('take it from the metadata of $name', async (toolchain) => {
    const output = await play(toolchain, ['bare.ts'], true)
    expect(JSON.parse(output)).toEqual({
      id: 1,
      email: 'ann@example.org',
      isActive: true,
      bornAt: '1990-01-01T00:00:00.000Z',
      visits: '5',
    })
  })

  it.each([...compiled('esbuild'), ...compiled('SWC, standard')])(
    'are refused by name where $name says nothing',
    async (toolchain) => {
      const output = await play(toolchain, ['bare.ts'], true)
      expect(output).toMatch(/^MappingError: /)
      expect(output).toMatch(/Person\.email/)
      expect(output).toMatch(/Person\.visits/)
      expect(output).toMatch(/@Column\(/)
      expect(output).not.toMatch(/TypeError/)
    },
  )
})
