// The rules for what stands inside a source file.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  bareThrows,
  escapes,
  type Finding,
  hiddenExports,
  impurities,
  longParameterLists,
  namedExports,
} from './source-file.ts'
import { display, type Package, packages, root, sources } from './workspace.ts'

/** How many escapes from the type checker a package has at most. Lower the numbers when you remove one. */
type Ceilings = Readonly<Record<string, Readonly<Record<'any' | 'cast' | 'nonNull', number>>>>
const ceilings: Ceilings = JSON.parse(readFileSync(join(root, 'packages/testing/test/house/ceilings.json'), 'utf8'))

const each = packages.map((pkg) => [pkg.manifest.name, pkg] as const)
const exported = (path: string) =>
  namedExports(path)
    .map(({ name, isType }) => (isType ? `type ${name}` : name))
    .sort()
const show = (findings: readonly Finding[]) => findings.map(({ what, place }) => `${place} ${what}`)
const all = (pkg: Package, look: (path: string) => readonly Finding[]) => show(sources(pkg).flatMap(look))

describe('sources', () => {
  it.each(each.filter(([, pkg]) => pkg.folder === 'sql' || pkg.folder === 'postgres'))('%s is pure', (_name, pkg) => {
    expect(all(pkg, impurities)).toEqual([])
  })

  it.each(each)('%s names every export', (_name, pkg) => {
    // Jest takes its hooks and reporters as default exports only.
    const hidden = all(pkg, hiddenExports).filter((finding) => !finding.startsWith('packages/testing/src/jest/'))
    expect(hidden).toEqual([])
  })

  it.each(each)('%s exports what its snapshot says', (_name, pkg) => {
    expect(exported(join(pkg.path, 'src/index.ts'))).toMatchSnapshot()
  })

  it.each(each.filter(([, pkg]) => existsSync(join(pkg.path, 'src/internal.ts'))))(
    '%s keeps from its users, and exports to other floors, what its snapshot says',
    (_name, pkg) => {
      const internal = exported(join(pkg.path, 'src/internal.ts'))
      expect(internal).toMatchSnapshot()
      expect(exported(join(pkg.path, 'src/index.ts')).filter((name) => internal.includes(name))).toEqual([])
    },
  )

  it.each(each)('%s throws its own error classes', (_name, pkg) => {
    expect(all(pkg, bareThrows)).toEqual([])
  })

  it.each(each)('%s takes at most three parameters', (_name, pkg) => {
    expect(all(pkg, longParameterLists)).toEqual([])
  })

  it.each(each)('%s has no drawer for things without a home', (_name, pkg) => {
    const drawers = sources(pkg).filter((path) => /\/(utils?|helpers?|misc|common)(\/|\.ts$)/.test(display(path)))
    expect(drawers.map(display)).toEqual([])
  })

  it.each(each)('%s names its files in kebab-case', (_name, pkg) => {
    const wrong = sources(pkg).filter(
      (path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(path.slice(dirname(path).length + 1)),
    )
    expect(wrong.map(display)).toEqual([])
  })

  it.each(each)('%s keeps its files small', (_name, pkg) => {
    const long = sources(pkg)
      .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 450)
    expect(long.map(({ path, lines }) => `${display(path)}: ${lines} lines`)).toEqual([])
  })

  it.each(each)('%s opens each file by saying what it is for', (_name, pkg) => {
    const silent = sources(pkg).filter((path) => !readFileSync(path, 'utf8').startsWith('//'))
    expect(silent.map(display)).toEqual([])
  })

  it.each(each)('%s escapes from the type checker no more often than agreed', (_name, pkg) => {
    const found = sources(pkg).map(escapes)
    const excess = (['any', 'cast', 'nonNull'] as const).flatMap((kind) => {
      const places = found.flatMap((file) => file[kind])
      const ceiling = ceilings[pkg.folder]?.[kind] ?? 0
      return places.length > ceiling ? [`${places.length} × ${kind}, ceiling ${ceiling}: ${places.join(' ')}`] : []
    })
    expect(excess).toEqual([])
  })
})
