// The escape hatch: sql`…` as an expression, a default, or a whole statement. Values are always parameters.
import type { ExpressionNode, Node, NodeOf, QueryNode } from '../ast/node.ts'
import type { Compiled, WarningCode } from '../compiler/compiled.ts'
import type { Dialect } from '../dialect.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { sourceNode } from '../source/attributes.ts'
import { hasClauseElement } from '../source/clause-element.ts'
import { sourceOf } from '../source/entity.ts'
import { allowing } from '../statement/allowed.ts'
import {
  compileOnce,
  inspect,
  inspectStatement,
  isQuery,
  type Query,
  queryNode,
  queryNodeOf,
  sqlOf,
} from '../statement/query.ts'
import { SqlType, unknownType } from '../type/sql-type.ts'
import { numberType } from './common-type.ts'
import { Expression } from './expression.ts'
import { Element, frozen, parameter, shown } from './operand.ts'
import { Aggregate } from './window.ts'

/** The row of columns that were named with their types. */
type RowOf<C> = C extends readonly SqlType<unknown>[]
  ? { -readonly [K in keyof C]: C[K] extends SqlType<infer T> ? T : never }
  : { -readonly [K in keyof C]: C[K] extends SqlType<infer T> ? T : never }
type ColumnTypes = { readonly [name: string]: SqlType<unknown> } | readonly SqlType<unknown>[]

type Fragment = NodeOf<'fragment'>

function partNode(value: unknown, position: number): Node {
  if (value instanceof Element) return value.node
  if (isQuery(value)) return queryNodeOf(value)
  if (hasClauseElement(value) || (typeof value === 'object' && value !== null && sourceNode in value))
    return sourceOf(value, 'sql``')
  return parameter(value, unknownType, `Value ${position + 1} of a sql template`)
}

/** A template under construction: an expression, and also a statement of its own. */
export class Sql<T> extends Expression<T> implements Query<T> {
  declare readonly '~row': T
  readonly #columns: ColumnTypes | null
  readonly #allowed: readonly WarningCode[]

  constructor(fragment: Fragment, columns: ColumnTypes | null = null, allowed: readonly WarningCode[] = []) {
    super(fragment)
    this.#columns = columns
    this.#allowed = allowed
  }

  /**
   * Says the SQL type of its value, which decides how it is read: sql`sum(x)`.returns(t.integer()). Nothing is cast: a
   * value that does not fit the type is an error where it is read. Without it the server's type decides.
   */
  returns<U>(type: SqlType<U>): Sql<U> {
    if (!(type instanceof SqlType))
      throw new ArgumentError(`returns() takes a type such as t.integer(), got ${shown(type)}.`)
    return new Sql<U>(frozen({ ...this.#fragment, type }), this.#columns, this.#allowed)
  }

  /** Says that it is a window expression, so that it stands where windows may. */
  window(): Expression<T, 'window'> {
    return new Expression(frozen({ ...this.#fragment, stands: 'window' }))
  }

  /** Says that it is an aggregate. */
  aggregate(): Aggregate<T> {
    return new Aggregate(frozen({ ...this.#fragment, stands: 'aggregate' }))
  }

  /** As a statement: decodes its columns by these types, as objects by name or as tuples by position. */
  columns<const C extends ColumnTypes>(columns: C): Sql<RowOf<C>> {
    for (const [name, type] of Object.entries(columns))
      if (!(type instanceof SqlType))
        throw new ArgumentError(`columns(): '${name}' needs a type such as t.integer(), got ${shown(type)}.`)
    return new Sql<RowOf<C>>(this.#fragment, columns, this.#allowed)
  }

  /** Silences warnings of these codes. */
  allow(...codes: WarningCode[]): Sql<T> {
    return new Sql<T>(this.#fragment, this.#columns, allowing(this.#allowed, codes))
  }

  get allowed(): readonly WarningCode[] {
    return this.#allowed
  }

  get [queryNode](): QueryNode {
    return this.#statement()
  }

  compile(dialect: Dialect): Compiled {
    return compileOnce(this.#statement(), dialect, this.#allowed)
  }

  toSQL(target?: Dialect | { readonly dialect: Dialect }): { text: string; params: unknown[] } {
    return sqlOf(this.#statement(), target, this.#allowed)
  }

  [inspect](): string {
    return inspectStatement('Sql', () => this.toSQL())
  }

  #raw: NodeOf<'raw'> | null = null
  #statement(): NodeOf<'raw'> {
    this.#raw ??= frozen({
      kind: 'raw',
      fragment: this.#fragment,
      columns: this.#columns,
      allowed: this.#allowed,
      options: [],
    })
    return this.#raw
  }

  get #fragment(): Fragment {
    const { node } = this
    if (node.kind === 'fragment') return node
    throw new ArgumentError('A labelled or cast template is an expression, not a statement.')
  }
}

/** Is the text one call of EXTRACT, and nothing behind it? Texts in quotes are left to the server. */
function isExtract(strings: readonly string[]): boolean {
  const text = strings.join('?')
  if (!/^\s*extract\s*\(\s*\w+\s+from\b[^'"$]*\)\s*$/i.test(text)) return false
  let depth = 0
  const inside = text.trimEnd().slice(0, -1)
  for (const character of inside) {
    if (character === '(') depth++
    else if (character === ')' && --depth === 0) return false
  }
  return true
}

function fragment(strings: readonly string[], parts: readonly Node[]): Fragment {
  return frozen({
    kind: 'fragment',
    strings: Object.freeze([...strings]),
    parts: Object.freeze([...parts]),
    stands: 'scalar',
    // A number in every PostgreSQL, which since 14 sends it as numeric.
    type: isExtract(strings) ? numberType : unknownType,
  })
}

function template<T = unknown>(text: TemplateStringsArray, ...values: unknown[]): Sql<T> {
  if (!Array.isArray(text) || !Array.isArray(text.raw))
    throw new ArgumentError(`sql is a template tag, not a function: it got ${shown(text)}.`, {
      hint: 'Write sql`…`, with values as template placeholders: they become parameters.',
    })
  return new Sql<T>(fragment(text, values.map(partNode)))
}

/** An identifier from a variable, quoted: sql`select * from ${sql.identifier('my table')}`. */
function identifier(...path: string[]): Expression<unknown> {
  if (path.length === 0) throw new ArgumentError('sql.identifier() needs a name.')
  for (const part of path)
    if (typeof part !== 'string' || part === '') throw new ArgumentError(`An identifier is a name, got ${shown(part)}.`)
  return new Expression(frozen({ kind: 'identifier', path, type: unknownType }))
}

/** Several parts with a separator between them, by default a comma: sql`… in (${sql.join(ids)})`. */
function join(parts: readonly unknown[], separator: ', ' | ' and ' | ' or ' | ' ' = ', '): Expression<unknown> {
  if (![', ', ' and ', ' or ', ' '].includes(separator))
    throw new ArgumentError(`sql.join() separates by ', ', ' and ', ' or ' or ' ', got ${shown(separator)}.`)
  if (!Array.isArray(parts) || parts.length === 0)
    throw new ArgumentError(`sql.join() takes a list of at least one part, got ${shown(parts)}.`)
  const strings = parts.map((_, i) => (i === 0 ? '' : separator))
  return new Expression<unknown>(fragment([...strings, ''], parts.map(partNode)))
}

/** Text that is put into the statement as it is. Never let a user's input come near it. */
function raw(text: string): Expression<unknown> {
  if (typeof text !== 'string') throw new ArgumentError(`sql.raw() takes text, got ${shown(text)}.`)
  const node: ExpressionNode = fragment([text], [])
  return new Expression(node)
}

/**
 * The escape hatch. As an expression: sql<number>`extract(epoch from ${o.createdAt})`. As a statement: run it with execute,
 * and name its columns' types with `.columns({ id: t.integer() })`. Values become parameters, expressions and queries become SQL.
 * Its kind is taken to be scalar; `.window()` and `.aggregate()` say otherwise. Its value is read by the server's type,
 * an extract(…) as a number; `.returns(t.double())` says otherwise.
 */
export const sql: typeof template & { identifier: typeof identifier; join: typeof join; raw: typeof raw } =
  Object.assign(template, {
    identifier,
    join,
    raw,
  })
