/** @jest-config-loader esbuild-register */
// How every test of the workspace is compiled and run: one jest project per kind of test, one lane per driver.
// Workspace packages resolve to their sources through the export condition `@oriel/source`.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from 'jest'

type Project = Exclude<NonNullable<Config['projects']>[number], string>
type Decorators = Readonly<Record<string, unknown>>

const root = __dirname
const support = join(root, 'packages/testing/src/jest')
const seed = join(support, 'property-seed.mjs')

/** One SWC transform; the decorator settings are what differs between the two ways to compile entities. */
function swc(decorators: Decorators): [string, Record<string, unknown>] {
  return [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { useDefineForClassFields: true, ...decorators },
        keepClassNames: true,
      },
      sourceMaps: 'inline',
    },
  ]
}

const tc39 = swc({ decoratorVersion: '2022-03' })
const legacy = swc({ legacyDecorator: true, decoratorMetadata: true })

/** What all projects share; jest takes the first transform whose pattern matches. */
const shared: Project = {
  rootDir: root,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@oriel/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.legacy\\.test\\.ts$': legacy, '/test/legacy/.*\\.ts$': legacy, '\\.ts$': tc39 },
  modulePathIgnorePatterns: ['/dist/', '/\\.cache/'],
  setupFiles: [seed],
}

function under(...patterns: string[]): string[] {
  return patterns.map((pattern) => `<rootDir>/${pattern}/**/*.test.ts`)
}

function project(displayName: string, ...patterns: string[]): Project {
  return { ...shared, displayName, testMatch: under(...patterns) }
}

const lanes = ['pglite', 'postgres-js', 'pg']

/**
 * The integration tests once more, over the driver that `name` stands for (test code reads it from ORIEL_LANE).
 * What a driver's own package tests, such as a server that goes away, is of no use to the other drivers.
 */
function lane(name: string, options: Project = {}): Project {
  return {
    ...project(`lane-${name}`, 'packages/*/test/integration', 'apps/*/test'),
    setupFiles: [seed, join(support, `lane-${name}.mjs`)],
    testPathIgnorePatterns: [
      '/test/unit/',
      ...lanes.filter((other) => other !== name).map((other) => `/packages/${other}/`),
    ],
    ...options,
  }
}

/**
 * The third driver sits the exam and what leans on the wire most: streams, bulk, the core of the session, the example. What is above the
 * driver alone, such as the language, has been seen twice already. `ORIEL_LANE_PG=all` runs everything over it.
 */
const onPg =
  process.env.ORIEL_LANE_PG === 'all'
    ? []
    : [
        'packages/pg/test/integration',
        'packages/testing/test/integration',
        'packages/engine/test/integration',
        'packages/orm/test/integration/stream',
        'packages/orm/test/integration/bulk',
      ]

/** The example but for its command line, which is a process that chooses its driver itself. */
const onPgExample = ['ingest', 'load', 'reports', 'session-reports'].map(
  (name) => `<rootDir>/apps/flights/test/${name}.test.ts`,
)

/** Of the session's tests those that are quick: random graphs and large volumes meet the same few statements on any driver. */
const sessionCore = ['autoflush', 'object', 'read', 'relationship', 'server', 'transaction'].map(
  (name) => `<rootDir>/packages/orm/test/integration/session/${name}.test.ts`,
)

/** For tests that look at what is published: all packages are built before the first of them. */
const built: Project = { globalSetup: join(support, 'build-setup.ts') }

/** A real PostgreSQL server for the lanes that speak to one, started once per run. */
const server: Project = existsSync(join(support, 'server-setup.ts'))
  ? { globalSetup: join(support, 'server-setup.ts'), globalTeardown: join(support, 'server-teardown.ts') }
  : {}

const config: Config = {
  projects: [
    project('unit', 'packages/*/test/unit', 'apps/*/test/unit'),
    project('sql', 'packages/*/test/sql'),
    { ...project('types', 'packages/*/test/types'), ...built },
    project('house', 'packages/testing/test/house'),
    { ...project('docs', 'packages/testing/test/docs'), ...built },
    { ...project('toolchain', 'packages/testing/test/toolchain'), ...built },
    { ...project('packed', 'packages/testing/test/packed'), ...built },
    lane('pglite'),
    lane('postgres-js', server),
    lane('pg', {
      ...server,
      ...(onPg.length > 0 ? { testMatch: [...under(...onPg), ...sessionCore, ...onPgExample] } : {}),
    }),
  ],
  testTimeout: 60_000,
  // An embedded database stays in the memory of its worker until the worker ends.
  workerIdleMemoryLimit: '2GB',
  testSequencer: join(support, 'long-first.mjs'),
  reporters: ['default', join(support, 'closing-line-reporter.mjs')],
}

export default config
