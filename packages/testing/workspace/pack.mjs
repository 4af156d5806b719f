// `npm run pack -- <folder>`: builds the published packages and packs each into the folder, for a project that takes Oriel as files.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname ?? '.', '../../..')
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Where to? npm run pack -- <folder>, such as npm run pack -- ~/oriel-packages')
  process.exit(2)
}
// npm runs a script in the root; a relative folder is meant from where npm was called.
const destination = resolve(process.env.INIT_CWD ?? '.', folder)
const isPublished = (name) => {
  try {
    return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).private !== true
  } catch {
    return false
  }
}
const packages = readdirSync(join(root, 'packages')).filter(isPublished)
const run = (args, cwd, stdout = 'inherit') => {
  try {
    execFileSync('npx', ['--yes', ...args], {
      cwd,
      stdio: ['ignore', stdout, 'inherit'],
      shell: process.platform === 'win32',
    })
  } catch (error) {
    process.exit(error.status || 1)
  }
}
/** The pnpm that the workspace pins. */
const pnpm = /pnpm@[\d.]+/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[0] ?? 'pnpm'

console.log('Installing and building …')
run([pnpm, 'install', '--frozen-lockfile', '--prefer-offline', '--silent'], root)
run(['tsc', '-b', ...packages.map((name) => join('packages', name))], root)
mkdirSync(destination, { recursive: true })
for (const name of packages)
  run([pnpm, 'pack', '--pack-destination', destination], join(root, 'packages', name), 'ignore')
console.log(`${packages.length} packages are in ${destination}`)
