// Builds all packages once, before the tests that look at what is published: declarations, tarballs, toolchains.
import { spawnSync } from 'node:child_process'

const packages = [
  'packages/oriel',
  'packages/pglite',
  'packages/postgres-js',
  'packages/pg',
  'packages/testing',
  'packages/zod',
  'packages/fastify',
]

/** Runs `tsc -b`; what does not compile is printed here and then fails in the tests that need it, not in all others. */
export default function build(): void {
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...packages], { stdio: 'inherit' })
}
