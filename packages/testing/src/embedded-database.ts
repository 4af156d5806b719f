// PGlite for tests, opened from the folder that prepared-folder.ts keeps.
import { type PgliteDriver, pglite } from '@oriel/pglite'
import { preparedFolder } from './prepared-folder.ts'

/**
 * A driver over an empty embedded database of its own.
 * The first call on a machine prepares the data folder and keeps it in the temporary folder.
 */
export async function embeddedDatabase(): Promise<PgliteDriver> {
  return pglite(undefined, { loadDataDir: new Blob([await preparedFolder()]) })
}
