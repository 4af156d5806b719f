// From a statement to what can be sent: compiled, warnings applied, values encoded. Sends nothing; connection/ does.
import { ArgumentError, type Compiled, type Executable, isQuery, type QueryNode, queryNode } from '@oriel/sql'
import type { Driver, WireStatement } from '../driver.ts'
import { encodeParameters } from './parameters.ts'
import type { WarningPolicy } from './warning-policy.ts'

/** A statement that is ready to be sent. */
export interface Prepared<out R> {
  readonly '~row'?: R
  readonly compiled: Compiled
  readonly wire: WireStatement
}

export class Preparer {
  readonly #driver: Driver
  readonly #warnings: WarningPolicy

  constructor(driver: Driver, warnings: WarningPolicy) {
    this.#driver = driver
    this.#warnings = warnings
  }

  /** Throws ArgumentError for what is no statement or a value that cannot be sent, CompileError for what cannot be SQL. */
  prepare<R>(statement: Executable<R>): Prepared<R> {
    refuseOtherThings(statement)
    refuseLoaderOptions(statement)
    const compiled = statement.compile(this.#driver.dialect)
    if (compiled.warnings.length > 0) this.#warnings.apply(compiled.warnings, compiled.text, statement.allowed)
    const params = encodeParameters(compiled, this.#driver)
    return { compiled, wire: { text: compiled.text, params, isPreparable: isPreparable(compiled) } }
  }
}

/** Where types were cast away. */
function refuseOtherThings(statement: unknown): void {
  if (typeof statement === 'string')
    throw new ArgumentError('A plain string is not a statement.', {
      hint: 'Wrap it: sql`…`. Interpolated values become parameters.',
    })
  if (typeof statement !== 'object' || statement === null || !('compile' in statement))
    throw new ArgumentError(`A statement is expected, not ${describe(statement)}.`, {
      hint: 'Give what select(), insert(), update(), deleteFrom() or sql`…` makes.',
    })
}

/** A session takes them out before it sends; whatever still has them here would have them ignored. */
function refuseLoaderOptions(statement: unknown): void {
  if (!isQuery(statement) || !hasOptions(statement[queryNode])) return
  throw new ArgumentError('The statement has loader options, and an engine loads no relationships: sessions do.', {
    hint: 'Send it through a session (session.execute, session.scalars, session.stream), or leave .options(…) out.',
  })
}

function hasOptions(query: QueryNode): boolean {
  return query.options.length > 0 || (query.kind === 'compound' && query.queries.some(hasOptions))
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return `the class or function '${value.name}'`
  return typeof value === 'object' ? `an object of ${value.constructor?.name ?? 'no class'}` : `a ${typeof value}`
}

/** Raw SQL is not kept prepared: its columns may change with the schema (`select *`), and a server then refuses the plan. */
function isPreparable(compiled: Compiled): boolean {
  return compiled.verb !== 'raw' && compiled.verb !== 'ddl'
}
