// A real PostgreSQL server for tests: initialised in a temporary folder, on a free port, gone when the tests are.
// Its binaries come from binaries.ts; databases on it from database.ts.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, chown, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectError } from '@oriel/engine'
import { InvalidRequestError } from '@oriel/sql'
import { type ServerBinaries, serverBinaries } from './binaries.ts'
import { type ServerUser, serverUser } from './server-user.ts'

/** A PostgreSQL server that tests may stop and start. */
export interface TestServer {
  /** The administrator's URL of the database `postgres`. */
  readonly url: string
  /** The number of the server's process; null while it is stopped, and for a server that is not ours (DATABASE_URL). */
  readonly pid: number | null
  /** Stops the server and removes its data. */
  stop(): Promise<void>
  /** Stops it as a crash would, and keeps the data: {@link start} brings it back on the same port. */
  stopImmediate(): Promise<void>
  start(): Promise<void>
}

/**
 * Starts a PostgreSQL server, or hands over the one that DATABASE_URL names.
 *
 * @example
 * const server = await startServer()
 * const engine = createEngine(postgresJs(server.url))
 * await server.stop()
 */
export async function startServer(): Promise<TestServer> {
  const given = process.env.DATABASE_URL
  if (given !== undefined && given !== '') return new GivenServer(given)
  const user = await serverUser()
  const binaries = await serverBinaries(user !== undefined)
  const folder = await mkdtemp(join(tmpdir(), 'oriel-server-'))
  const server = new EmbeddedServer({ binaries, user, folder, port: await freePort() })
  try {
    await server.initialise()
    await server.start()
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

interface EmbeddedServerOptions {
  readonly binaries: ServerBinaries
  readonly user: ServerUser | undefined
  readonly folder: string
  readonly port: number
}

class EmbeddedServer implements TestServer {
  readonly url: string
  readonly #options: EmbeddedServerOptions
  readonly #password = randomBytes(12).toString('hex')
  readonly #data: string
  readonly #log: string
  #process: ChildProcess | undefined

  constructor(options: EmbeddedServerOptions) {
    this.#options = options
    this.#data = join(options.folder, 'data')
    this.#log = join(options.folder, 'server.log')
    this.url = `postgres://postgres:${this.#password}@127.0.0.1:${options.port}/postgres`
    process.once('exit', this.#onExit)
    for (const signal of signals) process.once(signal, this.#onSignal)
  }

  get pid(): number | null {
    return this.#process?.pid ?? null
  }

  async initialise(): Promise<void> {
    const { folder, user, binaries } = this.#options
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, this.#password, { mode: 0o600 })
    await chmod(folder, 0o700)
    if (user) for (const path of [folder, passwordFile]) await chown(path, user.uid, user.gid)
    const child = await this.#spawn(binaries.initdb, [
      ...['--pgdata', this.#data, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    ])
    const code = await ended(child)
    if (code !== 0) throw await this.#failure(`initdb ended with ${code}`)
  }

  async start(): Promise<void> {
    if (this.#process) return
    const child = await this.#spawn(this.#options.binaries.postgres, [
      ...['-D', this.#data, '-p', String(this.#options.port), '-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'synchronous_commit=off'],
      ...['-c', 'full_page_writes=off', '-c', 'max_connections=100', '-c', 'timezone=UTC', '-c', 'log_timezone=UTC'],
    ])
    this.#process = child
    child.once('exit', () => {
      if (this.#process === child) this.#process = undefined
    })
    // Tests may end without a stop; the exit handler then stops the server.
    child.unref()
    const marker = join(this.#data, 'postmaster.pid')
    for (let waited = 0; waited < 30_000; waited += 20) {
      if (child.exitCode !== null || child.signalCode !== null) throw await this.#failure('The server ended at once')
      // The last line of this file says `ready` when connections are accepted.
      const state = await readFile(marker, 'utf8').catch(() => '')
      if (state.startsWith(`${child.pid}\n`) && /\nready\s*$/.test(state)) return
      await sleep(20)
    }
    throw await this.#failure('The server did not become ready in 30 s')
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT')
    process.off('exit', this.#onExit)
    for (const signal of signals) process.off(signal, this.#onSignal)
    await rm(this.#options.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }

  async stopImmediate(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  /** SIGINT ends connections and shuts down; SIGQUIT ends everything at once, as a crash would. */
  async #end(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const child = this.#process
    if (!child) return
    child.ref()
    const end = ended(child)
    child.kill(signal)
    const quick = await Promise.race([end.then(() => true), sleep(10_000, false, { ref: false })])
    if (!quick) {
      child.kill('SIGKILL')
      await end
    }
    this.#process = undefined
  }

  async #spawn(command: string, args: readonly string[]): Promise<ChildProcess> {
    const log = await open(this.#log, 'a')
    try {
      return spawn(command, args, {
        cwd: this.#options.folder,
        stdio: ['ignore', log.fd, log.fd],
        // The server must not inherit the settings of whoever runs the tests.
        env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
        ...this.#options.user,
      })
    } finally {
      await log.close()
    }
  }

  async #failure(what: string): Promise<ConnectError> {
    const log = await readFile(this.#log, 'utf8').catch(() => '')
    return new ConnectError(`${what}. Its last words:\n${log.split('\n').slice(-15).join('\n')}`, {
      hint: 'Set DATABASE_URL to use a server of your own.',
    })
  }

  readonly #onExit = () => {
    this.#process?.kill('SIGQUIT')
    rmSync(this.#options.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }

  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.#onExit()
    // The handler ran once and is gone: the same signal now ends the process as it would have.
    process.kill(process.pid, signal)
  }
}

/** A server that somebody else runs: it is neither started nor stopped. */
class GivenServer implements TestServer {
  readonly url: string
  readonly pid = null

  constructor(url: string) {
    this.url = url
  }
  async stop(): Promise<void> {}
  async start(): Promise<void> {}
  async stopImmediate(): Promise<void> {
    throw new InvalidRequestError('The server of DATABASE_URL is not stopped by tests', {
      hint: 'Unset DATABASE_URL to run this test on a server of its own.',
    })
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', reject)
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
