// Where the data files are, and how to read one of them.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Failure } from '../failure.ts'

/** The folder of the data files: inside the npm package vega-datasets. Throws Failure where that is not installed. */
export function installedData(): string {
  try {
    const entry = createRequire(import.meta.url).resolve('vega-datasets')
    return join(dirname(dirname(entry)), 'data')
  } catch {
    throw new Failure(
      'The package vega-datasets is not installed.',
      'Run npm start in the root folder: it installs it.',
    )
  }
}

/** The text of a data file. Throws Failure where it cannot be read. */
export async function readText(folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new Failure(
      code === 'ENOENT' ? `The data file ${path} is missing.` : `The data file ${path} cannot be read (${code}).`,
      'Name the folder that holds airports.csv and flights-20k.json with --data.',
    )
  }
}
