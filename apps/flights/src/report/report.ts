// What a report is: it asks the database, and gives back what to print. One file beside this one holds one report.
// Most are one statement and a printer of its rows, made here; those that work with objects are made by session-report.ts.
import type { Engine, Query } from 'oriel'

export interface ReportOptions {
  /** The airport that a report looks at, where it looks at one. */
  readonly airport: string
  /** How many rows a report has at most. */
  readonly limit: number
}

/** A statement as SQL, and its values in the order of their placeholders. */
export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

export interface Answer {
  readonly printed: string
  /** What was asked, in order. */
  readonly statements: readonly Statement[]
}

export interface Report {
  /** What `--only` calls it. */
  readonly name: string
  readonly title: (options: ReportOptions) => string
  readonly run: (engine: Engine, options: ReportOptions) => Promise<Answer>
}

/** A report that is one statement. */
export interface QueryReport extends Report {
  readonly statement: (options: ReportOptions) => Query<unknown>
}

interface Definition<R> extends Pick<Report, 'name' | 'title'> {
  readonly statement: (options: ReportOptions) => Query<R>
  readonly print: (rows: readonly R[]) => string
}

/** A report whose printer is checked against the rows of its statement. */
export function report<R>({ name, title, statement, print }: Definition<R>): QueryReport {
  return {
    name,
    title,
    statement,
    run: async (engine, options) => {
      const query = statement(options)
      return { printed: print(await engine.execute(query).all()), statements: [query.toSQL()] }
    },
  }
}
