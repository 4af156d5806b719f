// Enum types: a string that is one of the members.
import { ArgumentError, type Codec, suggest } from '@oriel/sql'
import { refusal } from './refusal.ts'
import { textCodec } from './text.ts'

/** The codec of an enum; without known members, any string. */
export function enumCodec(values: readonly string[] | undefined): Codec {
  if (!values) return textCodec
  const members = new Set(values)
  return {
    decode: (text) => text,
    encode(value, subject) {
      if (typeof value !== 'string')
        throw refusal(subject, `one of ${values.map((member) => `'${member}'`).join(', ')}`, value)
      if (members.has(value)) return value
      throw new ArgumentError(`${subject} has no member ${JSON.stringify(value)}. ${suggest(value, values, 'Members')}`)
    },
  }
}
