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
      // What Number('x') gives is a mistake on its way into a column of money; who means the server's own NaN writes it as text.
      if (!Number.isFinite(value)) throw refusal(subject, `a finite number (or the text '${value}')`, value)
      return String(value)
    case 'bigint':
      return String(value)
  }
  throw refusal(subject, 'a decimal number (string, number or bigint)', value)
}

function decode(text: string): string {
  if (isDecimal(text) || special.has(text)) return text
  throw unreadable(text, 'is not a number')
}

export const numericCodec: Codec = { decode, encode, holds: (value, text) => value === text }
export const numericAsNumberCodec: Codec = { decode: decodeDouble, encode }
