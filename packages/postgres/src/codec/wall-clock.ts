// timestamp, date, time and timetz: texts without an instant behind them, so a Date would lie. instant.ts has the instants.
import { ArgumentError, type Codec } from '@oriel/sql'
import { refusal } from './refusal.ts'
import { storable } from './text.ts'

const words = new Set(['infinity', '-infinity', 'epoch', 'now', 'today', 'tomorrow', 'yesterday', 'allballs'])

function wallClockCodec(name: string, example: string, fromDate: string): Codec {
  return {
    decode: (text) => text,
    encode(value, subject) {
      if (value instanceof Date) {
        throw new ArgumentError(`${subject} expects a string such as '${example}', got a Date`, {
          hint: `A Date is an instant and ${name} is none. Say which zone is meant; in UTC: ${fromDate}`,
        })
      }
      if (typeof value !== 'string' || !(/\d/.test(value) || words.has(value.toLowerCase())))
        throw refusal(subject, `a string such as '${example}'`, value)
      return storable(value, subject)
    },
  }
}

export const timestampCodec: Codec = wallClockCodec(
  'timestamp',
  '2024-03-31 02:30:00',
  'date.toISOString().slice(0, -1)',
)
export const dateCodec: Codec = wallClockCodec('date', '2024-03-31', 'date.toISOString().slice(0, 10)')
export const timeCodec: Codec = wallClockCodec('time', '02:30:00', 'date.toISOString().slice(11, 23)')
export const timetzCodec: Codec = wallClockCodec('timetz', '02:30:00+01', 'date.toISOString().slice(11)')
