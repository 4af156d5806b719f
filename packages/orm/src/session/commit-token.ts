// The number of a transaction, asked for before COMMIT: where the answer to COMMIT is lost, the server tells by it what became of it.
import { CommitUnknownError, type Connection } from '@oriel/engine'
import { sql, types as t } from '@oriel/sql'

const ownTransaction = sql`select pg_current_xact_id_if_assigned()::text`.columns([t.text().nullable()])

/** Null where the transaction has written nothing: then there is nothing to be in doubt about. */
export async function transactionIdOf(connection: Connection): Promise<string | null> {
  const [id] = await connection.execute(ownTransaction).one()
  return id
}

/** The error of a commit, with the number where it is in doubt and the number is known. */
export function inDoubt(error: unknown, transactionId: string | null): unknown {
  if (!(error instanceof CommitUnknownError) || transactionId === null) return error
  const [what = ''] = error.message.split('\n')
  return new CommitUnknownError(`${what.replace(/\.$/, '')}: transaction ${transactionId}.`, {
    hint: `Whether it was committed the server knows: select pg_xact_status('${transactionId}'). Ask before running it again.`,
    cause: error.cause,
    transactionId,
  })
}
