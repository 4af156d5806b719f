// numeric: exact decimals as strings, scale and trailing zeros kept. `asNumber()` gives a number instead.
import type { Codec } from '@oriel/sql'
import { decodeDouble } from './number.ts'
import { refusal } from './refusal.ts'

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const special = new Set(['NaN', 'Infinity', '-Infinity'])

function encode(value: unknown, subject: string): string {
  switch (typeof value) {
    case 'string':
      if (decimal.test(value) || special.has(value)) return value
      break
    case 'number':
    case 'bigint':
      return String(value)
  }
  throw refusal(subject, 'a decimal number (string, number or bigint)', value)
}

export const numericCodec: Codec = { decode: (text) => text, encode }
export const numericAsNumberCodec: Codec = { decode: decodeDouble, encode }
