// The fields of a server error as postgres.js delivers them, put into Oriel's names.
import { DriverError } from '@oriel/engine'
import type { ServerErrorFields } from '@oriel/sql'
import postgres from 'postgres'

/** What an error of postgres.js, or a notice, has of the protocol's fields. */
interface PostgresJsFields {
  readonly message?: string | undefined
  readonly code?: string | undefined
  readonly severity?: string | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly position?: string | undefined
  readonly where?: string | undefined
  readonly schema_name?: string | undefined
  readonly table_name?: string | undefined
  readonly column_name?: string | undefined
  readonly constraint_name?: string | undefined
  /** postgres.js names it with a space. */
  readonly 'data type_name'?: string | undefined
}

/** The error for what the server refused; undefined for anything else that postgres.js rejects with. */
export function driverError(error: unknown): DriverError | undefined {
  return error instanceof postgres.PostgresError ? new DriverError(serverErrorFields(error), error) : undefined
}

/** The protocol's fields under Oriel's names. */
export function serverErrorFields(fields: PostgresJsFields): ServerErrorFields {
  return {
    message: fields.message ?? '',
    sqlState: fields.code ?? 'XX000',
    severity: fields.severity,
    detail: fields.detail,
    hint: fields.hint,
    position: fields.position === undefined ? undefined : Number(fields.position),
    where: fields.where,
    schema: fields.schema_name,
    table: fields.table_name,
    column: fields.column_name,
    dataType: fields['data type_name'],
    constraint: fields.constraint_name,
  }
}
