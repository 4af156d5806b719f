// What every statement can do: show its SQL, and be compiled by an engine. Builders implement it; they hand their node to the compiler.
import type { QueryNode, StatementNode } from '../ast/node.ts'
import { compile } from '../compiler/compile.ts'
import type { Compiled, WarningCode } from '../compiler/compiled.ts'
import type { Dialect } from '../dialect.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { defaultDialect } from './default-dialect.ts'

/** The key under which a query gives its node. */
export const queryNode: unique symbol = Symbol.for('oriel.queryNode')

/** What can be sent: it has SQL, and says how its rows are made. */
export interface Executable<out R> {
  readonly '~row': R
  /** Codes of warnings that are meant, so that they are not raised. */
  readonly allowed: readonly WarningCode[]
  /** The compiled form for a dialect; the same object each time. */
  compile(dialect: Dialect): Compiled
}

/** Anything that gives rows of R. */
export interface Query<out R> extends Executable<R> {
  readonly [queryNode]: QueryNode
  /** The SQL and its values, for a dialect or an engine; by default for the dialect that `oriel` registers. Nothing is sent. */
  toSQL(target?: Dialect | { readonly dialect: Dialect }): { text: string; params: unknown[] }
}

export function isQuery(value: unknown): value is Query<unknown> {
  return typeof value === 'object' && value !== null && queryNode in value
}

export function queryNodeOf(query: Query<unknown>): QueryNode {
  return query[queryNode]
}

const compiledForms = new WeakMap<StatementNode, { readonly dialect: Dialect; readonly compiled: Compiled }>()

/** Compiles a node, once per dialect. */
export function compileOnce(node: StatementNode, dialect: Dialect, allowed: readonly WarningCode[]): Compiled {
  const known = compiledForms.get(node)
  if (known?.dialect === dialect) return known.compiled
  const compiled = compile(node, dialect, allowed)
  compiledForms.set(node, { dialect, compiled })
  return compiled
}

function dialectOf(target: Dialect | { readonly dialect: Dialect } | undefined): Dialect {
  if (target === undefined) return defaultDialect()
  if (typeof target === 'object' && target !== null) {
    if ('handlers' in target) return target
    if ('dialect' in target) return target.dialect
  }
  throw new ArgumentError('toSQL() takes a dialect or an engine.', { hint: 'Leave it out for the default dialect.' })
}

export function sqlOf(
  node: StatementNode,
  target: Dialect | { readonly dialect: Dialect } | undefined,
  allowed: readonly WarningCode[],
): { text: string; params: unknown[] } {
  const dialect = dialectOf(target)
  const { text, binds } = compileOnce(node, dialect, allowed)
  return { text, params: binds.map((bind) => bind.value) }
}

/** How a statement shows itself on the console: its SQL and values, not its tree. */
export function inspectStatement(name: string, render: () => { text: string; params: unknown[] }): string {
  try {
    const { text, params } = render()
    return `${name} ${text}${params.length > 0 ? ` -- ${params.map(String).join(', ')}` : ''}`
  } catch (error) {
    return `${name} (${error instanceof Error ? error.message : String(error)})`
  }
}

/** The key that `console.log` asks for. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')
