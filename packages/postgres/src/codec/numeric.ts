// numeric: exact decimals as strings, scale and trailing zeros kept. `asNumber()` gives a number instead.
import type { Codec } from '@oriel/sql'
import { isDecimal, special } from './digits.ts'
import { decodeDouble } from './number.ts'
import { refusal, unreadable } from './refusal.ts'

function encode(value: unknown, subject: string): string {
  switch (typeof value) {
    case 'string':
      if (isDecimal(value) || special.has(value)) return value
      break
    case 'number':
    case 'bigint':
      return String(value)
  }
  throw refusal(subject, 'a decimal number (string, number or bigint)', value)
}

function decode(text: string): string {
  if (isDecimal(text) || special.has(text)) return text
  throw unreadable(text, 'is not a number')
}

export const numericCodec: Codec = { decode, encode }
export const numericAsNumberCodec: Codec = { decode: decodeDouble, encode }
