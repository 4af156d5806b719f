// Packages are floors: a package imports only what its package.json lists, and only from lower floors.
import { describe, expect, it } from '@jest/globals'
import { imports } from './source-file.ts'
import { display, type Package, packages, sources } from './workspace.ts'

/** What each package may import, by folder. The one place where the floors are written down for machines. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  sql: [],
  postgres: ['sql'],
  engine: ['sql'],
  'postgres-wire': ['sql', 'engine'],
  'postgres-js': ['sql', 'engine', 'postgres', 'postgres-wire'],
  pg: ['sql', 'engine', 'postgres', 'postgres-wire'],
  pglite: ['sql', 'engine', 'postgres'],
  orm: ['sql', 'engine'],
  migrations: ['sql', 'engine', 'postgres', 'orm'],
  zod: ['sql', 'engine', 'postgres', 'orm'],
  fastify: ['sql', 'engine', 'postgres', 'orm'],
  testing: ['sql', 'engine', 'postgres', 'orm', 'pglite', 'postgres-js', 'pg'],
  oriel: ['sql', 'engine', 'postgres', 'orm'],
}

const folderOf = new Map(packages.map((pkg) => [pkg.manifest.name, pkg.folder]))

/** `@oriel/sql` of `@oriel/sql/x`, `postgres` of `postgres/types`. */
function packageName(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

function breaches(pkg: Package): string[] {
  const listed = new Set(
    Object.keys({
      ...pkg.manifest.dependencies,
      ...pkg.manifest.optionalDependencies,
      ...pkg.manifest.peerDependencies,
    }),
  )
  const allowed = new Set(mayImport[pkg.folder])
  const found: string[] = []
  for (const path of sources(pkg))
    for (const { specifier, line } of imports(path)) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue
      const name = packageName(specifier)
      const folder = folderOf.get(name)
      const where = `${display(path)}:${line}`
      if (!listed.has(name)) found.push(`${where} imports ${name}, which ${pkg.folder}/package.json does not list`)
      if (folder !== undefined && !allowed.has(folder))
        found.push(`${where} imports ${name}, which is not on a lower floor`)
    }
  return found
}

describe('floors', () => {
  it('has a floor for every package', () => {
    expect(packages.map((pkg) => pkg.folder).filter((folder) => !(folder in mayImport))).toEqual([])
  })

  it.each(packages.map((pkg) => [pkg.manifest.name, pkg] as const))(
    '%s imports only what it lists, from lower floors',
    (_name, pkg) => {
      expect(breaches(pkg)).toEqual([])
    },
  )

  it.each(packages.map((pkg) => [pkg.manifest.name, pkg] as const))('%s depends only on lower floors', (_name, pkg) => {
    const allowed = new Set(mayImport[pkg.folder])
    const own = Object.keys(pkg.manifest.dependencies ?? {}).flatMap((name) => folderOf.get(name) ?? [])
    expect(own.filter((folder) => !allowed.has(folder))).toEqual([])
  })
})
