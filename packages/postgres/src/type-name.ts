// Types as DDL and casts write them: `numeric(12, 2)`, `timestamptz`, `text[]`, and names of the database's own types.
import { ArgumentError, type SqlType, type TypeName, type TypeSpec } from '@oriel/sql'
import { quote, quoteAlways } from './identifier.ts'
import { columnNameKeywords } from './keyword.ts'

const byName: { readonly [K in TypeName]: (spec: TypeSpec) => string } = {
  unknown: () => 'text',
  boolean: () => 'boolean',
  smallint: () => 'smallint',
  integer: () => 'integer',
  bigint: () => 'bigint',
  real: () => 'real',
  double: () => 'double precision',
  numeric: ({ precision, scale }) =>
    precision === undefined
      ? 'numeric'
      : `numeric(${[precision, ...(scale === undefined ? [] : [scale])].map(digits).join(', ')})`,
  text: () => 'text',
  varchar: ({ length }) => withLength('varchar', length),
  char: ({ length }) => withLength('char', length),
  uuid: () => 'uuid',
  bytea: () => 'bytea',
  timestamptz: ({ precision }) => withLength('timestamptz', precision),
  timestamp: ({ precision }) => withLength('timestamp', precision),
  date: () => 'date',
  time: ({ precision }) => withLength('time', precision),
  timetz: ({ precision }) => withLength('timetz', precision),
  interval: () => 'interval',
  json: () => 'json',
  jsonb: () => 'jsonb',
  enum: ({ typeName = '' }) => qualified(typeName),
  array: ({ element }) => `${element ? typeName(element) : 'text'}[]`,
  custom: ({ typeName = '' }) => customName(typeName),
}

/** The name of a type as DDL and casts write it. Throws ArgumentError for a custom name that cannot be one. */
export function typeName(type: SqlType<unknown>): string {
  return byName[type.spec.name](type.spec)
}

function digits(value: number): string {
  if (!Number.isInteger(value)) throw new ArgumentError(`A type takes whole numbers, got ${value}`)
  return String(value)
}

function withLength(name: string, length: number | undefined): string {
  return length === undefined ? name : `${name}(${digits(length)})`
}

const quoted = /^"(?:[^"]|"")+"$/
const parts = /"(?:[^"]|"")+"|[^.]+/g

function part(name: string): string {
  return quoted.test(name) ? quoteAlways(name.slice(1, -1).replaceAll('""', '"')) : quote(name)
}

/** `app.Mood` → `app."Mood"`; parts that the user has put in quotes already stay one part. */
function qualified(name: string): string {
  const found = name.match(parts) ?? []
  if (found.join('.') !== name) throw new ArgumentError(`${JSON.stringify(name)} is not the name of a type`)
  return found.map(part).join('.')
}

/** The names of SQL that are more than one word; everything else with a blank in it is a name to be quoted. */
const severalWords =
  /^(?:double precision|(?:bit|character|char|national character|national char|nchar) varying(?:\(\d+\))?|(?:time|timestamp)(?:\(\d\))? with(?:out)? time zone|interval (?:year|month|day|hour|minute|second)(?: to (?:month|hour|minute|second))?(?:\(\d\))?)$/
const modified = /^([^()]+?) ?(\([\w ,.-]*\))?((?:\[\d*\])*)$/

function customName(name: string): string {
  const [, base = '', modifier = '', dimensions = ''] = modified.exec(name) ?? []
  if (severalWords.test(name)) return name
  if (severalWords.test(base + modifier)) return base + modifier + dimensions
  if (base === '') throw new ArgumentError(`${JSON.stringify(name)} is not the name of a type`)
  // `bit` and `"bit"` are one type, but `char` and `"char"` are two: names that SQL itself defines stay bare.
  const written = columnNameKeywords.includes(base) ? base : qualified(base)
  return written + modifier + dimensions
}
