// From a statement to what can be sent: compiled, warnings applied, values encoded. Sends nothing; connection/ does.
import { ArgumentError, type Compiled, type Dialect, type Executable } from '@oriel/sql'
import type { WireStatement } from '../driver.ts'
import { encodeParameters } from './parameters.ts'
import type { WarningPolicy } from './warning-policy.ts'

/** A statement that is ready to be sent. */
export interface Prepared<out R> {
  readonly '~row'?: R
  readonly compiled: Compiled
  readonly wire: WireStatement
}

export class Preparer {
  readonly #dialect: Dialect
  readonly #warnings: WarningPolicy

  constructor(dialect: Dialect, warnings: WarningPolicy) {
    this.#dialect = dialect
    this.#warnings = warnings
  }

  /** Throws ArgumentError for what is no statement or a value that cannot be sent, CompileError for what cannot be SQL. */
  prepare<R>(statement: Executable<R>): Prepared<R> {
    refuseOtherThings(statement)
    const compiled = statement.compile(this.#dialect)
    if (compiled.warnings.length > 0) this.#warnings.apply(compiled.warnings, compiled.text, statement.allowed)
    const params = encodeParameters(compiled, this.#dialect)
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

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return `the class or function '${value.name}'`
  return typeof value === 'object' ? `an object of ${value.constructor?.name ?? 'no class'}` : `a ${typeof value}`
}

/** Raw SQL is not kept prepared: its columns may change with the schema (`select *`), and a server then refuses the plan. */
function isPreparable(compiled: Compiled): boolean {
  return compiled.verb !== 'raw' && compiled.verb !== 'ddl'
}
