// What the house tests look at: the packages of the workspace, their manifests and their source files.
// What stands inside one file is read by source-file.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

/** The root of the workspace. */
export const root = resolve(import.meta.dirname ?? '.', '../../../..')

/** The fields of a package.json that the house has rules for. */
export interface Manifest {
  readonly name: string
  readonly description?: string
  readonly license?: string
  readonly type?: string
  readonly engines?: { readonly node?: string }
  readonly exports?: Readonly<Record<string, unknown>>
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** One package of the workspace. */
export interface Package {
  /** The folder under `packages/`. */
  readonly folder: string
  readonly path: string
  readonly manifest: Manifest
}

function readPackage(folder: string): Package {
  const path = join(root, 'packages', folder)
  const manifest: Manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return { folder, path, manifest }
}

/** All packages, by folder name. */
export const packages: readonly Package[] = readdirSync(join(root, 'packages'))
  .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
  .sort()
  .map(readPackage)

/** Every TypeScript file below `directory`, as absolute paths in a stable order. */
export function typescriptFiles(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}node_modules${sep}`))
    .sort()
}

/** The sources of a package. */
export function sources(pkg: Package): string[] {
  return typescriptFiles(join(pkg.path, 'src'))
}

/** A path as people write it: from the root of the workspace, with slashes. */
export function display(path: string): string {
  return relative(root, path).split(sep).join('/')
}
