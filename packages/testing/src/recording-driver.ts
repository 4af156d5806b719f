// A driver without a server: it writes down every statement, in order, and answers from a script. For asserting what is sent, and how often.
import {
  ClosedError,
  type Driver,
  type DriverCapabilities,
  type DriverConnection,
  DriverError,
  type WireResult,
  type WireStatement,
} from '@oriel/engine'
import { postgres } from '@oriel/postgres'
import { ArgumentError, type Dialect, type ServerErrorFields } from '@oriel/sql'

/** A statement as it was sent, and on which connection (1 is the first). */
export interface RecordedStatement {
  readonly connection: number
  readonly text: string
  readonly params: readonly (string | null)[]
}

/** What a statement is answered. Rows are the server's text by position; columns take their numbers from `oids`, text (25) otherwise. */
export interface ScriptedAnswer {
  readonly columns?: readonly string[]
  readonly oids?: readonly number[]
  readonly rows?: readonly (readonly (string | null)[])[]
  /** The number of rows unless given. */
  readonly rowCount?: number
  readonly command?: string
  /** The server refuses the statement. */
  readonly error?: ServerErrorFields
}

/** One line of a script: the statements that it is for, and the answer. */
export interface ScriptLine {
  readonly when: string | RegExp
  readonly answer: ScriptedAnswer | ((statement: RecordedStatement) => ScriptedAnswer)
}

/**
 * A driver that records, and answers from a script; what no line is for is answered with no rows.
 *
 * @example
 * const driver = new RecordingDriver([{ when: /from "users"/, answer: { columns: ['id'], oids: [23], rows: [['1']] } }])
 * const engine = createEngine(driver)
 * await engine.execute(select(User)).all()
 * expect(driver.texts).toEqual(['select …'])
 */
export class RecordingDriver implements Driver {
  readonly name = 'recording'
  readonly target = 'nowhere (recording)'
  readonly capabilities: DriverCapabilities = { maxConnections: null, cancel: false, pipelining: false, copyIn: false }
  readonly dialect: Dialect
  readonly statements: RecordedStatement[] = []
  readonly #script: readonly ScriptLine[]
  #connections = 0

  constructor(script: readonly ScriptLine[] = [], dialect: Dialect = postgres()) {
    this.#script = script
    this.dialect = dialect
  }

  /** The texts of all statements, in the order in which they were sent. */
  get texts(): string[] {
    return this.statements.map(({ text }) => text)
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.statements.length = 0
  }

  async connect(): Promise<DriverConnection> {
    return new RecordingConnection(++this.#connections, (statement) => this.#answer(statement))
  }

  #answer(statement: RecordedStatement): ScriptedAnswer {
    this.statements.push(statement)
    const line = this.#script.find(({ when }) =>
      typeof when === 'string' ? when === statement.text : new RegExp(when).test(statement.text),
    )
    if (line === undefined) return {}
    return typeof line.answer === 'function' ? line.answer(statement) : line.answer
  }
}

class RecordingConnection implements DriverConnection {
  readonly backendPid: number
  isClosed = false
  readonly #answer: (statement: RecordedStatement) => ScriptedAnswer

  constructor(number: number, answer: (statement: RecordedStatement) => ScriptedAnswer) {
    this.backendPid = number
    this.#answer = answer
  }

  async execute({ text, params }: WireStatement): Promise<WireResult> {
    if (this.isClosed) throw new ClosedError('The recording connection was closed')
    const answer = this.#answer({ connection: this.backendPid, text, params })
    // As on a real wire, the answer comes in a later turn of the loop.
    await new Promise((resolve) => setImmediate(resolve))
    if (answer.error) throw new DriverError(answer.error, undefined)
    const { columns = [], oids = [], rows = [], command = firstWord(text) } = answer
    const crooked = rows.find((row) => row.length !== columns.length)
    if (crooked) {
      throw new ArgumentError(`The script answers ${columns.length} columns with a row of ${crooked.length} values`, {
        hint: `The statement is: ${text}`,
      })
    }
    const described = columns.map((name, at) => ({ name, oid: oids[at] ?? 25 }))
    return { columns: described, rows, rowCount: answer.rowCount ?? rows.length, command }
  }

  onLost(): void {}

  async close(): Promise<void> {
    this.isClosed = true
  }
}

function firstWord(text: string): string {
  return /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? ''
}
