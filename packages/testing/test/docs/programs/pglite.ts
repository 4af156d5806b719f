// Stands for @oriel/pglite while the pages run: the same driver, opened on a copy of a database that was made once for all of them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pglite as open, type PgliteDriver } from '@oriel/pglite'

export function pglite(): PgliteDriver {
  return open(undefined, { loadDataDir: new Blob([readFileSync(join(import.meta.dirname, 'embedded.tar'))]) })
}
