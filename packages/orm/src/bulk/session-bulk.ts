// A load inside a session: its transaction, its turn among the session's operations, and its objects, which must not outlive what they say.

import { CanceledError, type ExecuteOptions } from '@oriel/engine'
import { executeWith } from '@oriel/engine/internal'
import { ArgumentError, beginAtUser, InvalidRequestError, OrielError, userFrames } from '@oriel/sql'
import { markExpired } from '../mapped/expired.ts'
import type { Mapper } from '../registry/mapper.ts'
import { followMoves } from '../session/collection-moves.ts'
import { sessionReader } from '../session/entity-rows.ts'
import { expireObject } from '../session/expire.ts'
import { forgetHolders } from '../session/moved-reference.ts'
import type { Operations } from '../session/operations.ts'
import { refuseUnknown } from '../session/session-options.ts'
import type { SessionWork } from '../session/session-work.ts'
import type { OpenStream } from '../stream/session-stream.ts'
import { Bulk } from './bulk.ts'
import { type BulkPlan, bulkPlan } from './bulk-plan.ts'
import { keepReport, Tally } from './bulk-report.ts'
import { sourceOf } from './row-source.ts'
import { BulkRun } from './run-bulk.ts'
import type { Send } from './transport.ts'

const verb = 'bulk()'

/** What a load needs of its session. */
export interface BulkHost {
  readonly work: SessionWork
  readonly operations: Operations
}

function planIn(load: unknown): BulkPlan {
  if (load instanceof Bulk) return load[bulkPlan]
  throw new ArgumentError('session.bulk() takes what bulkInsert(), bulkUpsert() or bulkUpdate() makes.')
}

/** Runs a load. Rejects with what stopped it; `bulkReportOf(error)` says what had been done. */
export async function bulkOf(host: BulkHost, load: unknown, options: ExecuteOptions): Promise<unknown> {
  refuseUnknown(options, ['signal', 'timeoutMs'], 'session.bulk()')
  const plan = planIn(load)
  const { state } = host.work
  const mapper = state.mapperOf(plan.entityClass)
  refuseReadOnly(mapper)
  const open = new OpenLoad(host, options)
  try {
    return await open.run(plan, mapper)
  } catch (error) {
    throw atCaller(error)
  } finally {
    open.end()
    if (open.hasWritten && plan.kind !== 'insert' && plan.identityMap === 'expire') expireAll(mapper, host.work)
  }
}

/**
 * A load under way. Each statement is one operation of the session, so that others run between two batches: the rows may come from a
 * query of the same session. What ends a transaction, and nested(), have to wait until it is done, since they would decide about half of it.
 */
class OpenLoad implements OpenStream {
  readonly #host: BulkHost
  readonly #options: ExecuteOptions
  readonly #close: () => void
  #run: BulkRun | null = null
  #ended: Error | null = null

  constructor(host: BulkHost, options: ExecuteOptions) {
    this.#host = host
    this.#options = options
    this.#close = host.operations.open(verb)
  }

  get hasWritten(): boolean {
    return this.#run?.hasWritten === true
  }

  async run(plan: BulkPlan, mapper: Mapper): Promise<unknown> {
    const { signal } = this.#options
    const { state } = this.#host.work
    const send = await this.#begin()
    const source = await this.#source(plan)
    const parts = { plan: { ...plan, source }, format: state.format(mapper), dialect: state.dialect }
    const run = new BulkRun(parts, send)
    this.#run = run
    const stop = (): void => {
      if (signal) run.stop(aborted(signal))
    }
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    try {
      return await run.run()
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Its transaction, or the savepoint in which it began, is gone: it does not go on in the next one. */
  endedBy(what: string): void {
    this.#ended = new InvalidRequestError(
      `bulk(): the transaction in which the load began has ended, by ${what}. Its rows went with it.`,
      { hint: 'Await session.bulk() before commit(), rollback(), and the end of nested().' },
    )
    this.#close()
    this.#run?.stop(this.#ended)
  }

  end(): void {
    this.#close()
    this.#host.work.transaction.streamClosed(this)
  }

  async #source({ source }: BulkPlan): Promise<unknown> {
    const { signal } = this.#options
    try {
      if (signal?.aborted) throw aborted(signal)
      return await sourceOf(source)
    } catch (error) {
      throw keepReport(error, new Tally().report())
    }
  }

  /** Flushes, and opens the transaction. Gives what sends a statement there. */
  async #begin(): Promise<Send> {
    const { work, operations } = this.#host
    const reader = sessionReader(work.state, { isRefresh: true })
    const transaction = await operations.run(verb, async () => {
      work.refuseUnusable(verb)
      await work.flush()
      if (!work.inTransaction) await work.begin(undefined)
      work.transaction.streamOpened(this)
      return work.transaction
    })
    return async (statement) =>
      await operations.run(verb, async () => {
        if (this.#ended) throw this.#ended
        work.refuseUnusable(verb)
        const connection = await transaction.connection()
        transaction.wrote()
        try {
          return await connection[executeWith](statement, reader, this.#options)
        } finally {
          followMoves(work.state)
        }
      })
  }
}

/** Batches are sent from turns of the event loop in which nobody called: the line of the user's is the one that awaits the load. */
function atCaller(error: unknown): unknown {
  if (error instanceof OrielError && userFrames(error).length === 0) beginAtUser(error)
  return error
}

function aborted(signal: AbortSignal): CanceledError {
  return new CanceledError('session.bulk(): its signal was aborted.', { cause: signal.reason })
}

function refuseReadOnly({ element, name }: Mapper): void {
  if (element.isReadOnly)
    throw new ArgumentError(`${name} is read-only: it is not inserted, updated or deleted.`, {
      hint: 'Write to what it is made from, or drop readOnly from its @Entity().',
    })
}

/** Forgets what unmodified objects of the class held: their rows may be others now. */
function expireAll(mapper: Mapper, { state: session, unitOfWork }: SessionWork): void {
  const format = session.format(mapper)
  const references = mapper.related.filter(({ holdsKey }) => holdsKey)
  for (const state of session.identityMap.of(mapper).values()) {
    if (session.deleted.has(state) || unitOfWork.isModified(state)) continue
    session.journal?.keep(state)
    // Nor is it known any more who has them.
    for (const reference of references) forgetHolders(state, { reference, before: state.lastRow }, session)
    expireObject(state, format)
    markExpired(state.object, 'a bulk load')
  }
  followMoves(session)
}
