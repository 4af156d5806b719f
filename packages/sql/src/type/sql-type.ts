// The SQL type of a column or an expression: plain data that a dialect turns into a name and a codec.
import type { Codec, StandardSchema, ValueCodec } from './codec.ts'
import type { Numeric } from './value.ts'

/** The types every dialect is asked about. `enum` and `custom` carry the database's own name. */
export type TypeName =
  | 'unknown'
  | 'boolean'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'real'
  | 'double'
  | 'numeric'
  | 'text'
  | 'varchar'
  | 'char'
  | 'uuid'
  | 'bytea'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'timetz'
  | 'interval'
  | 'json'
  | 'jsonb'
  | 'enum'
  | 'array'
  | 'custom'

/** What is known of a type. */
export interface TypeSpec {
  readonly name: TypeName
  readonly isNullable: boolean
  readonly length?: number
  readonly precision?: number
  readonly scale?: number
  /** The members of an enum. */
  readonly values?: readonly string[]
  /** The database's name of an enum or a custom type. */
  readonly typeName?: string
  /** The type of an array's elements. */
  readonly element?: SqlType<unknown>
  /** Hold the value in JavaScript as a number or as the database's text, instead of the type's own form. */
  readonly representation?: 'number' | 'text'
  /** A codec of the user's, between the database's text and a class of theirs. */
  readonly codec?: Codec
  /** A Standard Schema that a json value is checked with. */
  readonly schema?: StandardSchema<unknown>
}

/** The SQL type of a column or an expression; T is what JavaScript holds. Immutable. */
export class SqlType<T> {
  declare readonly '~type': T
  readonly spec: TypeSpec

  constructor(spec: TypeSpec) {
    this.spec = Object.freeze(spec)
  }

  /** The column may hold NULL: the property is `T | null`. */
  nullable(): SqlType<T | null> {
    return new SqlType({ ...this.spec, isNullable: true })
  }

  /** An array of this type. Elements may be null where the element type is nullable. */
  array(): SqlType<T[]> {
    return new SqlType({ name: 'array', isNullable: false, element: this })
  }
}

/** An exact decimal. By default a string in JavaScript, marked `Numeric`. */
export class NumericType extends SqlType<Numeric> {
  /** Hold it as a number: `t.numeric(5, 2).asNumber()`. Digits past what a double can hold are lost. */
  asNumber(): SqlType<number> {
    return new SqlType({ ...this.spec, representation: 'number' })
  }

  /** Hold it in a decimal class of your own. */
  as<T>(codec: ValueCodec<T>): SqlType<T> {
    return new SqlType({ ...this.spec, codec: userCodec(codec) })
  }
}

/** An instant. By default a Date, which keeps milliseconds; `asText()` keeps all six digits. */
export class InstantType extends SqlType<Date> {
  /** Hold it as the database's text, microseconds and infinity included. */
  asText(): SqlType<string> {
    return new SqlType({ ...this.spec, representation: 'text' })
  }
}

/** @internal A user's codec speaks of T; the wire asks for unknown. Only values read from this type's columns get here. */
export function userCodec<T>(codec: ValueCodec<T>): Codec {
  return { decode: (text) => codec.decode(text), encode: (value) => codec.encode(value as T) }
}

/** The type of an expression that nothing is known about: decoded by what the server reports. */
export const unknownType: SqlType<unknown> = new SqlType({ name: 'unknown', isNullable: true })
