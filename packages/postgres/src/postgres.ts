// The PostgreSQL dialect as one value. Each of its parts is a file beside this one.
import type { Dialect } from '@oriel/sql'
import { codecOf } from './codec/codec.ts'
import { postgresHandlers } from './grammar/handlers.ts'
import { literal } from './grammar/literal.ts'
import { maxIdentifierBytes, quote } from './identifier.ts'
import { codecByOid } from './oid.ts'
import { isReadOnlyFunction } from './read-only-function.ts'
import { databaseError } from './sqlstate.ts'
import { begin } from './transaction.ts'
import { typeName } from './type-name.ts'

const dialect: Dialect = Object.freeze({
  name: 'postgres',
  supports: Object.freeze({
    returning: true,
    onConflict: true,
    lateral: true,
    distinctOn: true,
    filterClause: true,
    groupsFrame: true,
    dataModifyingCtes: true,
    enumTypes: true,
    transactionalDdl: true,
    orderedSequence: true,
  }),
  handlers: postgresHandlers,
  maxParameters: 65535,
  maxIdentifierBytes,
  randomUuid: 'gen_random_uuid()',
  quote,
  literal,
  placeholder: (position: number) => `$${position}`,
  typeName,
  codec: codecOf,
  codecByOid,
  isReadOnlyFunction,
  databaseError,
  begin,
  // ON CONFLICT locks the row that it updates, and the new version of the row keeps the locker's number.
  // A partitioned table has no such number to give, and says so only when it is asked for it.
  insertedRow: (table: string) =>
    `case when (select relkind from pg_class where oid = ${literal(table)}::regclass) <> 'p' then xmax = 0 end`,
})

/**
 * The PostgreSQL dialect, for PostgreSQL 15 and newer. The same frozen value each time.
 * @example engine: createEngine(postgresJs(url, { dialect: postgres() }))
 */
export function postgres(): Dialect {
  return dialect
}
