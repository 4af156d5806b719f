// Turns a program of a page into files: one that the type checker reads as it stands, and one that runs and records what came out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript-5.9'
import type { Block, Program } from './page.ts'

const setups = join(import.meta.dirname, 'programs')

function exportedNames(setup: string): string[] {
  const source = ts.createSourceFile(setup, readFileSync(join(setups, `${setup}.ts`), 'utf8'), ts.ScriptTarget.ES2022)
  return source.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return []
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
    if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement))
      return statement.name ? [statement.name.text] : []
    return []
  })
}

/** The line that brings in the setup, always line 1. */
function head({ setup }: Program): string {
  return setup ? `import { ${exportedNames(setup).join(', ')} } from './${setup}.ts'\n` : '\n'
}

/** The program as the type checker sees it. `origins` has the page's line for each of its lines. */
export function checkedSource(program: Program): { source: string; origins: readonly number[] } {
  const origins = [0]
  let source = head(program)
  for (const { code, line } of program.blocks) {
    source += `${code}\n`
    code.split('\n').forEach((_, at) => {
      origins.push(line + at)
    })
  }
  // With an import from nowhere, a program without imports would be a script.
  return { source: `${source}export {}\n`, origins }
}

/** Hands the value of every statement that is an expression to the recorder. */
function recorded({ code }: Block): string {
  const file = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true)
  let text = code
  for (const statement of [...file.statements].reverse()) {
    if (!ts.isExpressionStatement(statement)) continue
    const { expression } = statement
    const [start, end] = [expression.getStart(file), expression.getEnd()]
    text = `${text.slice(0, start)};__value(${text.slice(start, end)})${text.slice(end)}`
  }
  return text
}

/** The program as it is run: blocks that only show what is refused are left out. */
export function runSource(program: Program): string {
  const blocks = program.blocks.map((block, at) => (block.isRefused ? '' : `;__block(${at})\n${recorded(block)}\n`))
  return `import { block as __block, value as __value } from './recorder.ts'\n${head(program)}${blocks.join('')}`
}
