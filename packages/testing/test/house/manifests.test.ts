// What every package says about itself before it may be published.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { packages, root } from './workspace.ts'

const each = packages.map((pkg) => [pkg.manifest.name, pkg] as const)

describe('manifests', () => {
  it.each(each)('%s describes itself', (_name, { manifest }) => {
    expect(manifest.description?.length ?? 0).toBeGreaterThan(20)
    expect(manifest.license).toBe('MIT')
    expect(manifest.type).toBe('module')
    expect(manifest.engines?.node).toBe('>=20.19')
  })

  it.each(each)('%s has a README that names it, its floor and its licence', (name, { path }) => {
    const file = join(path, 'README.md')
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    expect(text).toContain(name)
    expect(text).toMatch(/floor/i)
    expect(text).toMatch(/MIT/)
  })

  it.each(each)('%s exports its sources, declarations and code', (_name, { manifest }) => {
    expect(manifest.exports?.['.']).toEqual({
      '@oriel/source': './src/index.ts',
      types: './dist/index.d.ts',
      default: './dist/index.js',
    })
    expect(manifest.exports?.['./package.json']).toBe('./package.json')
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      if (entry === './package.json') continue
      const [, name = entry] = /"\.\/src\/([^"]+)\.ts"/.exec(JSON.stringify(target)) ?? []
      expect(target).toEqual({
        '@oriel/source': `./src/${name}.ts`,
        types: `./dist/${name}.d.ts`,
        default: `./dist/${name}.js`,
      })
    }
  })

  it.each(each)('%s ships sources, build and README, and no build cache', (_name, { manifest }) => {
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'src', 'README.md', '!dist/.tsbuildinfo']))
  })

  it.each(each)('%s pins what it depends on', (_name, { manifest }) => {
    const loose = Object.entries(manifest.dependencies ?? {}).filter(
      ([, range]) => !/^(workspace:\*|\d+\.\d+\.\d+.*)$/.test(range),
    )
    expect(loose).toEqual([])
  })

  it('carries a licence at the root', () => {
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain('MIT License')
  })
})
