import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RowTap } from '../../src/row-tap.ts'

type Row = readonly (string | null)[]

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function dataRow(row: Row): Buffer {
  const count = Buffer.alloc(2)
  count.writeInt16BE(row.length)
  const cells = row.flatMap((text) => {
    const bytes = Buffer.from(text ?? '')
    const length = Buffer.alloc(4)
    length.writeInt32BE(text === null ? -1 : bytes.length)
    return [length, bytes]
  })
  return message('D', Buffer.concat([count, ...cells]))
}

const row = fc.array(fc.option(fc.string({ unit: 'binary' })), { maxLength: 5 })
const other = fc.tuple(fc.constantFrom('T', 'C', 'Z', 'E', 'd', 'S'), fc.uint8Array({ maxLength: 40 }))
const said = fc.array(
  fc.oneof(
    row.map((cells) => ({ cells })),
    other.map(([type, body]) => ({ type, body })),
  ),
)

describe('the tap', () => {
  it('takes the rows and hands on the rest in its order, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(said, fc.array(fc.integer({ min: 1, max: 30 })), (messages, sizes) => {
        const rows = messages.flatMap((each) => ('cells' in each ? [each.cells] : []))
        const others = messages.flatMap((each) => ('body' in each ? [message(each.type, Buffer.from(each.body))] : []))
        const bytes = Buffer.concat(
          messages.map((each) => ('cells' in each ? dataRow(each.cells) : message(each.type, Buffer.from(each.body)))),
        )
        const handedOn: Buffer[] = []
        const tap = new RowTap((rest) => handedOn.push(Buffer.from(rest)))
        let at = 0
        for (let i = 0; at < bytes.length; i++) {
          const size = sizes[i] ?? bytes.length
          tap.heard(bytes.subarray(at, at + size))
          at += size
        }
        expect(tap.take()).toEqual(rows)
        expect(tap.take()).toEqual([])
        expect(Buffer.concat(handedOn)).toEqual(Buffer.concat(others))
      }),
      { numRuns: 300 },
    )
  })

  it('hands on each message as soon as it is whole', () => {
    const handedOn: string[] = []
    const tap = new RowTap((rest) => handedOn.push(rest.toString()))
    const ready = message('Z', Buffer.from('I'))
    tap.heard(Buffer.concat([dataRow(['a']), ready, dataRow(['b']).subarray(0, 6)]))
    expect(handedOn).toEqual([ready.toString()])
    expect(tap.take()).toEqual([['a']])
  })
})
