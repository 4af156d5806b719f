// What the handlers write into: the text, the values, the warnings, and where in the statement they are.
import type { ExpressionNode, NodeKind, NodeOf, SourceNode } from '../ast/node.ts'
import type { Dialect } from '../dialect.ts'
import { CompileError } from '../error/oriel-error.ts'
import type { ClauseElement } from '../source/clause-element.ts'
import type { Bind, ResultColumn, RowShape, Warning, WarningCode } from './compiled.ts'
import { CteList } from './cte-list.ts'
import { finish, Output } from './output.ts'
import { precedenceOf } from './precedence.ts'
import { describeSource, Scope } from './scope.ts'

/** The clause that is being written: it decides whether aggregates and windows may stand here. */
export type Clause =
  | 'SELECT'
  | 'ORDER BY'
  | 'DISTINCT ON'
  | 'HAVING'
  | 'WHERE'
  | 'ON'
  | 'GROUP BY'
  | 'FILTER'
  | 'LIMIT'
  | 'SET'
  | 'VALUES'
  | 'RETURNING'
  | 'ON CONFLICT'
  | 'the target of ON CONFLICT'
  | 'the arguments of an aggregate'
  | 'the arguments of a window function'
  | 'a window definition'
  | 'a table definition'

export class CompileContext {
  readonly dialect: Dialect
  readonly warnings: Warning[] = []
  readonly allowed: Set<WarningCode>
  /** The columns and the shape of the query written last: in the end, of the outermost one. */
  columns: readonly ResultColumn[] | null = []
  shape: RowShape = { kind: 'none' }
  isReadOnly = true
  scope: Scope = new Scope(null)
  clause: Clause = 'SELECT'
  /** True while what takes no parameters is written, such as a table definition: values become literals. */
  isDefinition = false
  /** True when the next query written is read by another one, which needs a name for every column. */
  isDerived = false
  readonly ctes = new CteList()
  /** The mapped classes whose tables were written. */
  readonly elements = new Set<ClauseElement>()
  #output = new Output()

  constructor(dialect: Dialect, allowed: readonly WarningCode[]) {
    this.dialect = dialect
    this.allowed = new Set(allowed)
  }

  /** The whole text, WITH in front, and its values in the order of their placeholders. */
  finish(): { text: string; binds: readonly Bind[] } {
    return finish([...this.ctes.outputs(), this.#output], this.dialect)
  }

  write(text: string): this {
    this.#output.write(text)
    return this
  }

  identifier(name: string): this {
    return this.write(this.dialect.quote(name))
  }

  /** A function's name: as it is where it is plain, since a keyword such as coalesce must not be quoted. */
  functionName(name: string): this {
    const path = name.split('.')
    return this.write(path.map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : this.dialect.quote(part))).join('.'))
  }

  /** Writes into an output of its own, in a fresh scope. */
  apart(write: () => void): Output {
    const { scope, clause } = this
    const outer = this.#output
    const output = new Output()
    this.#output = output
    this.scope = new Scope(null)
    this.clause = 'SELECT'
    write()
    this.#output = outer
    this.scope = scope
    this.clause = clause
    return output
  }

  visit<K extends NodeKind>(node: NodeOf<K>): this {
    this.dialect.handlers[node.kind](node, this)
    return this
  }

  /** Writes an operand, in parentheses where it binds less tightly than what stands around it. */
  operand(node: ExpressionNode, atLeast: number): this {
    return precedenceOf(node) < atLeast ? this.write('(').visit(node).write(')') : this.visit(node)
  }

  list(nodes: readonly ExpressionNode[], separator = ', '): this {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]
      if (i > 0) this.write(separator)
      if (node) this.visit(node)
    }
    return this
  }

  /** Writes within another clause; aggregates and windows are judged by it. */
  within(clause: Clause, write: () => void): this {
    const outer = this.clause
    this.clause = clause
    write()
    this.clause = outer
    return this
  }

  /** Writes what takes no parameters: values become literals. */
  asDefinition(write: () => void): this {
    const outer = this.isDefinition
    this.isDefinition = true
    write()
    this.isDefinition = outer
    return this
  }

  /** Writes a query of its own: its sources are visible inside only. */
  nested(parent: Scope | null, write: (scope: Scope) => void): Scope {
    const { scope: outer, clause } = this
    const inner = new Scope(parent)
    this.scope = inner
    this.clause = 'SELECT'
    write(inner)
    this.scope = outer
    this.clause = clause
    return inner
  }

  /** A placeholder. The same bind again is the same placeholder: GROUP BY must see the expression that SELECT has. */
  bind(bind: Bind): this {
    this.#output.bind(bind)
    return this
  }

  warn(code: WarningCode, message: string): void {
    if (!this.allowed.has(code)) this.warnings.push({ code, message })
  }

  /** Is the source visible here? Throws the error that says how to make it so. */
  reach(source: SourceNode, subject: string): void {
    if (this.scope.reach(source)) return
    const known = [...this.scope.sources()].map(describeSource)
    throw new CompileError(`${subject} is used in ${this.clause}, but ${describeSource(source)} is not in FROM.`, {
      hint: `Join it, or add it with .from(…). ${known.length > 0 ? `In FROM: ${known.join(', ')}.` : 'FROM is empty.'}`,
    })
  }
}
