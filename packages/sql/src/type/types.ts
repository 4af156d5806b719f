// The column types, as `t` in entity files: `import { types as t } from 'oriel'`.

import { ArgumentError } from '../error/oriel-error.ts'
import type { StandardSchema, ValueCodec } from './codec.ts'
import { InstantType, NumericType, SqlType, type TypeSpec, userCodec } from './sql-type.ts'
import type { Interval } from './value.ts'

function of<T>(name: TypeSpec['name'], more: Partial<TypeSpec> = {}): SqlType<T> {
  return new SqlType<T>({ name, isNullable: false, ...more })
}

function positive(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 1)
    throw new ArgumentError(`${what} is a whole number of at least 1, got ${value}`)
  return value
}

/** The column types. Each gives the database's type and the type of the property that holds it. */
export const types = {
  /** `integer`: a number between -2147483648 and 2147483647. */
  integer: (): SqlType<number> => of('integer'),
  /** `smallint`: a number between -32768 and 32767. */
  smallint: (): SqlType<number> => of('smallint'),
  /** `bigint`: a JavaScript bigint, exact. */
  bigint: (): SqlType<bigint> => of('bigint'),
  /** `double precision`: a number. */
  double: (): SqlType<number> => of('double'),
  /** `real`: a number of about six digits. */
  real: (): SqlType<number> => of('real'),
  /** `numeric(precision, scale)`: an exact decimal, held as a string marked `Numeric`. */
  numeric: (precision?: number, scale?: number): NumericType =>
    new NumericType({
      name: 'numeric',
      isNullable: false,
      ...(precision === undefined ? {} : { precision: positive(precision, 'The precision of numeric') }),
      ...(scale === undefined ? {} : { scale }),
    }),
  /** `boolean`. */
  boolean: (): SqlType<boolean> => of('boolean'),
  /** `text`. Name the literals for a union: `t.text<'new' | 'paid'>()`. */
  text: <T extends string = string>(): SqlType<T> => of('text'),
  /** `varchar(n)`. */
  varchar: <T extends string = string>(length: number): SqlType<T> =>
    of('varchar', { length: positive(length, 'The length of varchar') }),
  /** `char(n)`, padded with blanks by the database. */
  char: (length: number): SqlType<string> => of('char', { length: positive(length, 'The length of char') }),
  /** `uuid`: a string in lower case. */
  uuid: (): SqlType<string> => of('uuid'),
  /** `timestamptz`: an instant, a Date. `.asText()` keeps microseconds and infinity. */
  timestamptz: (): InstantType => new InstantType({ name: 'timestamptz', isNullable: false }),
  /** `timestamp`: a wall clock without a zone, a string such as `2024-03-31 02:30:00`. */
  timestamp: (): SqlType<string> => of('timestamp'),
  /** `date`: a string such as `2024-03-31`. */
  date: (): SqlType<string> => of('date'),
  /** `time`: a string such as `02:30:00`. */
  time: (): SqlType<string> => of('time'),
  /** `timetz`: a string such as `02:30:00+01`. */
  timetz: (): SqlType<string> => of('timetz'),
  /** `interval`: its parts, `{ months: 1, days: 3 }`. */
  interval: (): SqlType<Interval> => of('interval'),
  /** `bytea`: bytes. */
  bytea: (): SqlType<Uint8Array> => of('bytea'),
  /** `json`, kept as written. */
  json: <T = unknown>(schema?: StandardSchema<T>): SqlType<T> => of('json', schema ? { schema } : {}),
  /** `jsonb`, typed by a type argument or by a schema. */
  jsonb: <T = unknown>(schema?: StandardSchema<T>): SqlType<T> => of('jsonb', schema ? { schema } : {}),
  /** An enum type of the database: `t.enum('mood', ['sad', 'ok'])`. `createAll` creates it. */
  enum: <const T extends string>(name: string, values: readonly T[]): SqlType<T> =>
    of('enum', { typeName: name, values: Object.freeze([...values]) }),
  /** Any other type of the database, by its name: `t.custom('inet')`, or with a codec for a class of your own. */
  custom: <T = string>(name: string, codec?: ValueCodec<T>): SqlType<T> =>
    of('custom', { typeName: name, ...(codec ? { codec: userCodec(codec) } : {}) }),
}
