// Runs a built program as `node program.js` would, in a thread instead of a process: as alone with its modules, and the embedded
// database, most of what such a program costs, is compiled once for all of them.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { PgliteDriverOptions } from '@oriel/pglite'
import type { Finished } from '@oriel/testing/type-test'
import { preparedFolder } from '../src/prepared-folder.ts'

// Neither the language's declarations nor Node's have it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => NonNullable<PgliteDriverOptions['pgliteWasmModule']>
}

let prepared: Promise<PgliteDriverOptions> | undefined

/** What programs open their databases with; they find it as their `workerData`. */
async function prepare(): Promise<PgliteDriverOptions> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  return {
    loadDataDir: new Blob([await preparedFolder()]),
    pgliteWasmModule: new WebAssembly.Module(readFileSync(join(entry, '../pglite.wasm'))),
  }
}

/** Runs the program to its end, with more environment variables; resolves whatever the exit code. */
export async function runInThread(script: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  prepared ??= prepare()
  const worker = new Worker(`import(${JSON.stringify(pathToFileURL(script).href)}).then(() => process.exit(0))`, {
    eval: true,
    // Not jest's: packages are to be found as they are published.
    execArgv: [],
    env: { ...process.env, ...env },
    workerData: await prepared,
    stdout: true,
    stderr: true,
  })
  return await new Promise((done) => {
    let output = ''
    for (const stream of [worker.stdout, worker.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
      })
    worker.on('error', (error) => {
      output += error.stack ?? String(error)
    })
    worker.on('exit', (exitCode) => done({ exitCode, output }))
  })
}
