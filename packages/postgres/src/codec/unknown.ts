// Values of which no SQL type is known: written by what they are in JavaScript, read as the server's text.
import type { Codec } from '@oriel/sql'
import { arrayCodec } from './array.ts'
import { encodeBytes } from './bytea.ts'
import { encodeDate } from './instant.ts'
import { encodeJson } from './json.ts'
import { encodeDouble } from './number.ts'
import { kindOf, refusal } from './refusal.ts'
import { storable } from './text.ts'

function encode(value: unknown, subject: string): string {
  switch (typeof value) {
    case 'string':
      return storable(value, subject)
    case 'number':
      return encodeDouble(value, subject)
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      break
    default:
      throw refusal(subject, 'a value that SQL can hold', value)
  }
  if (value instanceof Date) return encodeDate(value, subject)
  if (value instanceof Uint8Array) return encodeBytes(value)
  if (Array.isArray(value)) return listCodec.encode(value, subject)
  if (kindOf(value) === 'object') return encodeJson(value, subject)
  throw refusal(subject, 'a string, number, bigint, boolean, Date, Uint8Array, array or plain object', value)
}

export const unknownCodec: Codec = { decode: (text) => text, encode }
const listCodec = arrayCodec({ leaf: unknownCodec, depth: 1, isLeafOpen: false })
