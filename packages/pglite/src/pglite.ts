// The driver over PGlite: PostgreSQL inside the process, one connection, opened at the first use.
// What runs on that connection is in connection.ts.
import type { PGlite, PGliteOptions } from '@electric-sql/pglite'
import { CanceledError, ConnectError, type ConnectOptions, type Driver, type DriverCapabilities } from '@oriel/engine'
import { postgres } from '@oriel/postgres'
import { ArgumentError, checkOptions, type Dialect } from '@oriel/sql'
import { PgliteConnection } from './connection.ts'

/** Options of the embedded database; what PGlite itself understands (`extensions`, `relaxedDurability`, …) is handed on. */
export interface PgliteDriverOptions
  extends Omit<PGliteOptions, 'dataDir' | 'parsers' | 'serializers' | 'noInitDb' | 'pgDataProxyFs'> {
  /** The grammar to speak; PostgreSQL's unless given. */
  readonly dialect?: Dialect
}

// A record, so that an option that PGlite adds is missed here by the compiler.
const known: Readonly<Record<keyof PgliteDriverOptions, true>> = {
  dialect: true,
  username: true,
  database: true,
  fs: true,
  debug: true,
  relaxedDurability: true,
  extensions: true,
  loadDataDir: true,
  icuDataDir: true,
  initialMemory: true,
  pgliteWasmModule: true,
  initdbWasmModule: true,
  fsBundle: true,
  startParams: true,
  initDbStartParams: true,
  postgresqlconf: true,
  onStdout: true,
  onStderr: true,
}

/** PostgreSQL inside the process. Made by {@link pglite}. */
export class PgliteDriver implements Driver {
  readonly name = 'pglite'
  readonly dialect: Dialect
  readonly target: string
  readonly capabilities: DriverCapabilities = { maxConnections: 1, cancel: false, pipelining: false, copyIn: false }
  readonly #open: () => Promise<PGlite>
  /** An instance that was handed over belongs to the caller: it is neither reset nor closed here. */
  readonly #isOwned: boolean
  #database: Promise<PGlite> | undefined
  #connection: PgliteConnection | 'opening' | undefined

  constructor(source: PGlite | string | undefined, options: PgliteDriverOptions) {
    refuseOtherSources(source)
    checkOptions(options, Object.keys(known), 'pglite()')
    const { dialect, ...rest } = options
    this.dialect = dialect ?? postgres()
    this.#isOwned = source === undefined || typeof source === 'string'
    if (source === undefined || typeof source === 'string') {
      this.target = isInMemory(source) ? 'PGlite in memory' : `PGlite in ${source}`
      this.#open = () => openDatabase(source, rest)
    } else {
      this.target = `PGlite in ${source.dataDir ?? 'memory'} (an instance of the application)`
      this.#open = () => source.waitReady.then(() => source)
    }
  }

  async connect(options: ConnectOptions = {}): Promise<PgliteConnection> {
    if (this.#connection !== undefined) throw onlyOne(this.target)
    this.#connection = 'opening'
    try {
      const database = await abortable(this.#ready(), options.signal)
      const released = () => {
        this.#connection = undefined
      }
      this.#connection = new PgliteConnection(database, { resetOnClose: this.#isOwned, released })
      return this.#connection
    } catch (error) {
      this.#connection = undefined
      throw error
    }
  }

  /** The PGlite instance behind the driver, for what only it can do (dumping the data folder, extensions). Opens it if need be. */
  database(): Promise<PGlite> {
    return this.#ready()
  }

  /** Closes the connection, and the database unless it is an instance that the application handed over. */
  async close(): Promise<void> {
    const database = this.#database
    this.#database = undefined
    if (this.#connection instanceof PgliteConnection) await this.#connection.close()
    if (database === undefined || !this.#isOwned) return
    // What could not be opened has nothing to close, and `connect` has already said so.
    const opened = await database.catch(() => undefined)
    if (opened !== undefined && !opened.closed) await opened.close()
  }

  async #ready(): Promise<PGlite> {
    this.#database ??= this.#open()
    try {
      return await this.#database
    } catch (cause) {
      this.#database = undefined
      throw new ConnectError(`The embedded database could not be opened: ${this.target}`, {
        hint: `${messageOf(cause)}. Is the folder writable, and was it made by this version of PostgreSQL?`,
        cause,
      })
    }
  }
}

/**
 * A driver over PGlite, PostgreSQL embedded in the process. Nothing is opened before the first connection.
 *
 * @param source the folder that holds the data; in memory when left out; or a PGlite instance that you keep and close yourself
 * @example
 * const engine = createEngine(pglite())
 * const stored = createEngine(pglite('./data'))
 */
export function pglite(source?: string | PGlite, options: PgliteDriverOptions = {}): PgliteDriver {
  return new PgliteDriver(source, options)
}

/** Where types were cast away. */
function refuseOtherSources(source: unknown): void {
  if (source === undefined || typeof source === 'string') return
  if (typeof source === 'object' && source !== null && 'waitReady' in source) return
  throw new ArgumentError('pglite() takes a folder or a PGlite instance first.', {
    hint: 'Options come second: pglite(undefined, { … }) for a database in memory.',
  })
}

/** Reports on a slow start come from a timer; on data that was there before, PGlite never stops it, and the process would not end. */
const withoutProgress = ['-c', 'log_startup_progress_interval=0']

async function openDatabase(dataDir: string | undefined, options: PGliteOptions): Promise<PGlite> {
  const module = await import('@electric-sql/pglite')
  if (dataDir !== undefined && !dataDir.includes('://')) {
    const { mkdir } = await import('node:fs/promises')
    await mkdir(dataDir, { recursive: true })
  }
  const startParams = options.startParams ?? [...module.PGlite.defaultStartParams, ...withoutProgress]
  return module.PGlite.create({ ...options, startParams, ...(dataDir === undefined ? {} : { dataDir }) })
}

function isInMemory(dataDir: string | undefined): boolean {
  return dataDir === undefined || dataDir === '' || dataDir.startsWith('memory://')
}

function onlyOne(target: string): ConnectError {
  return new ConnectError(`${target} has one connection, and it is open already`, {
    hint: 'Close the first connection, or connect to a PostgreSQL server when several are needed at once.',
  })
}

/** The embedded database cannot be stopped while it opens: the caller is let go, and what was opened serves the next one. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  const aborted = () => new CanceledError('Connecting was canceled by the caller', { cause: signal.reason })
  if (signal.aborted) {
    work.catch(() => {})
    throw aborted()
  }
  let listener: (() => void) | undefined
  const canceled = new Promise<never>((_, reject) => {
    listener = () => reject(aborted())
    signal.addEventListener('abort', listener, { once: true })
  })
  try {
    return await Promise.race([work, canceled])
  } finally {
    if (listener) signal.removeEventListener('abort', listener)
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
