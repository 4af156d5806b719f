// Reads one source file the way a reviewer does: what it imports, exports, casts and calls. Syntax only, no types.
// TypeScript 7 has no compiler API, so TypeScript 5.9 parses.
import { readFileSync } from 'node:fs'
import ts from 'typescript-5.9'
import { display } from './workspace.ts'

/** An `import … from` or `export … from`. */
export interface Import {
  readonly specifier: string
  /** Gone after compilation: `import type`, or only `type` names. */
  readonly isTypeOnly: boolean
  readonly line: number
}

/** A name that leaves a file; `isType` for `export type`. */
export interface Export {
  readonly name: string
  readonly isType: boolean
}

/** A thing that a rule forbids or counts, with the place where it stands. */
export interface Finding {
  readonly what: string
  readonly place: string
}

const parsed = new Map<string, ts.SourceFile>()

/** The syntax tree of a file; parsed once. */
export function parse(path: string): ts.SourceFile {
  const known = parsed.get(path)
  if (known) return known
  const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)
  parsed.set(path, tree)
  return tree
}

function lineOf(node: ts.Node): number {
  const file = node.getSourceFile()
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
}

/** `packages/sql/src/a.ts:12`, as editors open it. */
export function place(node: ts.Node): string {
  return `${display(node.getSourceFile().fileName)}:${lineOf(node)}`
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.isTypeOnly) return true
  if (clause.name || !clause.namedBindings || ts.isNamespaceImport(clause.namedBindings)) return false
  const { elements } = clause.namedBindings
  return elements.length > 0 && elements.every((element) => element.isTypeOnly)
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true
  if (!node.exportClause || !ts.isNamedExports(node.exportClause)) return false
  const { elements } = node.exportClause
  return elements.length > 0 && elements.every((element) => element.isTypeOnly)
}

/** Everything a file imports or re-exports, dynamic imports too. */
export function imports(path: string): Import[] {
  const found: Import[] = []
  visit(parse(path), (node) => {
    const line = lineOf(node)
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly: isTypeOnlyImport(node.importClause), line })
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly: isTypeOnlyExport(node), line })
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [first] = node.arguments
      if (first && ts.isStringLiteralLike(first)) found.push({ specifier: first.text, isTypeOnly: false, line })
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    )
      found.push({ specifier: node.argument.literal.text, isTypeOnly: true, line })
  })
  return found
}

/** Calls `look` for every node of a tree, parents first. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
}

/** The names that a file exports one by one. */
export function namedExports(path: string): Export[] {
  const found: Export[] = []
  for (const statement of parse(path).statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      for (const element of statement.exportClause.elements)
        found.push({ name: element.name.text, isType: statement.isTypeOnly || element.isTypeOnly })
    } else if (hasModifier(statement, ts.SyntaxKind.ExportKeyword)) {
      if (ts.isVariableStatement(statement)) {
        for (const { name } of statement.declarationList.declarations)
          if (ts.isIdentifier(name)) found.push({ name: name.text, isType: false })
      } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
        if (statement.name) found.push({ name: statement.name.text, isType: false })
      } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
        found.push({ name: statement.name.text, isType: true })
    }
  }
  return found
}

/** `export *`, `export * as`, and default exports: what hides which names leave. */
export function hiddenExports(path: string): Finding[] {
  const found: Finding[] = []
  for (const statement of parse(path).statements) {
    if (ts.isExportDeclaration(statement) && (!statement.exportClause || ts.isNamespaceExport(statement.exportClause)))
      found.push({ what: 'export *', place: place(statement) })
    if (ts.isExportAssignment(statement) || hasModifier(statement, ts.SyntaxKind.DefaultKeyword))
      found.push({ what: 'export default', place: place(statement) })
  }
  return found
}

/** What would make a pure package touch the world: promises, Node's modules, clocks, chance, the console. */
export function impurities(path: string): Finding[] {
  const found: Finding[] = imports(path)
    .filter(({ specifier }) => specifier.startsWith('node:'))
    .map(({ specifier, line }) => ({ what: `import of ${specifier}`, place: `${display(path)}:${line}` }))
  const forbidden =
    /^(process|console|globalThis|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|performance)$/
  visit(parse(path), (node) => {
    const add = (what: string) => found.push({ what, place: place(node) })
    if (hasModifier(node, ts.SyntaxKind.AsyncKeyword)) add('async')
    if (ts.isAwaitExpression(node)) add('await')
    if (ts.isIdentifier(node) && isExpressionName(node)) {
      if (node.text === 'Promise' || forbidden.test(node.text)) add(node.text)
    }
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) && node.typeName.text === 'Promise')
      add('Promise type')
    if (ts.isPropertyAccessExpression(node) && /^(Date\.now|Math\.random)$/.test(node.getText())) add(node.getText())
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) add('new Date()')
  })
  return found
}

/** Is this identifier a reference to a variable, rather than a property's, key's or declaration's name? */
function isExpressionName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return (
    ts.isCallExpression(parent) ||
    ts.isNewExpression(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    (ts.isVariableDeclaration(parent) && parent.initializer === node) ||
    ts.isBinaryExpression(parent)
  )
}

/** Where an escape from the type checker stands. */
export interface Escapes {
  readonly any: readonly string[]
  readonly cast: readonly string[]
  readonly nonNull: readonly string[]
}

/** Every `any`, `as` (but not `as const`) and `!` of a file. */
export function escapes(path: string): Escapes {
  const any: string[] = []
  const cast: string[] = []
  const nonNull: string[] = []
  visit(parse(path), (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) any.push(place(node))
    if (ts.isAsExpression(node) && !ts.isConstTypeReference(node.type)) cast.push(place(node))
    if (ts.isTypeAssertionExpression(node)) cast.push(place(node))
    if (ts.isNonNullExpression(node)) nonNull.push(place(node))
  })
  return { any, cast, nonNull }
}

/** Every `throw new Error(…)`, or another of the language's own error classes. */
export function bareThrows(path: string): Finding[] {
  const found: Finding[] = []
  visit(parse(path), (node) => {
    if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression)) return
    if (/^(Error|TypeError|RangeError|SyntaxError)$/.test(node.expression.text))
      found.push({ what: `new ${node.expression.text}`, place: place(node) })
  })
  return found
}

/** Functions and methods with more than three parameters; `this` does not count. */
export function longParameterLists(path: string): Finding[] {
  const found: Finding[] = []
  visit(parse(path), (node) => {
    if (!ts.isFunctionLike(node)) return
    const count = node.parameters.filter(
      (parameter) => parameter.name.getText() !== 'this' && !parameter.dotDotDotToken,
    ).length
    if (count > 3) found.push({ what: `${count} parameters`, place: place(node) })
  })
  return found
}
