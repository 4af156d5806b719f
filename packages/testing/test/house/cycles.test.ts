// No two files need each other's values to load, and no two packages either. Types may be circular.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { imports } from './source-file.ts'
import { display, packages, sources } from './workspace.ts'

type Graph = ReadonlyMap<string, readonly string[]>

/** The first cycle found from each node, written `a → b → a`; every cycle once. */
function cycles(graph: Graph): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const walk = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node)
    if (start >= 0) {
      found.push([...trail.slice(start), node].join(' → '))
      return
    }
    if (done.has(node)) return
    for (const next of graph.get(node) ?? []) walk(next, [...trail, node])
    done.add(node)
  }
  for (const node of graph.keys()) walk(node, [])
  return found
}

function fileGraph(paths: readonly string[]): Graph {
  const valueImports = (path: string) =>
    imports(path)
      .filter(({ specifier, isTypeOnly }) => specifier.startsWith('.') && !isTypeOnly)
      .map(({ specifier }) => display(resolve(dirname(path), specifier)))
  return new Map(paths.map((path) => [display(path), valueImports(path)]))
}

describe('no value cycles', () => {
  it('finds a cycle where there is one', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['a']],
    ])
    expect(cycles(graph)).toEqual(['a → b → c → a'])
  })

  it.each(packages.map((pkg) => [pkg.manifest.name, pkg] as const))('%s has none between its files', (_name, pkg) => {
    expect(cycles(fileGraph(sources(pkg)))).toEqual([])
  })

  it.each(packages.map((pkg) => [pkg.manifest.name, pkg] as const))(
    '%s imports only files that exist, by their full name',
    (_name, pkg) => {
      const missing = sources(pkg).flatMap((path) =>
        imports(path)
          .filter(({ specifier }) => specifier.startsWith('.') && !existsSync(resolve(dirname(path), specifier)))
          .map(({ specifier, line }) => `${display(path)}:${line} ${specifier}`),
      )
      expect(missing).toEqual([])
    },
  )

  it('has none between packages', () => {
    const names = new Set(packages.map((pkg) => pkg.manifest.name))
    const graph = new Map(
      packages.map((pkg) => [
        pkg.manifest.name,
        Object.keys(pkg.manifest.dependencies ?? {}).filter((name) => names.has(name)),
      ]),
    )
    expect(cycles(graph)).toEqual([])
  })
})
