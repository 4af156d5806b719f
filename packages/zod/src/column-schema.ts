// The schema of one column: what it may be given as, and what it is once it is stored. Which columns a schema has is entity-schema.ts.
import type { Column, SqlType, TypeSpec } from '@oriel/sql'
import { z } from 'zod'
import { bigintOf, dateOf, decimalOf } from './given.ts'
import { jsonValue } from './json-schema.ts'
import { type Named, named } from './message.ts'

/** A value that somebody gives: JSON's own forms of dates and exact numbers are taken too, and what the column cannot hold is refused. */
export function givenValue({ type, label }: Column): z.ZodType {
  const schema = given(type, named(label))
  return type.spec.isNullable ? schema.nullable() : schema
}

/** A value as JavaScript holds it once it was read. */
export function storedValue({ type, label }: Column): z.ZodType {
  return stored(type, named(label))
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const clock = String.raw`\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?`
const patterns = {
  date: /^\d{4,}-\d{2}-\d{2}$/,
  time: new RegExp(`^${clock}$`),
  timetz: new RegExp(String.raw`^${clock}(Z|[+-]\d{2}(:?\d{2})?)$`),
  timestamp: new RegExp(String.raw`^\d{4,}-\d{2}-\d{2}[T ]${clock}$`),
}

function given(type: SqlType<unknown>, as: Named): z.ZodType {
  const { spec } = type
  if (spec.codec) return defined(as)
  switch (spec.name) {
    case 'smallint':
      return z.number(as).int(as).min(-32_768, as).max(32_767, as)
    case 'integer':
      return z.number(as).int(as).min(-2_147_483_648, as).max(2_147_483_647, as)
    case 'bigint':
      return z.preprocess(
        bigintOf,
        z
          .bigint(as)
          .min(-(2n ** 63n), as)
          .max(2n ** 63n - 1n, as),
      )
    case 'numeric':
      return spec.representation === 'number'
        ? z.number(as)
        : z.preprocess(
            decimalOf,
            z
              .string(as)
              .regex(decimal, as)
              .refine(fits(spec), as.says(digitsOf(spec))),
          )
    case 'text':
    case 'varchar':
    case 'char':
      return text(spec, as)
    case 'timestamptz':
      return spec.representation === 'text' ? z.string(as) : z.preprocess(dateOf, z.date(as))
    case 'timestamp':
    case 'date':
    case 'time':
    case 'timetz':
      return z.string(as).regex(patterns[spec.name], as.says(`is no ${spec.name}`))
    case 'interval':
      return interval(as)
    case 'array':
      return z.array(spec.element ? elementOf(spec.element, (element) => given(element, as)) : z.unknown(), as)
    default:
      return stored(type, as)
  }
}

function stored(type: SqlType<unknown>, as: Named): z.ZodType {
  const schema = notNull(type, as)
  return type.spec.isNullable ? schema.nullable() : schema
}

function notNull({ spec }: SqlType<unknown>, as: Named): z.ZodType {
  if (spec.codec) return defined(as)
  switch (spec.name) {
    case 'boolean':
      return z.boolean(as)
    case 'smallint':
    case 'integer':
      return z.number(as).int(as)
    case 'real':
    case 'double':
      return z.custom<number>((value) => typeof value === 'number', as.says('expected number'))
    case 'bigint':
      return z.bigint(as)
    case 'numeric':
      return spec.representation === 'number' ? z.number(as) : z.string(as)
    case 'timestamptz':
      return spec.representation === 'text' ? z.string(as) : z.date(as)
    case 'uuid':
      return z.guid(as)
    case 'bytea':
      return z.instanceof(Uint8Array, as)
    case 'interval':
      return interval(as)
    case 'enum':
      return z.enum([...(spec.values ?? [])], as)
    case 'json':
    case 'jsonb':
      return jsonValue(spec.schema, as)
    case 'array':
      return z.array(spec.element ? elementOf(spec.element, (element) => stored(element, as)) : z.unknown(), as)
    case 'unknown':
      return z.unknown()
    default:
      return z.string(as)
  }
}

function elementOf(element: SqlType<unknown>, schemaOf: (element: SqlType<unknown>) => z.ZodType): z.ZodType {
  const schema = schemaOf(element)
  return element.spec.isNullable ? schema.nullable() : schema
}

/** A value of a class of the user's: their codec knows what it is. */
function defined(as: Named): z.ZodType {
  return z.custom((value) => value !== undefined && value !== null, as.says('is required'))
}

function text({ length }: TypeSpec, as: Named): z.ZodType {
  const schema = z
    .string(as)
    .refine((value) => !value.includes('\u0000'), as.says('holds the character NUL, which no text of the database can'))
    .refine((value) => value.isWellFormed(), as.says('holds half of a character'))
  if (length === undefined) return schema
  // The database counts characters, not the halves of which JavaScript makes some.
  return schema.refine((value) => [...value].length <= length, as.says(`has at most ${length} characters`))
}

function interval(as: Named): z.ZodType {
  const part = z.number(as).optional()
  return z.strictObject({ years: part, months: part, days: part, hours: part, minutes: part, seconds: part }, as)
}

/** The database would round what has more decimals, and refuse what has more digits. */
function fits({ precision, scale = 0 }: TypeSpec): (value: string) => boolean {
  return (value) => {
    if (precision === undefined) return true
    const [, whole = '', fraction = '', exponent = '0'] = /^[+-]?0*(\d*)\.?(\d*?)0*(?:e([+-]?\d+))?$/i.exec(value) ?? []
    const shift = Number(exponent)
    const significant = (whole + fraction).replace(/^0+/, '')
    const digits = whole.length > 0 ? whole.length : -(/^0*/.exec(fraction)?.[0].length ?? 0)
    // `50e-3` is 0.05: zeros at the end of a whole number take no place behind the point.
    const zeros = fraction === '' ? (/0*$/.exec(whole)?.[0].length ?? 0) : 0
    return significant === '' || (digits + shift <= precision - scale && fraction.length - zeros - shift <= scale)
  }
}

function digitsOf({ precision = 0, scale = 0 }: TypeSpec): string {
  return `has at most ${precision - scale} digits before the point and ${scale} behind it`
}
