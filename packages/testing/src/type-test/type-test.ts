// Type tests are plain programs. A statement below a comment `// error: <part of the message>` must fail with that
// message; everything else must compile. compiler.ts runs the compiler, once for all programs of a set.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Compilation, compile, type Diagnostic } from './compiler.ts'

/** A statement that must not compile. */
export interface Expectation {
  /** The 1-based lines of the statement. */
  readonly first: number
  readonly last: number
  /** What the complaint must contain; all of them. */
  readonly parts: readonly string[]
}

const marker = /^\s*\/\/ error: (.+?)\s*$/
const plain = (text: string) => text.replace(/\s+/g, ' ')
const indent = (line: string) => line.length - line.trimStart().length

/** The last line of a statement: deeper lines, and a closing bracket at its own depth, still belong to it. */
function endOfStatement(lines: readonly string[], first: number): number {
  const depth = indent(lines[first] ?? '')
  let last = first
  for (let at = first + 1; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line.trim() === '' || indent(line) < depth) break
    if (indent(line) === depth && !/^\s*[)\]}]/.test(line)) break
    last = at
  }
  return last
}

/** Reads the marked statements of a program. Several markers above one statement must all be met. */
export function expectations(source: string): Expectation[] {
  const lines = source.split(/\r?\n/)
  const found: Expectation[] = []
  let parts: string[] = []
  lines.forEach((line, at) => {
    const part = marker.exec(line)?.[1]
    if (part !== undefined) parts.push(part)
    else if (parts.length > 0 && !line.trim().startsWith('//')) {
      found.push({ first: at + 1, last: endOfStatement(lines, at) + 1, parts })
      parts = []
    }
  })
  return found
}

const inside = (diagnostic: Diagnostic, { first, last }: Expectation) =>
  diagnostic.line >= first && diagnostic.line <= last
const firstLines = (text: string) => text.split('\n').slice(0, 6).join('\n  ')

function judge(file: string, diagnostics: readonly Diagnostic[]): string[] {
  const wanted = expectations(readFileSync(file, 'utf8'))
  const name = basename(file)
  const unwanted = diagnostics
    .filter((diagnostic) => !wanted.some((expectation) => inside(diagnostic, expectation)))
    .map(({ line, code, text }) => `${name}:${line} must compile, but: ${code} ${firstLines(text)}`)
  const unmet = wanted.flatMap((expectation) => {
    const text = diagnostics
      .filter((diagnostic) => inside(diagnostic, expectation))
      .map((diagnostic) => diagnostic.text)
      .join('\n')
    return expectation.parts
      .filter((part) => !plain(text).includes(plain(part)))
      .map((part) => {
        const got = text === '' ? 'it compiles' : `the error is:\n  ${firstLines(text)}`
        return `${name}:${expectation.first} must fail with '${part}', but ${got}`
      })
  })
  return [...unwanted, ...unmet]
}

/** Compiles the programs in one run and returns every line that did not behave as written; empty when all did. */
export async function typeTest(compilation: Compilation): Promise<string[]> {
  const { diagnostics, exitCode, output } = await compile(compilation)
  if (exitCode !== 0 && diagnostics.length === 0) return [`the compiler ended with ${exitCode}:\n${output}`]
  const files = new Set(compilation.files)
  const elsewhere = diagnostics
    .filter(({ file }) => !files.has(file))
    .map(({ file, line, text }) => `${file}:${line} must compile, but: ${firstLines(text)}`)
  return [
    ...elsewhere,
    ...compilation.files.flatMap((file) =>
      judge(
        file,
        diagnostics.filter((one) => one.file === file),
      ),
    ),
  ]
}
