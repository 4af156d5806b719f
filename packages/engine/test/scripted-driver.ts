// A driver whose server is a script: what each statement is answered, how long it takes, when the line breaks.
// It stands for the wire only, to test pool and connection; what PostgreSQL does is tested on PostgreSQL.

import {
  ConnectionLostError,
  type Driver,
  type DriverCapabilities,
  type DriverConnection,
  DriverError,
  type WireResult,
  type WireStatement,
} from '@oriel/engine'
import type { Codec, Compiled, Dialect, Executable, ResultColumn, RowShape, Warning, WarningCode } from '@oriel/sql'
import { ArgumentError, DatabaseError, QueryCanceledError, UniqueViolationError, unknownType } from '@oriel/sql'

export const empty: WireResult = { columns: [], rows: [], rowCount: 0 }

/** Answers a statement, or leaves it to the next script (undefined). */
export type Script = (
  statement: WireStatement,
  connection: ScriptedConnection,
) => WireResult | Promise<WireResult> | undefined

const text: Codec = {
  decode: (value) => value,
  encode: (value, subject) => {
    if (typeof value === 'string') return value
    throw new ArgumentError(`${subject} expects a text, got ${typeof value}.`)
  },
}
const integer: Codec = {
  decode: (value) => {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is past what a number holds`)
    return number
  },
  encode: (value) => String(value),
}

/** Knows two types and three errors: the engine asks for no more. */
export const scriptedDialect = {
  name: 'scripted',
  maxParameters: 5,
  quote: (name: string) => `"${name}"`,
  placeholder: (position: number) => `$${position}`,
  codec: (type: { spec: { name: string } }) => (type.spec.name === 'integer' ? integer : text),
  codecByOid: (oid: number) => (oid === 23 ? integer : text),
  databaseError: (options) =>
    new (options.fields.sqlState === '23505'
      ? UniqueViolationError
      : options.fields.sqlState === '57014'
        ? QueryCanceledError
        : DatabaseError)(options),
  begin: (options = {}) => {
    // As a real dialect does: what is no option of a transaction must not get here.
    const foreign = Object.keys(options).find((name) => !['isolation', 'readOnly', 'deferrable'].includes(name))
    if (foreign !== undefined) throw new ArgumentError(`Unknown transaction option '${foreign}'.`)
    return `begin${options.isolation ? ` isolation level ${options.isolation}` : ''}`
  },
} as Partial<Dialect> as Dialect

export function refusal(sqlState: string, message: string): DriverError {
  return new DriverError({ sqlState, message }, new Error(`driver: ${message}`))
}

export class ScriptedConnection implements DriverConnection {
  readonly backendPid: number
  readonly sent: string[] = []
  isClosed = false
  cancels = 0
  cancel = async (): Promise<void> => {
    this.cancels++
    this.#failRunning?.(refusal('57014', 'canceling statement due to user request'))
  }
  readonly #driver: ScriptedDriver
  readonly #listeners: ((cause: unknown) => void)[] = []
  #failRunning: ((error: unknown) => void) | null = null

  constructor(driver: ScriptedDriver, pid: number) {
    this.#driver = driver
    this.backendPid = pid
  }

  async execute(statement: WireStatement): Promise<WireResult> {
    if (this.isClosed) throw new ConnectionLostError('gone', { phase: 'not sent' })
    this.sent.push(statement.text)
    this.#driver.sent.push(`${this.backendPid}: ${statement.text}`)
    this.#driver.statements.push(statement)
    // As on a real wire, the answer comes in a later turn of the loop.
    await new Promise((resolve) => setImmediate(resolve))
    const failed = new Promise<never>((_resolve, reject) => {
      this.#failRunning = reject
    })
    return await Promise.race([this.#answer(statement), failed])
  }

  onLost(listener: (cause: unknown) => void): void {
    this.#listeners.push(listener)
  }

  /** The server goes away. */
  break(cause: unknown = new Error('terminated')): void {
    this.isClosed = true
    this.#failRunning?.(new ConnectionLostError('gone', { phase: 'sent', cause }))
    for (const listener of this.#listeners) listener(cause)
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    this.#driver.closed.push(this.backendPid)
    this.#failRunning?.(new ConnectionLostError('closed', { phase: 'sent' }))
  }

  async #answer(statement: WireStatement): Promise<WireResult> {
    for (const script of this.#driver.scripts) {
      const answer = await script(statement, this)
      if (answer) return answer
    }
    return { ...empty, command: statement.text.split(' ')[0]?.toUpperCase() ?? '' }
  }
}

export class ScriptedDriver implements Driver {
  readonly name = 'scripted'
  readonly dialect = scriptedDialect
  readonly target = 'db.example:5432/shop as ann'
  capabilities: DriverCapabilities = { maxConnections: null, cancel: false, pipelining: false, copyIn: false }
  /** Every statement with the number of its connection. */
  readonly sent: string[] = []
  readonly statements: WireStatement[] = []
  readonly connections: ScriptedConnection[] = []
  readonly closed: number[] = []
  readonly scripts: Script[]
  isShutDown = false
  /** Runs before each connect: may wait, or throw. */
  beforeConnect: (signal: AbortSignal | undefined) => Promise<void> | void = () => {}

  constructor(...scripts: Script[]) {
    this.scripts = scripts
  }

  async connect(options?: { signal?: AbortSignal }): Promise<ScriptedConnection> {
    await this.beforeConnect(options?.signal)
    const connection = new ScriptedConnection(this, this.connections.length + 1)
    this.connections.push(connection)
    return connection
  }

  async close(): Promise<void> {
    this.isShutDown = true
  }

  /** The connections that are open on the server's side. */
  get open(): number[] {
    return this.connections.filter((connection) => !connection.isClosed).map((connection) => connection.backendPid)
  }
}

export interface StatementParts {
  readonly params?: readonly unknown[]
  readonly columns?: readonly ResultColumn[] | null
  readonly shape?: RowShape
  readonly warnings?: readonly Warning[]
  readonly allowed?: readonly WarningCode[]
  readonly verb?: Compiled['verb']
}

/** A statement that is compiled already. */
export function statement<R = Record<string, unknown>>(sql: string, parts: StatementParts = {}): Executable<R> {
  const compiled: Compiled = {
    text: sql,
    binds: (parts.params ?? []).map((value, i) => ({ value, type: unknownType, subject: `parameter ${i + 1}` })),
    columns: parts.columns ?? null,
    shape: parts.shape ?? { kind: 'server' },
    warnings: parts.warnings ?? [],
    verb: parts.verb ?? 'raw',
    isReadOnly: false,
    elements: [],
  }
  return { compile: () => compiled, allowed: parts.allowed ?? [] } as Partial<Executable<R>> as Executable<R>
}

/** Answers a statement of this text by these rows. */
export function answers(
  sql: string,
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  oids: readonly number[] = [],
): Script {
  const columns = names.map((name, i) => ({ name, oid: oids[i] ?? 25 }))
  return (sent) => (sent.text === sql ? { columns, rows, rowCount: rows.length } : undefined)
}

/** Something another part of a test waits for. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open }
}

export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
