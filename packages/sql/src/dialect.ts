// What a database's grammar has to say about itself. One value per dialect; the engine and the compiler ask `supports`, never a name.
import type { Handlers } from './compiler/handlers.ts'
import type { DatabaseError, DatabaseErrorOptions } from './error/database-error.ts'
import type { Codec } from './type/codec.ts'
import type { SqlType } from './type/sql-type.ts'

/** What a dialect can do. Code asks these questions instead of naming a database. */
export interface Supports {
  readonly returning: boolean
  readonly onConflict: boolean
  readonly lateral: boolean
  readonly distinctOn: boolean
  readonly filterClause: boolean
  readonly groupsFrame: boolean
  readonly dataModifyingCtes: boolean
  readonly enumTypes: boolean
  readonly transactionalDdl: boolean
  /** INSERT … SELECT … ORDER BY takes sequence values in that order. */
  readonly orderedSequence: boolean
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: boolean
  readonly deferrable?: boolean
}

export interface Dialect {
  readonly name: string
  readonly supports: Supports
  readonly handlers: Handlers
  /** The most parameters that one statement may have. */
  readonly maxParameters: number
  /** The longest identifier, in bytes of UTF-8. */
  readonly maxIdentifierBytes: number
  /** An identifier as it stands in SQL: quoted where it must be. */
  quote(identifier: string): string
  /** The expression by which the database makes a uuid, for a column's default. */
  readonly randomUuid: string
  /** A text as a literal, for definitions, which take no parameters. */
  literal(text: string): string
  placeholder(position: number): string
  /** A type as DDL and casts write it: `numeric(12, 2)`. */
  typeName(type: SqlType<unknown>): string
  codec(type: SqlType<unknown>): Codec
  /** The codec for a column of which only the server's type number is known. */
  codecByOid(oid: number): Codec
  /** True for functions that change nothing, so that a SELECT of them needs no transaction. */
  isReadOnlyFunction(name: string): boolean
  /** The error that the server's code stands for. */
  databaseError(options: DatabaseErrorOptions): DatabaseError
  begin(options?: TransactionOptions): string
  /**
   * In SQL, over a row of this table that RETURNING gives: was it inserted, and not updated by ON CONFLICT? NULL where the table does not tell.
   * `table` is the name as SQL writes it. Left out where that can never be told.
   */
  insertedRow?(table: string): string
}
