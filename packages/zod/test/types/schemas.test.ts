// The types of schemas, both ways: what is inferred, and what does not compile. Under both TypeScript versions, for both kinds of decorators.
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { typeTest } from '@oriel/testing/type-test'

// Compilers in processes of their own, on machines that may be busy.
jest.setTimeout(180_000)

const here = import.meta.dirname
const modules = join(here, '../../../../node_modules')
const compilers = [
  { name: '5.9', tsc: join(modules, 'typescript-5.9/bin/tsc') },
  { name: '7', tsc: join(modules, 'typescript/bin/tsc') },
]
const modes = { standard: {}, legacy: { experimentalDecorators: true, emitDecoratorMetadata: true } }

describe.each(compilers)('schemas under TypeScript $name', ({ name, tsc }) => {
  it.each(Object.entries(modes))('are typed as the entity is, with %s decorators', async (mode, options) => {
    const directory = join(here, '../../.cache/type-test', `${name}-${mode}`)
    const files = [join(here, 'programs/schemas.ts')]
    expect(await typeTest({ tsc, directory, files, options })).toEqual([])
  })
})
