// bytea: bytes. Both output formats of the server are read, `hex` and `escape`; `hex` is sent.
import type { Codec } from '@oriel/sql'
import { refusal, unreadable } from './refusal.ts'

const hexOf: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const backslash = 92

function digit(code: number): number {
  if (code <= 57) return code - 48
  return (code | 32) - 87
}

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) >> 1)
  for (let at = 2, i = 0; i < bytes.length; at += 2, i++)
    bytes[i] = (digit(text.charCodeAt(at)) << 4) | digit(text.charCodeAt(at + 1))
  return bytes
}

function fromEscape(text: string): Uint8Array {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== backslash) bytes.push(code)
    else if (text.charCodeAt(at + 1) === backslash) bytes.push(text.charCodeAt(++at))
    else {
      const octal = text.slice(at + 1, at + 4)
      if (!/^[0-3][0-7]{2}$/.test(octal)) throw unreadable(text, 'is not a bytea')
      bytes.push(Number.parseInt(octal, 8))
      at += 3
    }
  }
  return Uint8Array.from(bytes)
}

/** Bytes as PostgreSQL reads them: `\x` and two hex digits each. */
export function encodeBytes(bytes: Uint8Array): string {
  let text = '\\x'
  for (const byte of bytes) text += hexOf[byte]
  return text
}

export const byteaCodec: Codec = {
  decode: (text) => (text.startsWith('\\x') ? fromHex(text) : fromEscape(text)),
  encode(value, subject) {
    if (value instanceof Uint8Array) return encodeBytes(value)
    throw refusal(subject, 'a Uint8Array or Buffer', value)
  },
}
