// Runs the example as a process, with its output in a pipe.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ending {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `npm start -- <args>`, without npm. */
export function flights(...args: string[]): Promise<Ending> {
  const options = ['--conditions=@oriel/source', '--import', 'tsx', 'src/main.ts']
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, [...options, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}
