// Installs what the example needs, and nothing where that is there already: `npm start` in a checkout with all tools keeps them.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const example = import.meta.dirname ?? '.'
const root = resolve(example, '../..')
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const ownPackages = new Map(
  readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => [manifestOf(folder).name, folder]),
)

/** True where every dependency of the package, and of ours among them, is there in the version that is asked for. */
function isInstalled(folder, seen = new Set()) {
  if (seen.has(folder)) return true
  seen.add(folder)
  return Object.entries(manifestOf(folder).dependencies ?? {}).every(([name, range]) => {
    const installed = join(folder, 'node_modules', name)
    if (!existsSync(join(installed, 'package.json'))) return false
    const own = ownPackages.get(name)
    return own ? isInstalled(own, seen) : manifestOf(installed).version === range
  })
}

if (!isInstalled(example)) {
  const pnpm = /pnpm@[\d.]+/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[0] ?? 'pnpm'
  console.error('Installing what the example needs …')
  // A checkout that has the tools of development keeps them.
  const only = existsSync(join(root, 'node_modules/jest')) ? [] : ['--prod', '--filter-prod', '@oriel-apps/flights...']
  const args = ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline', '--silent', ...only]
  try {
    execFileSync('npx', args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
  } catch (error) {
    console.error('The example could not be installed: is the npm registry reachable?')
    process.exit(error.status || 1)
  }
}
