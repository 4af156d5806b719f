// A codec that the user gave, guarded: its errors get the name of the property, its texts are checked like any other.
import { ArgumentError, type Codec, OrielError } from '@oriel/sql'
import { refusal, unreadable } from './refusal.ts'
import { storable } from './text.ts'

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** The user's codec with Oriel's errors around it. */
export function guardedCodec(codec: Codec): Codec {
  return {
    decode(text) {
      try {
        return codec.decode(text)
      } catch (cause) {
        if (cause instanceof OrielError) throw cause
        throw unreadable(text, `was refused by the column's own codec: ${reason(cause)}`)
      }
    },
    encode(value, subject) {
      let text: unknown
      try {
        text = codec.encode(value, subject)
      } catch (cause) {
        if (cause instanceof OrielError) throw cause
        throw new ArgumentError(`${subject}: its own codec refused the value: ${reason(cause)}`, { cause })
      }
      if (typeof text !== 'string') throw refusal(subject, "a string from its own codec's encode", text)
      return storable(text, subject)
    },
  }
}
