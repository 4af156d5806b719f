// What comes with `oriel`, the driver apart: few packages, few bytes, and nothing that runs while it is installed.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const packages = resolve(import.meta.dirname, '../../..')

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
}

const folderOf = (name: string): string => join(packages, name.replace('@oriel/', ''))
const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'))

function closure(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) closure(dependency, found)
  return found
}

/** What a package's `files` say: those that begin with an exclamation mark are left out again. */
function packedBytes(name: string): number {
  const sizeOf = (file: string): number => bytes(join(folderOf(name), file))
  return (manifestOf(name).files ?? []).reduce(
    (sum, file) => (file.startsWith('!') ? sum - sizeOf(file.slice(1)) : sum + sizeOf(file)),
    0,
  )
}

function bytes(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0) : stat.size
}

describe('oriel without a driver', () => {
  const names = [...closure('oriel')]
  it('is at most five packages', () => {
    expect(names.sort()).toEqual(['@oriel/engine', '@oriel/orm', '@oriel/postgres', '@oriel/sql', 'oriel'])
  })
  it('is at most five megabytes', () => {
    const total = names.reduce((sum, name) => sum + packedBytes(name), 0)
    expect(total).toBeGreaterThan(500_000)
    expect(total).toBeLessThanOrEqual(5_000_000)
  })
  it('runs nothing while it is installed', () => {
    for (const name of names)
      for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
        expect(Object.keys(manifestOf(name).scripts ?? {})).not.toContain(script)
  })
})
