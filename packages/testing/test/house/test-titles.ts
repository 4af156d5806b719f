// The tests that a test file registers: their titles, what they stand in, and whether they run. Syntax only: nothing is executed.
import { readFileSync } from 'node:fs'
import ts from 'typescript-5.9'

export interface TestTitle {
  /** The titles of the blocks around it, outermost first, and its own. */
  readonly titles: readonly string[]
  readonly isSkipped: boolean
}

interface Registration {
  readonly title: string
  /** The texts of its table, which are put into the title: any of them may stand for a test. */
  readonly rows: readonly string[]
  readonly isBlock: boolean
  readonly isSkipped: boolean
}

const known = new Map<string, readonly TestTitle[]>()

/** The tests of a file. */
export function testTitles(path: string): readonly TestTitle[] {
  const titles = known.get(path) ?? titlesIn(readFileSync(path, 'utf8'))
  known.set(path, titles)
  return titles
}

/** The tests of a file's text. */
export function titlesIn(text: string): readonly TestTitle[] {
  const found: TestTitle[] = []
  const visit = (node: ts.Node, around: TestTitle): void => {
    const registered = ts.isCallExpression(node) ? registration(node) : null
    const isSkipped = around.isSkipped || registered?.isSkipped === true
    const here = registered ? { titles: [...around.titles, registered.title], isSkipped } : around
    if (!registered || registered.isBlock) ts.forEachChild(node, (child) => visit(child, here))
    else
      for (const title of [registered.title, ...registered.rows])
        found.push({ titles: [...around.titles, title], isSkipped })
  }
  visit(ts.createSourceFile('file.test.ts', text, ts.ScriptTarget.ES2022, true), { titles: [], isSkipped: false })
  return found
}

/** What `it('…', …)`, `it.each(…)('…', …)`, `describe.skip('…', …)` and their like register; null for any other call. */
function registration(call: ts.CallExpression): Registration | null {
  const [title] = call.arguments
  if (!title || !ts.isStringLiteralLike(title)) return null
  const names: string[] = []
  const rows: string[] = []
  let callee: ts.Expression = call.expression
  // Through `.each(…)` and `.skip` down to the name that begins it.
  for (;;) {
    if (ts.isCallExpression(callee)) {
      for (const table of callee.arguments) rows.push(...textsOf(table))
      callee = callee.expression
    } else if (ts.isPropertyAccessExpression(callee)) {
      names.push(callee.name.text)
      callee = callee.expression
    } else break
  }
  if (!ts.isIdentifier(callee)) return null
  const { text } = callee
  const isBlock = /^[xf]?describe/.test(text)
  // `golden('title', statement, sql)` registers a test of one statement.
  if (!isBlock && !/^(?:[xf]?(?:it|test)|golden)$/.test(text)) return null
  const isSkipped = text.startsWith('x') || names.some((name) => /^(?:skip|todo)$/.test(name))
  return { title: title.text, rows, isBlock, isSkipped }
}

/** The texts in the rows of a table, which may be a constant of the file. What stands in functions is none. */
function textsOf(table: ts.Node): string[] {
  if (ts.isStringLiteralLike(table)) return [table.text]
  if (ts.isIdentifier(table)) return constantOf(table)
  if (ts.isArrayLiteralExpression(table)) return table.elements.flatMap(textsOf)
  if (ts.isObjectLiteralExpression(table))
    return table.properties.flatMap((property) =>
      ts.isPropertyAssignment(property) ? textsOf(property.initializer) : [],
    )
  return ts.isAsExpression(table) || ts.isSatisfiesExpression(table) ? textsOf(table.expression) : []
}

function constantOf(name: ts.Identifier): string[] {
  for (const statement of name.getSourceFile().statements)
    if (ts.isVariableStatement(statement))
      for (const { name: declared, initializer } of statement.declarationList.declarations)
        if (declared.getText() === name.text && initializer && !ts.isIdentifier(initializer))
          return textsOf(initializer)
  return []
}
