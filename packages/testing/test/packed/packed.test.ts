// What a user gets from npm: every package packed, installed from the tarballs in a scratch project, type-checked and run.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { compile, run } from '@oriel/testing/type-test'

// Compilers in processes of their own, on machines that may be busy.
jest.setTimeout(180_000)

const root = resolve(import.meta.dirname, '../../../..')
const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
)
/** The pnpm that the workspace pins, in the script that bootstraps it. */
const pnpm = /pnpm@[\d.]+/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[0] ?? 'pnpm'

/** Outside of the workspace, so that nothing is found by accident. */
const home = mkdtempSync(join(tmpdir(), 'oriel-packed-'))
const tarballs = join(home, 'tarballs')
const project = join(home, 'project')
const modules = join(project, 'node_modules')
/** Linked and not packed: they are not what is tested here. Beside each other, so that each finds what it stands on. */
const borrowedModules = join(home, 'borrowed/node_modules')

/** Runs a command that must succeed. */
async function must(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { exitCode, output } = await run(command, args, cwd)
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${output}`)
  return output
}

interface Packed {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** pg and what it stands on, as the workspace has them. */
const pg = [
  'pg',
  'pg-cursor',
  'pg-connection-string',
  'pg-pool',
  'pg-protocol',
  'pg-types',
  'pg-int8',
  'pgpass',
  'split2',
]
const pgTypes = ['postgres-array', 'postgres-bytea', 'postgres-date', 'postgres-interval', 'xtend']

/** Packages from npm that a user would download; taken from this workspace's own installation, so no network is needed. */
const borrowed: Readonly<Record<string, string>> = {
  '@electric-sql/pglite': join(root, 'packages/pglite/node_modules/@electric-sql/pglite'),
  postgres: join(root, 'packages/postgres-js/node_modules/postgres'),
  '@types/node': join(root, 'node_modules/@types/node'),
  ...Object.fromEntries([...pg, ...pgTypes].map((name) => [name, join(root, 'node_modules/.pnpm/node_modules', name)])),
  'undici-types': join(realpathSync(join(root, 'node_modules/@types/node')), '../../undici-types'),
}

async function installed(name: string): Promise<Packed> {
  return JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
}

beforeAll(async () => {
  mkdirSync(tarballs)
  mkdirSync(project)
  await must(
    'npx',
    ['--yes', pnpm, '--recursive', '--filter', './packages/*', 'pack', '--pack-destination', tarballs],
    root,
  )
  const dependencies: Record<string, string> = {}
  for (const tarball of readdirSync(tarballs)) {
    const manifest = await must('tar', ['-xzOf', join(tarballs, tarball), 'package/package.json'], home)
    const { name }: Packed = JSON.parse(manifest)
    dependencies[name] = `file:${join(tarballs, tarball)}`
  }
  for (const [name, from] of Object.entries(borrowed)) {
    cpSync(from, join(borrowedModules, name), {
      recursive: true,
      dereference: true,
      filter: (path) => !path.startsWith(join(from, 'node_modules')),
    })
    dependencies[name] = `file:${join(borrowedModules, name)}`
  }
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'scratch', private: true, type: 'module', dependencies }),
  )
  const quiet = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional', '--legacy-peer-deps']
  await must('npm', ['install', ...quiet], project)
  cpSync(join(import.meta.dirname, 'programs'), project, { recursive: true })
}, 300_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

const compilers = [
  { name: '5.9', tsc: join(root, 'node_modules/typescript-5.9/bin/tsc') },
  { name: '7', tsc: join(root, 'node_modules/typescript/bin/tsc') },
]
const resolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
]

describe('packed packages', () => {
  it.each(packages)(
    '%s ships no range that only a workspace understands, no build cache, and what it promises',
    async (folder) => {
      const own: Packed = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
      const packed = await installed(own.name)
      expect(Object.values(packed.dependencies ?? {}).filter((range) => range.startsWith('workspace:'))).toEqual([])
      const files = readdirSync(join(modules, own.name))
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist', 'package.json', 'src']))
      expect(existsSync(join(modules, own.name, 'dist/.tsbuildinfo'))).toBe(false)
      expect(files).not.toContain('test')
    },
  )

  describe.each(compilers)('under TypeScript $name', ({ name, tsc }) => {
    it.each(resolutions)('type-check with $moduleResolution, declarations included', async (resolution) => {
      const check = async (file: string) => {
        const directory = join(project, `check-${name}-${resolution.moduleResolution}-${file}`)
        const options = { ...resolution, skipLibCheck: false, strict: true, exactOptionalPropertyTypes: true }
        return (await compile({ tsc, directory, files: [join(project, file)], options })).diagnostics
      }
      expect(await check('server.ts')).toEqual([])
      // PGlite's own declarations need a browser's types; with or without Oriel, a user of PGlite skips or adds them.
      const embedded = await check('app.ts')
      expect(embedded.filter(({ file }) => !file.includes('/@electric-sql/pglite/'))).toEqual([])
    })

    it('compile to a program that runs', async () => {
      const directory = join(project, `run-${name}`)
      const options = {
        noEmit: false,
        allowImportingTsExtensions: false,
        outDir: join(project, `out-${name}`),
        rootDir: project,
      }
      expect((await compile({ tsc, directory, files: [join(project, 'app.ts')], options })).diagnostics).toEqual([])
      const output = await must(process.execPath, [join(project, `out-${name}/app.js`)], project)
      expect(JSON.parse(output)).toEqual({
        rows: [
          { id: 1, running: '3.50' },
          { id: 2, running: '5.50' },
        ],
        driver: 'function',
        error: 'OrielError',
      })
    })
  })
})
