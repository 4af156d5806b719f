// A user's own library can export entities and queries: its declaration files can name everything.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { compile } from '@oriel/testing/type-test'
import { compilers } from './compilers.ts'

// Compilers in processes of their own, on machines that may be busy.
jest.setTimeout(180_000)

const here = import.meta.dirname
const cache = join(here, '../../.cache/declarations')
const user = `
import { Column, entity, func, type Generated, type Numeric, PrimaryKey, select, types as t } from 'oriel'

export class Price {
  @PrimaryKey(t.integer()) id!: Generated<number>
  @Column(t.numeric(12, 2)) exact!: Numeric
}
const price = entity(Price)
export const exported = price
export const query = select({ id: price.id, total: func.sum(price.exact) }).where(price.exact.gt(1))
export const ranked = select({ id: price.id, rn: func.rowNumber().over({ orderBy: price.exact }) }).cte('ranked')
export const condition = price.exact.gt(1)
export const lists = select({ ids: func.arrayAgg(price.id) }).groupBy(func.rollup(price.exact))
export const ids = func.arrayAgg(price.id)
export const keys = func.rollup(price.exact, price.id)
export const product = price.id.mul(price.exact).sub(1)
`

describe.each(compilers)('declarations under TypeScript $name', ({ name, tsc }) => {
  it.each(['standard', 'legacy'])(
    'of entities and queries emit and compile again, with %s decorators',
    async (mode) => {
      const directory = join(cache, `${name}-${mode}`)
      rmSync(directory, { recursive: true, force: true })
      const file = join(directory, 'price.ts')
      mkdirSync(directory, { recursive: true })
      writeFileSync(file, user)
      const options = {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        outDir: 'out',
        rootDir: '.',
        experimentalDecorators: mode === 'legacy',
      }
      const emitted = await compile({ tsc, directory, files: [file], options })
      expect(emitted.diagnostics).toEqual([])
      const declaration = join(directory, 'out/price.d.ts')
      expect(readFileSync(declaration, 'utf8')).not.toMatch(/:\s*any\b/)
      const again = await compile({
        tsc,
        directory: join(directory, 'again'),
        files: [declaration],
        options: { skipLibCheck: false },
      })
      expect(again.diagnostics).toEqual([])
    },
  )
})
