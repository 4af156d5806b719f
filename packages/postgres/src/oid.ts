// PostgreSQL's numbers of its built-in types, for columns of which nothing else is known (raw statements).
// One JavaScript type per number: int8 is always a bigint here, whatever its value.
import { type Codec, types as t } from '@oriel/sql'
import { arrayCodec } from './codec/array.ts'
import { codecOf } from './codec/codec.ts'
import { unsignedCodec } from './codec/number.ts'
import { unknownCodec } from './codec/unknown.ts'

interface BuiltIn {
  readonly oid: number
  readonly array: number
  readonly codec: Codec
  readonly isJson?: true
}

/** What is not here is read as text: geometry, network addresses, ranges, and every type of the user's. */
const builtIns: readonly BuiltIn[] = [
  { oid: 16, array: 1000, codec: codecOf(t.boolean()) },
  { oid: 17, array: 1001, codec: codecOf(t.bytea()) },
  { oid: 18, array: 1002, codec: codecOf(t.text()) },
  { oid: 19, array: 1003, codec: codecOf(t.text()) },
  { oid: 20, array: 1016, codec: codecOf(t.bigint()) },
  { oid: 21, array: 1005, codec: codecOf(t.smallint()) },
  { oid: 23, array: 1007, codec: codecOf(t.integer()) },
  { oid: 25, array: 1009, codec: codecOf(t.text()) },
  { oid: 26, array: 1028, codec: unsignedCodec },
  { oid: 114, array: 199, codec: codecOf(t.json()), isJson: true },
  { oid: 700, array: 1021, codec: codecOf(t.real()) },
  { oid: 701, array: 1022, codec: codecOf(t.double()) },
  { oid: 1042, array: 1014, codec: codecOf(t.text()) },
  { oid: 1043, array: 1015, codec: codecOf(t.text()) },
  { oid: 1082, array: 1182, codec: codecOf(t.date()) },
  { oid: 1083, array: 1183, codec: codecOf(t.time()) },
  { oid: 1114, array: 1115, codec: codecOf(t.timestamp()) },
  { oid: 1184, array: 1185, codec: codecOf(t.timestamptz()) },
  { oid: 1186, array: 1187, codec: codecOf(t.interval()) },
  { oid: 1266, array: 1270, codec: codecOf(t.timetz()) },
  { oid: 1700, array: 1231, codec: codecOf(t.numeric()) },
  { oid: 2950, array: 2951, codec: codecOf(t.uuid()) },
  { oid: 3802, array: 3807, codec: codecOf(t.jsonb()), isJson: true },
]

/** Arrays of types that are read as text: inet, xml, ranges and the like; the elements are texts. */
const textArrays = [143, 651, 775, 791, 1041, 1040, 1561, 1563, 3905, 3907, 3909, 3911, 3913, 3927, 2210, 2211]

const byOid: ReadonlyMap<number, Codec> = new Map([
  ...builtIns.map(({ oid, codec }) => [oid, codec] as const),
  ...builtIns.map(
    ({ array, codec, isJson }) => [array, arrayCodec({ leaf: codec, depth: 1, isLeafOpen: isJson === true })] as const,
  ),
  ...textArrays.map((oid) => [oid, codecOf(t.text().array())] as const),
])

/** The codec of a type number; text where the number is not known. */
export function codecByOid(oid: number): Codec {
  return byOid.get(oid) ?? unknownCodec
}
