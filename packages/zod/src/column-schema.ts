// The schema of one column: what it may be given as, and what it is once it is stored. Which columns a schema has is entity-schema.ts.
import type { Column, SqlType, TypeSpec } from '@oriel/sql'
import { z } from 'zod'
import { isOn } from './calendar.ts'
import { digitsOf, fits, isDecimal, isReal } from './exact.ts'
import { bigintOf, dateOf, decimalOf } from './given.ts'
import { jsonValue } from './json-schema.ts'
import { type Named, named } from './message.ts'
import { holdsHalf, holdsNul, isGrid } from './storable.ts'

/** A value that somebody gives: JSON's own forms of dates and exact numbers are taken too, and what the column cannot hold is refused. */
export function givenValue({ type, label }: Column): z.ZodType {
  const schema = given(type, named(label))
  return type.spec.isNullable ? schema.nullable() : schema
}

/** A value as JavaScript holds it once it was read. */
export function storedValue({ type, label }: Column): z.ZodType {
  return stored(type, named(label))
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
    case 'real':
      return notNull(type, as).refine(
        (value) => typeof value !== 'number' || isReal(value),
        as.says('is not kept by a real, which has six digits and fewer powers of ten than a number'),
      )
    case 'numeric':
      return spec.representation === 'number'
        ? z.number(as).refine((value) => fits(spec)(String(value)), as.says(digitsOf(spec)))
        : z.preprocess(
            decimalOf,
            z
              .string(as)
              .refine(isDecimal, as.says('is no decimal number'))
              .refine((value) => !isDecimal(value) || fits(spec)(value), as.says(digitsOf(spec))),
          )
    case 'text':
    case 'varchar':
    case 'char':
    case 'custom':
      return text(spec, as)
    case 'timestamptz':
      if (spec.representation === 'text') return onCalendar(spec.name, as)
      return z.preprocess(dateOf(as), z.date(as).min(firstDate, as.says('is before 4713 BC')))
    case 'timestamp':
    case 'date':
    case 'time':
    case 'timetz':
      return onCalendar(spec.name, as)
    case 'interval':
      return span(as)
    case 'json':
    case 'jsonb':
      return characters(notNull(type, as), as)
    case 'array': {
      const list = z.array(spec.element ? elementOf(spec.element, (element) => given(element, as)) : z.unknown(), as)
      return isNested(spec) ? list.refine(isGrid, as.says('has rows that differ in length, or are empty')) : list
    }
    default:
      return notNull(type, as)
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

/** PostgreSQL has no earlier instant that a Date would be written as. */
const firstDate = new Date(Date.UTC(-4712, 0, 1))

/** A date, a clock or an instant, as text. */
function onCalendar(kind: Parameters<typeof isOn>[0], as: Named): z.ZodType {
  return z.string(as).refine((value) => isOn(kind, value), as.says(`is no ${kind}`))
}

function isNested({ element }: TypeSpec): boolean {
  return element !== undefined && element.spec.name === 'array' && !element.spec.codec
}

/** What is written as text, in JSON too. */
function characters<S extends z.ZodType>(schema: S, as: Named): S {
  return schema
    .refine((value) => !holdsNul(value), as.says('holds the character NUL, which no text of the database can'))
    .refine((value) => !holdsHalf(value), as.says('holds half of a character'))
}

function text({ length }: TypeSpec, as: Named): z.ZodType {
  const schema = characters(z.string(as), as)
  if (length === undefined) return schema
  // The database counts characters, not the halves of which JavaScript makes some.
  return schema.refine((value) => [...value].length <= length, as.says(`has at most ${length} characters`))
}

/** A span of time as it is given. The server would carry a fraction of a month or a day over into smaller parts. */
function span(as: Named): z.ZodType {
  const whole = z.number(as).int(as)
  const count = whole.min(-2_147_483_648, as).max(2_147_483_647, as).optional()
  const seconds = z
    .number(as)
    .refine((value) => Number(value.toFixed(6)) === value, as.says('is finer than a microsecond'))
  return z
    .strictObject(
      {
        years: count,
        months: count,
        days: count,
        hours: whole.optional(),
        minutes: whole.optional(),
        seconds: seconds.optional(),
      },
      as,
    )
    .refine(({ years = 0, months = 0 }) => Math.abs(years * 12 + months) <= 2_147_483_647, as.says('is too long'))
    .refine(
      ({ hours = 0, minutes = 0, seconds = 0 }) =>
        Math.abs(hours * 3_600 + minutes * 60 + seconds) <= 9_000_000_000_000,
      as.says('is too long'),
    )
}

function interval(as: Named): z.ZodType {
  const part = z.number(as).optional()
  return z.strictObject({ years: part, months: part, days: part, hours: part, minutes: part, seconds: part }, as)
}
