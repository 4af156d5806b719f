// What a report is: a statement, and a way to print its rows. One file beside this one holds one report.
import type { Engine, Query } from 'oriel'

export interface ReportOptions {
  /** The airport that a report looks at, where it looks at one. */
  readonly airport: string
  /** How many rows a report has at most. */
  readonly limit: number
}

interface Definition<R> {
  /** What `--only` calls it. */
  readonly name: string
  readonly title: (options: ReportOptions) => string
  readonly statement: (options: ReportOptions) => Query<R>
  readonly print: (rows: readonly R[]) => string
}

export interface Report {
  readonly name: string
  readonly title: (options: ReportOptions) => string
  readonly statement: (options: ReportOptions) => Query<unknown>
  /** Asks the database, and gives back what to print. */
  readonly run: (engine: Engine, options: ReportOptions) => Promise<string>
}

/** A report whose printer is checked against the rows of its statement. */
export function report<R>(definition: Definition<R>): Report {
  return {
    ...definition,
    run: async (engine, options) => definition.print(await engine.execute(definition.statement(options)).all()),
  }
}
