// The fields of a server error as pg delivers them, put into Oriel's names.
import { DriverError } from '@oriel/engine'
import type { ServerErrorFields } from '@oriel/sql'
import pg from 'pg'

/** What an error of pg, or a notice, has of the protocol's fields. */
export interface PgFields {
  readonly message?: string | undefined
  readonly code?: string | undefined
  readonly severity?: string | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly position?: string | undefined
  readonly where?: string | undefined
  readonly schema?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
  readonly dataType?: string | undefined
  readonly constraint?: string | undefined
}

/** The error for what the server refused; undefined for anything else that pg rejects with. */
export function driverError(error: unknown): DriverError | undefined {
  return error instanceof pg.DatabaseError ? new DriverError(serverErrorFields(error), error) : undefined
}

/** Is it the server's last word on this connection? */
export function isFatal({ fields }: DriverError): boolean {
  return fields.severity === 'FATAL' || fields.severity === 'PANIC'
}

/** The protocol's fields under Oriel's names. */
export function serverErrorFields(fields: PgFields): ServerErrorFields {
  return {
    message: fields.message ?? '',
    sqlState: fields.code ?? 'XX000',
    severity: fields.severity,
    detail: fields.detail,
    hint: fields.hint,
    position: fields.position === undefined ? undefined : Number(fields.position),
    where: fields.where,
    schema: fields.schema,
    table: fields.table,
    column: fields.column,
    dataType: fields.dataType,
    constraint: fields.constraint,
  }
}
