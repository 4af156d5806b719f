// A statement that changes rows and gives some of them back.
import { frozen } from '../ast/freeze.ts'
import type { NodeOf } from '../ast/node.ts'
import type { StatementExtras } from '../ast/statement-node.ts'
import type { Compiled, WarningCode } from '../compiler/compiled.ts'
import type { Dialect } from '../dialect.ts'
import { type Columns, type Cte, cteOf } from '../source/derived.ts'
import { allowing } from './allowed.ts'
import { compileOnce, inspect, inspectStatement, type Query, queryNode, sqlOf } from './query.ts'
import type { Fields, Row, Selectable } from './select.ts'
import { selectionFrom } from './selection.ts'

export type ChangeNode = NodeOf<'insert'> | NodeOf<'update'> | NodeOf<'delete'>

/** An INSERT, UPDATE or DELETE. R is the row that it gives back: never, until `.returning(…)`. */
export class DataChange<R, N extends ChangeNode = ChangeNode> implements Query<R> {
  declare readonly '~row': R
  readonly [queryNode]: N

  constructor(node: N) {
    this[queryNode] = frozen(node)
  }

  get allowed(): readonly WarningCode[] {
    return this[queryNode].allowed
  }

  compile(dialect: Dialect): Compiled {
    return compileOnce(this[queryNode], dialect, this.allowed)
  }

  toSQL(target?: Dialect | { readonly dialect: Dialect }): { text: string; params: unknown[] } {
    return sqlOf(this[queryNode], target, this.allowed)
  }

  [inspect](): string {
    return inspectStatement(this.constructor.name, () => this.toSQL())
  }
}

/** An INSERT, UPDATE or DELETE that may be given further clauses; Self is the statement that each of them makes. */
export abstract class OpenChange<N extends ChangeNode, Self> extends DataChange<never, N> {
  protected abstract with(change: Partial<StatementExtras>): Self

  /** `RETURNING`: what the rows are like once they are written; of a DELETE, what they were like. */
  returning<R, S>(from: Cte<R, S>): Returning<Row<Columns<R, S>>>
  returning<F extends readonly Selectable[]>(...columns: F): Returning<Row<F>>
  returning<F extends Fields>(fields: F): Returning<Row<F>>
  returning(...items: unknown[]): Returning<unknown> {
    return new Returning({ ...this[queryNode], returning: selectionFrom(items) })
  }

  /** Silences warnings of these codes. */
  allow(...codes: WarningCode[]): Self {
    return this.with({ allowed: allowing(this.allowed, codes) })
  }
}

/** A statement with RETURNING. */
export class Returning<R> extends DataChange<R> {
  /** Silences warnings of these codes. */
  allow(...codes: WarningCode[]): Returning<R> {
    return new Returning({ ...this[queryNode], allowed: allowing(this.allowed, codes) })
  }

  /** As a common table expression: rows that were changed, read by the query around it. */
  cte<const A extends string>(name: A): Cte<R, A> {
    return cteOf(this[queryNode], name)
  }
}
