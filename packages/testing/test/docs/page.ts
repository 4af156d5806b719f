// Reads a page of the documentation: its code blocks, what is said to come out of them, and which of them make one program.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The root of the workspace. */
export const root = resolve(import.meta.dirname ?? '.', '../../../..')

/** What a page says that comes out of a block: printed text, or SQL that was sent. */
export interface Claim {
  readonly language: 'text' | 'sql'
  readonly text: string
  /** The 1-based line of its first line of text. */
  readonly line: number
}

/** A TypeScript block. */
export interface Block {
  readonly code: string
  /** The 1-based line of its first line of code. */
  readonly line: number
  readonly claims: readonly Claim[]
  /** It shows what the compiler refuses: it is checked and not run. */
  readonly isRefused: boolean
}

/** Blocks that follow each other as if they were one file. */
export interface Program {
  /** The page, from the root of the workspace. */
  readonly page: string
  /** A file in `programs/` whose exports the blocks may use. */
  readonly setup: string | null
  /** Why it cannot be run here, where it cannot. */
  readonly notRun: string | null
  readonly blocks: readonly Block[]
}

const fence = /^```(\w*)\s*$/
const setupComment = /^<!-- setup: ([a-z-]+) -->$/
const notRunComment = /^<!-- not run: (.+) -->$/

type Draft = { -readonly [K in keyof Program]: Program[K] } & { blocks: Block[] }

/** The names that a block imports. */
function importedNames(code: string): string[] {
  return [...code.matchAll(/^import \{([^}]*)\} from /gm)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace(/^\s*type /, '').trim()),
  )
}

/**
 * The programs of a page. A block that imports what has been imported already begins a new one, and so does `<!-- setup: name -->`;
 * other blocks go on with the one before. `<!-- not run: reason -->` leaves the next program to the type checker.
 */
export function programsOf(page: string, markdown: string): Program[] {
  const lines = markdown.split('\n')
  const programs: Draft[] = []
  let setup: string | null = null
  let notRun: string | null = null
  let isFresh = true
  const imported = new Set<string>()
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const named = setupComment.exec(line)?.[1]
    const reason = notRunComment.exec(line)?.[1]
    if (named) setup = named
    if (reason) notRun = reason
    if (named || reason) isFresh = true
    const language = fence.exec(line)?.[1]
    if (language === undefined) continue
    const first = at + 1
    for (at = first; at < lines.length && lines[at] !== '```'; at++);
    const text = lines.slice(first, at).join('\n')
    if (language === 'ts') {
      const names = importedNames(text)
      if (isFresh || names.some((name) => imported.has(name))) {
        imported.clear()
        programs.push({ page, setup, notRun, blocks: [] })
        setup = null
        notRun = null
      }
      isFresh = false
      for (const name of names) imported.add(name)
      programs.at(-1)?.blocks.push({
        code: text,
        line: first + 1,
        claims: [],
        isRefused: /^\s*\/\/ error: /m.test(text),
      })
    } else if (language === 'sql' || language === 'text') {
      const blocks = programs.at(-1)?.blocks
      const last = blocks?.pop()
      if (last) blocks?.push({ ...last, claims: [...last.claims, { language, text, line: first + 1 }] })
    }
  }
  return programs
}

/** Every page whose code is tested: the root's, those in docs/, and those of the packages. */
export function pages(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
  const ofPackages = ['packages', 'apps'].flatMap((home) =>
    readdirSync(join(root, home)).map((folder) => `${home}/${folder}/README.md`),
  )
  return ['README.md', 'CONTRIBUTING.md', ...inDocs.sort(), ...ofPackages].filter((page) => {
    try {
      return readFileSync(join(root, page)).length > 0
    } catch {
      return false
    }
  })
}
