// Chooses the codec of a type, once per SqlType. Columns known only by the server's number come through ../oid.ts.
import type { Codec, SqlType, TypeName, TypeSpec } from '@oriel/sql'
import { arrayCodec } from './array.ts'
import { byteaCodec } from './bytea.ts'
import { enumCodec } from './enum.ts'
import { instantAsTextCodec, instantCodec } from './instant.ts'
import { intervalCodec } from './interval.ts'
import { jsonCodec } from './json.ts'
import {
  bigintAsNumberCodec,
  bigintCodec,
  booleanCodec,
  doubleCodec,
  integer32Codec,
  realCodec,
  smallintCodec,
} from './number.ts'
import { numericAsNumberCodec, numericCodec } from './numeric.ts'
import { storing, storingArray } from './stored.ts'
import { textCodec, uuidCodec } from './text.ts'
import { unknownCodec } from './unknown.ts'
import { guardedCodec } from './user.ts'
import { dateCodec, timeCodec, timestampCodec, timetzCodec } from './wall-clock.ts'

const byName: { readonly [K in TypeName]: (spec: TypeSpec) => Codec } = {
  unknown: () => unknownCodec,
  boolean: () => booleanCodec,
  smallint: () => smallintCodec,
  integer: () => integer32Codec,
  bigint: (spec) => (spec.representation === 'number' ? bigintAsNumberCodec : bigintCodec),
  real: () => realCodec,
  double: () => doubleCodec,
  numeric: (spec) => (spec.representation === 'number' ? numericAsNumberCodec : numericCodec),
  text: () => textCodec,
  varchar: () => textCodec,
  char: () => textCodec,
  uuid: () => uuidCodec,
  bytea: () => byteaCodec,
  timestamptz: (spec) => (spec.representation === 'text' ? instantAsTextCodec : instantCodec),
  timestamp: () => timestampCodec,
  date: () => dateCodec,
  time: () => timeCodec,
  timetz: () => timetzCodec,
  interval: () => intervalCodec,
  json: (spec) => jsonCodec(spec.schema),
  jsonb: (spec) => jsonCodec(spec.schema),
  enum: (spec) => enumCodec(spec.values),
  array: arrayOf,
  custom: () => textCodec,
}

function arrayOf(spec: TypeSpec): Codec {
  let depth = 1
  let element = spec.element
  while (element?.spec.name === 'array' && !element.spec.codec) {
    depth++
    element = element.spec.element
  }
  if (!element) return arrayCodec({ leaf: unknownCodec, depth, isLeafOpen: false })
  const { name, codec } = element.spec
  const isLeafOpen = codec !== undefined || name === 'json' || name === 'jsonb'
  return storingArray({ leaf: codecOf(element), depth, isLeafOpen })
}

const cache = new WeakMap<SqlType<unknown>, Codec>()

/** The codec between the server's text and the JavaScript value of a type. The same object for the same SqlType. */
export function codecOf(type: SqlType<unknown>): Codec {
  const known = cache.get(type)
  if (known) return known
  const { spec } = type
  const codec = storing(spec.codec ? guardedCodec(spec.codec) : byName[spec.name](spec), spec)
  cache.set(type, codec)
  return codec
}
