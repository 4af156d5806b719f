// Proofs by tests that run over files, or that are an exam from elsewhere: alone they prove nothing in particular, so that a proof
// names the case too. Whether the test itself is there is status.test.ts's to see.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { programsOf } from '../docs/page.ts'
import { root } from './workspace.ts'

interface Shell {
  readonly path: string
  readonly title: string
  /** What is wrong with a case: a file, and a place in it. */
  objection(file: string, place: string): string | undefined
}

const shells: readonly Shell[] = [
  {
    path: 'packages/oriel/test/types/programs.test.ts',
    title: 'behave as written, with standard decorators',
    objection(file, place) {
      if (!/^programs\/[a-z-]+\.ts$/.test(file)) return `${file} is not one of the programs`
      const path = join(root, dirname(this.path), file)
      if (!existsSync(path)) return `${file} does not exist`
      return programObjection(readFileSync(path, 'utf8'), place) ? `${file} pins nothing at '${place}'` : undefined
    },
  },
  {
    path: 'packages/testing/test/docs/pages.test.ts',
    title: '$name runs and says the truth',
    objection(file, place) {
      if (!/^(?:docs\/[a-z-]+|README)\.md$/.test(file)) return `${file} is not one of the pages`
      if (!existsSync(join(root, file))) return `${file} does not exist`
      const text = readFileSync(join(root, file), 'utf8')
      return isShown(file, text, place) ? undefined : `${file} shows nothing that is run below '${place}'`
    },
  },
]

/**
 * What is wrong with the case that a proof by such a test names; undefined when nothing is, null when the test is an ordinary one.
 * `… › programs/rows.ts › joins` is a function of a program, `… › programs/wrong.ts › error: text` what the compiler must say in one,
 * `… › docs/page.md › heading` a section of a page.
 */
export function caseObjection(path: string, titles: readonly string[]): string | undefined | null {
  const shell = shells.find((each) => each.path === path && titles.includes(each.title))
  if (!shell) return null
  const [title, file, place] = titles
  if (title !== shell.title || file === undefined || place === undefined || titles.length > 3)
    return `${path} › ${shell.title} proves nothing without a file and a place in it`
  return shell.objection(file, place)
}

/** Whether titles name an exam that drivers sit, `serverDriverConformance › name`, and the file has that driver sit it. */
export function isExam(path: string, [title = '', name]: readonly string[]): boolean {
  const call = `\n${title}({ name: '${name}',`
  return /^\w*[cC]onformance$/.test(title) && readFileSync(path, 'utf8').includes(call)
}

/** Whether a program pins nothing at a place: a function without a pinned type or a refusal, or a refusal that is not there. */
export function programObjection(text: string, place: string): boolean {
  const lines = text.split('\n').map((line) => line.trimEnd())
  if (place.startsWith('error: ')) return !lines.some((line) => line.trimStart().startsWith(`// ${place}`))
  const start = lines.findIndex((line) => new RegExp(`^export (?:async )?function ${place}\\(`).test(line))
  if (start < 0) return true
  const body = lines.slice(start, lines.indexOf('}', start))
  return !body.some((line) => /^\s*(?:is<|\/\/ error: )/.test(line))
}

/** Whether a section of a page has a block that is run, and whose SQL or output is compared. */
export function isShown(page: string, text: string, heading: string): boolean {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'))
  if (start < 0) return false
  const next = lines.findIndex((line, at) => at > start && /^#{1,6} /.test(line))
  const end = next < 0 ? lines.length : next
  return programsOf(page, text)
    .filter(({ notRun }) => notRun === null)
    .flatMap(({ blocks }) => blocks)
    .some(({ line, claims, isRefused }) => line > start && line <= end && claims.length > 0 && !isRefused)
}
