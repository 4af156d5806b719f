// Runs a TypeScript compiler as a user would, as a process, and reads what it prints.
// TypeScript 7 has no compiler API; a process is what both versions share.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** One complaint of the compiler; `text` holds the explaining lines too. */
export interface Diagnostic {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly code: string
  readonly text: string
}

/** What to compile, with which compiler. */
export interface Compilation {
  /** Path of the compiler's `tsc`. */
  readonly tsc: string
  /** Where the tsconfig.json is written; relative paths start here. */
  readonly directory: string
  readonly files: readonly string[]
  readonly options?: Readonly<Record<string, unknown>>
  /** More arguments for the command line. */
  readonly args?: readonly string[]
}

/** What a compiler run came to. */
export interface CompilationResult {
  readonly exitCode: number | null
  readonly diagnostics: readonly Diagnostic[]
  /** Everything it printed. */
  readonly output: string
}

/** Strict, modern, ESM: what a new project has. */
const defaults = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  moduleDetection: 'force',
  strict: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
}

const headline = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/

/** Reads the diagnostics out of `tsc --pretty false`; indented lines belong to the complaint above them. */
export function readDiagnostics(output: string, directory: string): Diagnostic[] {
  const found: { file: string; line: number; code: string; text: string }[] = []
  for (const line of output.split(/\r?\n/)) {
    const [, file, number, code, text] = headline.exec(line) ?? []
    const last = found.at(-1)
    if (file !== undefined && code !== undefined && text !== undefined)
      found.push({ file: resolve(directory, file), line: Number(number), code, text })
    else if (/^error TS\d+/.test(line))
      found.push({ file: join(directory, 'tsconfig.json'), line: 0, code: 'TS', text: line })
    else if (last && line.startsWith('  ')) last.text += `\n${line}`
  }
  return found
}

/** Writes a tsconfig.json and runs the compiler on it; what it complains about comes back as data. */
export async function compile(compilation: Compilation): Promise<CompilationResult> {
  const { tsc, directory, files, options, args = [] } = compilation
  mkdirSync(directory, { recursive: true })
  const project = join(directory, 'tsconfig.json')
  writeFileSync(project, `${JSON.stringify({ compilerOptions: { ...defaults, ...options }, files }, null, 2)}\n`)
  const { exitCode, output } = await run(
    process.execPath,
    [tsc, '-p', project, '--pretty', 'false', ...args],
    dirname(project),
  )
  return { exitCode, output, diagnostics: readDiagnostics(output, dirname(project)) }
}

/** A finished process. */
export interface Finished {
  readonly exitCode: number | null
  /** Both streams, as they came. */
  readonly output: string
}

/** Runs a program to its end; resolves whatever the exit code, rejects when it cannot be started. */
export function run(command: string, args: readonly string[], cwd: string): Promise<Finished> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString('utf8')
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (exitCode) => done({ exitCode, output }))
  })
}
