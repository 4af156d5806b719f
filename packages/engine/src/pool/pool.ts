// The one pool for every driver. Counts what is idle, borrowed and on its way; serves callers in the order in which they came.
// Lends leases to connection/connection.ts; opens and closes through the driver.
import { InvalidRequestError, type Place, placeHere } from '@oriel/sql'
import type { Deadline } from '../deadline.ts'
import type { Driver } from '../driver.ts'
import { ClosedError, PoolTimeoutError } from '../error.ts'
import type { Events } from '../event/events.ts'
import { within } from '../within.ts'
import { connectFailure } from './connect-failure.ts'
import { Lease } from './lease.ts'
import type { PoolSettings } from './pool-options.ts'
import { PooledConnection } from './pooled-connection.ts'
import { type Slot, WaitingLine } from './waiting-line.ts'

/** What `engine.pool.stats()` tells. */
export interface PoolStats {
  /** Connections that the pool keeps: the setting. */
  readonly size: number
  readonly idle: number
  readonly inUse: number
  /** Calls that wait for a connection. */
  readonly waiting: number
  /** Connections open beyond `size`. */
  readonly overflow: number
}

/** How long a connection may take to close before nobody waits for it any more. */
const closeGraceMs = 1_000

export class Pool {
  readonly #driver: Driver
  readonly #settings: PoolSettings
  readonly #events: Events
  readonly #idle: PooledConnection[] = []
  readonly #leases = new Set<Lease>()
  readonly #line = new WaitingLine()
  readonly #forgotten = new FinalizationRegistry<Lease>((lease) => this.#reclaim(lease))
  readonly #closings = new Set<Promise<void>>()
  /** Connections opened before this moment are dropped when they come back. */
  #validSince = 0
  /** Granted, but not lent yet: being opened or asked for a sign of life. */
  #pending = 0
  #isClosed = false
  #closing: Promise<void> | null = null
  #whenReturned: (() => void) | null = null

  constructor(driver: Driver, settings: PoolSettings, events: Events) {
    this.#driver = driver
    this.#settings = settings
    this.#events = events
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The most connections that can be open at once. */
  get capacity(): number {
    return this.#settings.size + this.#settings.maxOverflow
  }

  stats(): PoolStats {
    const overflow = Math.max(0, this.#open - this.#settings.size)
    return {
      size: this.#settings.size,
      idle: this.#idle.length,
      inUse: this.#leases.size,
      waiting: this.#line.length,
      overflow,
    }
  }

  /** Borrows a connection that lies ready: no promise, for most statements. Null where `acquire` has to wait for one. */
  lendReady(label: string): Lease | null {
    const connection = this.#idle.at(-1)
    if (!connection || this.#isClosed || this.#line.length > 0 || this.#settings.prePing) return null
    if (!this.#isFresh(connection)) return null
    this.#idle.pop()
    this.#pending++
    return this.#lend(connection, label, this.#site())
  }

  /** Borrows a connection. Rejects with PoolTimeoutError, ConnectError, CanceledError or ClosedError. */
  async acquire(label: string, deadline: Deadline): Promise<Lease> {
    const site = this.#site()
    if (deadline.hasPassed) throw deadline.error('The statement was not sent')
    const startedAt = performance.now()
    const granted = this.#grant() ?? (await this.#wait(deadline))
    try {
      const isFit = granted !== 'slot' && (await this.#isFit(granted))
      const connection = isFit ? granted : await this.#connect(startedAt, deadline)
      return this.#lend(connection, label, site)
    } catch (error) {
      this.#pending--
      this.#serve()
      throw error
    }
  }

  /** Takes the connection back in case its borrower is forgotten without having given it back. */
  watch(borrower: object, lease: Lease): void {
    lease.isWatched = true
    this.#forgotten.register(borrower, lease, lease)
  }

  /** Takes a connection back. Throws InvalidRequestError when it had been given back before. */
  release(lease: Lease): void {
    this.#end(lease)
    const { connection } = lease
    const isWorn = connection.isLost || connection.isSuspect || connection.openedAt < this.#validSince
    if (isWorn || this.isClosed) this.#drop(connection)
    else if (this.#line.length > 0) {
      this.#pending++
      this.#line.serve(connection)
    } else if (this.#open >= this.#settings.size) this.#drop(connection)
    else this.#idle.push(connection)
    this.#serve()
  }

  /** Closes the connections that are idle or come back, and drops all that are older than now. */
  invalidate(): void {
    this.#validSince = performance.now()
    for (const connection of this.#idle.splice(0)) this.#drop(connection)
    this.#serve()
  }

  /** Refuses new callers, waits for borrowers, then closes what they still hold. */
  close(graceMs: number): Promise<void> {
    this.#isClosed = true
    this.#closing ??= this.#shutDown(graceMs)
    return this.#closing
  }

  get #open(): number {
    return this.#idle.length + this.#leases.size + this.#pending
  }

  /** What is to be had at once. Whoever waits already comes first. */
  #grant(): PooledConnection | Slot | null {
    this.#refuseIfClosed()
    if (this.#line.length > 0) return null
    const connection = this.#idle.pop()
    if (!connection && this.#open >= this.capacity) return null
    this.#pending++
    return connection ?? 'slot'
  }

  async #wait(deadline: Deadline): Promise<PooledConnection | Slot> {
    const { maxWaiting, timeoutMs } = this.#settings
    if (this.#line.length >= maxWaiting)
      throw new PoolTimeoutError(
        `No connection is free, and ${maxWaiting} calls wait already (pool.maxWaiting). ${this.#situation()}`,
      )
    const outcome = await this.#line.join(timeoutMs, deadline)
    if (outcome === 'timed out') throw this.#timeout()
    if (outcome === 'canceled') throw deadline.error('The call no longer waits for a connection')
    if (outcome === 'closed') throw this.#closedError()
    return outcome
  }

  /** False for one that must be replaced; it is closed then, and its place is kept. */
  async #isFit(connection: PooledConnection): Promise<boolean> {
    if (!this.#isFresh(connection)) {
      this.#drop(connection)
      return false
    }
    if (!this.#settings.prePing || (await this.#isAlive(connection))) return true
    this.#drop(connection)
    // What killed this one (a restart, a failover) has most likely killed all that were there.
    this.invalidate()
    return false
  }

  #isFresh(connection: PooledConnection): boolean {
    return !connection.isLost && performance.now() - connection.openedAt < this.#settings.recycleMs
  }

  async #isAlive(connection: PooledConnection): Promise<boolean> {
    const ping = connection.wire.execute({ text: 'select 1', params: [], isPreparable: false })
    if (!(await within(ping, Math.min(5_000, this.#settings.timeoutMs)))) return false
    return await ping.then(
      () => true,
      () => false,
    )
  }

  async #connect(startedAt: number, deadline: Deadline): Promise<PooledConnection> {
    const abort = new AbortController()
    const opening = this.#driver.connect({ signal: abort.signal })
    const forget = deadline.onPass(() => abort.abort())
    try {
      const left = Math.max(0, this.#settings.timeoutMs - (performance.now() - startedAt))
      const canceled = new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve()))
      const isInTime = await within(Promise.race([opening, canceled]), left)
      if (isInTime && !deadline.hasPassed) return this.#welcome(await opening)
      abort.abort()
      // Nobody will take it: when it comes after all, it goes again.
      opening.then((wire) => this.#dismiss(wire)).catch(() => {})
    } catch (error) {
      throw error instanceof ClosedError ? error : connectFailure(this.#driver.target, error)
    } finally {
      forget()
    }
    if (deadline.hasPassed) throw deadline.error('The call no longer waits for a connection')
    throw new PoolTimeoutError(
      `${this.#driver.target} did not take a connection within ${this.#settings.timeoutMs} ms (pool.timeoutMs).`,
    )
  }

  #welcome(wire: Awaited<ReturnType<Driver['connect']>>): PooledConnection {
    if (this.#isClosed) {
      this.#dismiss(wire)
      throw this.#closedError()
    }
    const connection = new PooledConnection(wire)
    connection.onLost = () => this.#forget(connection)
    this.#events.emit('connect', () => ({ target: this.#driver.target, backendPid: wire.backendPid }))
    return connection
  }

  #site(): Place | null {
    return this.#settings.leakWarnAfterMs === null ? null : placeHere()
  }

  #lend(connection: PooledConnection, label: string, site: Place | null): Lease {
    if (this.#isClosed) {
      this.#drop(connection)
      throw this.#closedError()
    }
    const lease = new Lease(connection, label, site)
    this.#pending--
    this.#leases.add(lease)
    const after = this.#settings.leakWarnAfterMs
    if (after !== null) lease.leakTimer = setTimeout(() => this.#warnOfLeak(lease), after).unref()
    this.#events.emit('checkout', () => ({ target: this.#driver.target, backendPid: connection.wire.backendPid }))
    return lease
  }

  #end(lease: Lease): void {
    if (!this.#leases.delete(lease))
      throw new InvalidRequestError('This connection was given back already: give it back once, where it was borrowed.')
    clearTimeout(lease.leakTimer)
    if (lease.isWatched) this.#forgotten.unregister(lease)
    this.#events.emit('checkin', () => ({ target: this.#driver.target, backendPid: lease.connection.wire.backendPid }))
    if (this.#leases.size === 0) this.#whenReturned?.()
  }

  /** What its borrower left behind is not known: it is replaced. */
  #reclaim(lease: Lease): void {
    if (!this.#leases.has(lease)) return
    this.#warnOfLeak(lease)
    lease.connection.isSuspect = true
    this.release(lease)
  }

  #warnOfLeak(lease: Lease): void {
    const message = `A connection was not given back: ${lease.describe()}.`
    this.#events.warn({ code: 'connection-leak', message, text: null })
  }

  /** A connection that was lost while it lay idle. A borrowed one is found out when it comes back. */
  #forget(connection: PooledConnection): void {
    const index = this.#idle.indexOf(connection)
    if (index < 0) return
    this.#idle.splice(index, 1)
    this.#drop(connection)
    this.#serve()
  }

  #drop(connection: PooledConnection): void {
    connection.onLost = null
    this.#dismiss(connection.wire)
    this.#events.emit('close', () => ({ target: this.#driver.target, backendPid: connection.wire.backendPid }))
  }

  #dismiss(wire: Awaited<ReturnType<Driver['connect']>>): void {
    const closing: Promise<void> = wire
      .close()
      .catch(() => {})
      .finally(() => this.#closings.delete(closing))
    this.#closings.add(closing)
  }

  /** Lets waiters open connections for which there is room. */
  #serve(): void {
    while (this.#line.length > 0 && this.#open < this.capacity) {
      this.#pending++
      this.#line.serve('slot')
    }
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#line.dismiss()
    for (const connection of this.#idle.splice(0)) this.#drop(connection)
    if (this.#leases.size > 0) {
      const returned = new Promise<void>((resolve) => {
        this.#whenReturned = resolve
      })
      await within(returned, graceMs)
    }
    for (const lease of this.#leases) {
      clearTimeout(lease.leakTimer)
      lease.connection.lose(this.#closedError())
      this.#dismiss(lease.connection.wire)
    }
    await within(Promise.all(this.#closings), closeGraceMs)
  }

  #refuseIfClosed(): void {
    if (this.isClosed) throw this.#closedError()
  }

  #closedError(): ClosedError {
    return new ClosedError('The engine is closed: its pool lends no more connections.', {
      hint: 'Close an engine last, when everything that uses it has been awaited.',
    })
  }

  #timeout(): PoolTimeoutError {
    const oldest = [...this.#leases].slice(0, 3).map((lease) => `  held by ${lease.describe()}`)
    const message = `No connection became free within ${this.#settings.timeoutMs} ms (pool.timeoutMs). ${this.#situation()}`
    return new PoolTimeoutError([message, ...oldest].join('\n'), {
      hint: 'Give connections back sooner, do not ask the engine for a second one inside a transaction, or raise pool.size.',
    })
  }

  #situation(): string {
    const { size, inUse, waiting } = this.stats()
    const beyond = this.#settings.maxOverflow > 0 ? ` + ${this.#settings.maxOverflow} overflow` : ''
    return `Pool: size ${size}${beyond}, in use ${inUse}, waiting ${waiting}.`
  }
}
