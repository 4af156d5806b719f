// The project in which the programs of the pages are checked and run: the packages are there by name, built, as in a user's node_modules.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './page.ts'

const home = join(root, 'packages/testing/.cache/docs')

/** An empty folder from which every package of the workspace can be imported; another one for each process that asks. */
export function scratch(name: string): string {
  const packages = readdirSync(join(root, 'packages')).filter((folder) =>
    existsSync(join(root, 'packages', folder, 'package.json')),
  )
  const links = new Map(
    packages.map((folder) => [folder === 'oriel' ? 'oriel' : `@oriel/${folder}`, `packages/${folder}`]),
  )
  for (const name of ['@types/node', 'reflect-metadata']) links.set(name, `node_modules/${name}`)
  for (const name of ['fastify', 'zod']) links.set(name, `packages/${name}/node_modules/${name}`)
  for (const [link, target] of links) {
    const path = join(home, 'node_modules', link)
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path)) symlinkSync(join(root, target), path, 'junction')
  }
  const directory = join(home, `${name}-${process.pid}`)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  return directory
}
