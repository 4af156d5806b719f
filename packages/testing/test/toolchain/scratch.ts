// A scratch project that sees the packages of this workspace as a user's node_modules would: built, by their names.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../../..')

const links = {
  oriel: 'packages/oriel',
  '@oriel/pglite': 'packages/pglite',
  'reflect-metadata': 'node_modules/reflect-metadata',
  '@types/node': 'node_modules/@types/node',
}

const home = join(root, 'packages/testing/.cache/toolchain')

/** An empty folder of this name, below a node_modules with the packages; gone and made anew at each call. */
export function scratch(name: string): string {
  for (const [link, target] of Object.entries(links)) {
    const path = join(home, 'node_modules', link)
    mkdirSync(dirname(path), { recursive: true })
    if (!existsSync(path)) symlinkSync(join(root, target), path, 'junction')
  }
  const directory = join(home, name)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  return directory
}
