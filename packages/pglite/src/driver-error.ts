// The fields of a server error as PGlite delivers them, put into Oriel's names.
import type { messages } from '@electric-sql/pglite'
import { DriverError } from '@oriel/engine'
import type { ServerErrorFields } from '@oriel/sql'

/** The error for what the database refused. */
export function driverError(error: messages.DatabaseError): DriverError {
  const fields: ServerErrorFields = {
    message: error.message,
    sqlState: error.code ?? 'XX000',
    severity: error.severity,
    detail: error.detail,
    hint: error.hint,
    position: error.position === undefined ? undefined : Number(error.position),
    where: error.where,
    schema: error.schema,
    table: error.table,
    column: error.column,
    dataType: error.dataType,
    constraint: error.constraint,
  }
  return new DriverError(fields, error)
}
