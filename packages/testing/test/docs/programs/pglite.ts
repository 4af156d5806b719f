// Stands for @oriel/pglite while the pages run: the same driver, opened on a copy of a database that was made once for all of them.
import { workerData } from 'node:worker_threads'
import { pglite as open, type PgliteDriver } from '@oriel/pglite'

export function pglite(): PgliteDriver {
  return open(undefined, workerData)
}
