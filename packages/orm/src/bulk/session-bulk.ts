// A load inside a session: its transaction, its turn among the session's operations, and its objects, which must not outlive what they say.

import type { ExecuteOptions } from '@oriel/engine'
import { executeWith } from '@oriel/engine/internal'
import { ArgumentError, InvalidRequestError } from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import { sessionReader } from '../session/entity-rows.ts'
import { expireObject } from '../session/expire.ts'
import type { Operations } from '../session/operations.ts'
import { refuseUnknown } from '../session/session-options.ts'
import type { SessionWork } from '../session/session-work.ts'
import { Bulk } from './bulk.ts'
import { type BulkPlan, bulkPlan } from './bulk-plan.ts'
import { BulkRun } from './run-bulk.ts'
import type { Send } from './transport.ts'

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
  const send = await openOf(host, options)
  const run = new BulkRun({ plan, format: state.format(mapper), dialect: state.dialect }, send, options)
  try {
    return await run.run()
  } finally {
    if (run.hasWritten && plan.kind !== 'insert' && plan.identityMap === 'expire') expireAll(mapper, host.work)
  }
}

/**
 * Flushes, and opens the transaction. Gives what sends a statement there. Each statement is one operation of the session, so that
 * others run between two batches: the rows may come from a query of the same session.
 */
async function openOf({ work, operations }: BulkHost, options: ExecuteOptions): Promise<Send> {
  const verb = 'bulk()'
  const reader = sessionReader(work.state, { isRefresh: true })
  const transaction = await operations.run(verb, async () => {
    work.refuseUnusable(verb)
    await work.flush()
    if (!work.inTransaction) await work.begin(undefined)
    return work.transaction
  })
  const { depth } = transaction
  return async (statement) =>
    await operations.run(verb, async () => {
      work.refuseUnusable(verb)
      if (work.transaction !== transaction || transaction.depth < depth)
        throw new InvalidRequestError('bulk(): the transaction in which the load began has ended.', {
          hint: 'Await session.bulk() before commit(), rollback(), and the end of nested().',
        })
      const connection = await transaction.connection()
      return await connection[executeWith](statement, reader, options)
    })
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
  for (const state of session.identityMap.of(mapper).values()) {
    if (session.deleted.has(state) || unitOfWork.isModified(state)) continue
    session.journal?.keep(state)
    expireObject(state, format)
  }
}
