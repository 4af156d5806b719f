// The data folder that embedded databases of tests are opened from: initialising one takes seconds of processor time, unpacking it
// a tenth of that. embedded-database.ts makes drivers of it.
import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

/** Small logs make a small archive. */
const initDbStartParams = [
  '--wal-segsize=1',
  '--set=min_wal_size=2MB',
  '--set=max_wal_size=4MB',
  '--set=shared_buffers=16MB',
]

/** An embedded server has no databases but the one that it opens: two of three copies of the catalogue are left out. */
const withoutTemplates = [
  `update pg_database set datistemplate = false where datname <> 'postgres'`,
  'drop database template0',
  'drop database template1',
  'checkpoint',
]

/**
 * The archive of an empty data folder, as PGlite's `loadDataDir` takes it.
 * The first call on a machine prepares it and keeps it in the temporary folder.
 */
export async function preparedFolder(): Promise<Uint8Array<ArrayBuffer>> {
  const file = join(tmpdir(), `oriel-pglite-${await version()}-small.tar`)
  return (await readFile(file).catch(() => undefined)) ?? (await prepare(file))
}

async function prepare(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const database = await PGlite.create({ initDbStartParams })
  for (const statement of withoutTemplates) await database.exec(statement)
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
