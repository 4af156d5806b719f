// The one connection of an embedded database: each statement is one batch of protocol messages, so values cross as the server's text.
// Answers are read in answer.ts; statements that stay prepared are kept in prepared-statements.ts.
import type { PGlite } from '@electric-sql/pglite'
import {
  ClosedError,
  ConnectionLostError,
  type DriverConnection,
  type WireResult,
  type WireStatement,
} from '@oriel/engine'
import { ArgumentError } from '@oriel/sql'
import { type Answer, readAnswer, wireResult } from './answer.ts'
import { driverError } from './driver-error.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { type Protocol, protocolOf } from './protocol.ts'

/** The protocol counts parameters in 16 bits; one more would wrap around to none. */
const maxParameters = 65_535

export interface PgliteConnectionOptions {
  /** Leave nothing of this connection behind (settings, temporary tables), as a server does when a client goes. */
  readonly resetOnClose: boolean
  readonly released: () => void
}

/** The connection of an embedded database. */
export class PgliteConnection implements DriverConnection {
  /** There is no server process. */
  readonly backendPid = null
  readonly #database: PGlite
  readonly #options: PgliteConnectionOptions
  readonly #prepared = new PreparedStatements()
  readonly #listeners: ((cause: unknown) => void)[] = []
  #state: 'open' | 'closed' | { readonly lost: unknown } = 'open'
  #closing: Promise<void> | undefined

  constructor(database: PGlite, options: PgliteConnectionOptions) {
    this.#database = database
    this.#options = options
  }

  get isClosed(): boolean {
    return this.#state !== 'open'
  }

  onLost(listener: (cause: unknown) => void): void {
    if (this.#state !== 'open' && this.#state !== 'closed') listener(this.#state.lost)
    else this.#listeners.push(listener)
  }

  async execute(statement: WireStatement): Promise<WireResult> {
    refuseUnsendable(statement)
    return this.#database.runExclusive(() => this.#run(statement))
  }

  close(): Promise<void> {
    this.#closing ??= this.#state === 'open' ? this.#database.runExclusive(() => this.#leave()) : Promise.resolve()
    return this.#closing
  }

  async #run(statement: WireStatement): Promise<WireResult> {
    const answer = await this.#answer(statement)
    if (answer.error === undefined) {
      if (/^(DISCARD|DEALLOCATE)/.test(answer.tag)) this.#prepared.forgetAll()
      return wireResult(answer)
    }
    // The prepared statement had gone stale before it ran (ALTER TABLE, DISCARD ALL). Outside a transaction nothing else was lost.
    if (isStale(answer) && answer.isIdle) {
      const second = await this.#answer(statement)
      if (second.error === undefined) return wireResult(second)
      throw driverError(second.error)
    }
    throw driverError(answer.error)
  }

  async #answer(statement: WireStatement): Promise<Answer> {
    this.#mustBeOpen()
    const protocol = await protocolOf()
    const use = statement.isPreparable ? this.#prepared.use(statement.text) : undefined
    const { serialize } = protocol
    const messages: Uint8Array[] = []
    if (use?.evicted !== undefined) messages.push(serialize.close({ type: 'S', name: use.evicted }))
    if (use === undefined || use.isNew) messages.push(serialize.parse({ text: statement.text, name: use?.name ?? '' }))
    messages.push(
      serialize.bind({ statement: use?.name ?? '', values: [...statement.params] }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    )
    const answer = await this.#exchange(messages, protocol)
    if (use !== undefined && answer.error !== undefined && (isStale(answer) || (use.isNew && !answer.isParsed))) {
      this.#prepared.forget(statement.text)
      if (isStale(answer))
        await this.#exchange([serialize.close({ type: 'S', name: use.name }), serialize.sync()], protocol)
    }
    return answer
  }

  async #exchange(messages: readonly Uint8Array[], protocol: Protocol): Promise<Answer> {
    try {
      const received = await this.#database.execProtocolStream(protocol.join(messages), {
        syncToFs: false,
        throwOnError: false,
      })
      const answer = readAnswer(received)
      if (answer.isIdle) await this.#database.syncToFs()
      return answer
    } catch (cause) {
      throw this.#lose(cause)
    }
  }

  /** A server would roll back and forget what the client had set up; the embedded one is told to. */
  async #leave(): Promise<void> {
    try {
      if (this.#state !== 'open' || this.#database.closed) return
      const protocol = await protocolOf()
      const { serialize } = protocol
      const statements = ['rollback', this.#options.resetOnClose ? 'discard all' : 'deallocate all']
      for (const text of statements) await this.#exchange([serialize.query(text)], protocol)
    } catch (error) {
      // A database that broke while it was left has nothing more to leave behind.
      if (!(error instanceof ConnectionLostError)) throw error
    } finally {
      if (this.#state === 'open') this.#state = 'closed'
      this.#options.released()
    }
  }

  #mustBeOpen(): void {
    if (this.#state === 'closed') {
      throw new ClosedError('The connection to the embedded database was closed', {
        hint: 'Take a new connection from the engine.',
      })
    }
    if (this.#state === 'open' && this.#database.closed) this.#lose(new ClosedError('The PGlite instance was closed'))
    if (this.#state !== 'open') {
      throw new ConnectionLostError('The embedded database is gone', { phase: 'not sent', cause: this.#state.lost })
    }
  }

  #lose(cause: unknown): ConnectionLostError {
    if (this.#state === 'open') {
      this.#state = { lost: cause }
      this.#options.released()
      for (const listener of this.#listeners) listener(cause)
    }
    return new ConnectionLostError('The embedded database stopped while the statement ran', { phase: 'sent', cause })
  }
}

function isStale(answer: Answer): boolean {
  const routine = answer.error?.routine
  return routine === 'RevalidateCachedQuery' || routine === 'FetchPreparedStatement'
}

function refuseUnsendable(statement: WireStatement): void {
  if (statement.params.length > maxParameters) {
    throw new ArgumentError(
      `The statement has ${statement.params.length} parameters, and the protocol carries ${maxParameters}`,
      { hint: 'Send fewer rows per statement, or one array parameter instead of many single ones.' },
    )
  }
  if (statement.text.includes('\0')) {
    throw new ArgumentError('The text of the statement has a NUL character', {
      hint: 'PostgreSQL has no NUL in text; remove it.',
    })
  }
}
