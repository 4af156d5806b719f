// PGlite for tests, opened from a prepared data folder: initialising one takes seconds, unpacking it a fraction of that.
import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type PgliteDriver, pglite } from '@oriel/pglite'

/**
 * A driver over an empty embedded database of its own.
 * The first call on a machine prepares the data folder and keeps it in the temporary folder.
 */
export async function embeddedDatabase(): Promise<PgliteDriver> {
  const file = join(tmpdir(), `oriel-pglite-${await version()}.tar`)
  const prepared = await readFile(file).catch(() => undefined)
  return pglite(undefined, { loadDataDir: new Blob([prepared ?? (await prepare(file))]) })
}

async function prepare(file: string): Promise<Uint8Array<ArrayBuffer>> {
  // A small log makes a small archive.
  const database = await PGlite.create({ initDbStartParams: ['--wal-segsize=1'] })
  const archive = await database.dumpDataDir('none')
  await database.close()
  const bytes = new Uint8Array(await archive.arrayBuffer())
  // Under another name first: test workers start at the same time, and none may read half a file.
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, bytes)
  await rename(draft, file)
  return bytes
}

async function version(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest: { version: string } = JSON.parse(
    await readFile(join(dirname(dirname(entry)), 'package.json'), 'utf8'),
  )
  return manifest.version
}
