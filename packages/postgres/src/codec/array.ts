// Arrays of any element type. PostgreSQL has one array type for all depths, and only rectangular ones.
import { ArgumentError, type Codec } from '@oriel/sql'
import { type ArrayText, parseArray, writeArray } from './array-text.ts'
import { refusal } from './refusal.ts'

export interface ArrayShape {
  readonly leaf: Codec
  /** How many array types stand around the leaf. */
  readonly depth: number
  /** The leaf itself may hold a JavaScript array (json, a codec of the user's), so the depth is exactly `depth`. */
  readonly isLeafOpen: boolean
}

/** The codec of an array. */
export function arrayCodec(shape: ArrayShape): Codec {
  const decodeLeaf = (text: string): unknown => shape.leaf.decode(text)
  return {
    decode: (text) => parseArray(text, decodeLeaf),
    encode(value, subject) {
      if (!Array.isArray(value)) throw refusal(subject, 'an array', value)
      return writeArray(encodeList(value, subject, { shape, depth: 1 }))
    },
  }
}

interface Position {
  readonly shape: ArrayShape
  readonly depth: number
}

function encodeList(list: readonly unknown[], subject: string, position: Position): ArrayText {
  const { shape, depth } = position
  const isNested = shape.isLeafOpen ? depth < shape.depth : Array.isArray(list[0])
  // A hole is undefined to Array.from, so it is refused like one.
  return isNested
    ? encodeNested(list, subject, { shape, depth: depth + 1 })
    : Array.from(list, (item, i) => encodeLeaf(item, `${subject}[${i}]`, shape))
}

function encodeLeaf(item: unknown, subject: string, shape: ArrayShape): string | null {
  if (item === null) return null
  if (item === undefined) throw refusal(subject, 'a value or null', item)
  if (Array.isArray(item) && !shape.isLeafOpen) throw ragged(subject)
  return shape.leaf.encode(item, subject)
}

function encodeNested(list: readonly unknown[], subject: string, position: Position): ArrayText {
  let shapeOfFirst: string | undefined
  return Array.from(list, (item, i) => {
    if (!Array.isArray(item)) throw ragged(`${subject}[${i}]`)
    if (item.length === 0) {
      throw new ArgumentError(`${subject}[${i}] is an empty array inside an array, which PostgreSQL cannot hold`)
    }
    const inner = encodeList(item, `${subject}[${i}]`, position)
    shapeOfFirst ??= dimensions(inner)
    if (dimensions(inner) !== shapeOfFirst) throw ragged(`${subject}[${i}]`)
    return inner
  })
}

function dimensions(list: ArrayText): string {
  const [first] = list
  return Array.isArray(first) ? `${list.length} ${dimensions(first)}` : String(list.length)
}

function ragged(subject: string): ArgumentError {
  return new ArgumentError(
    `${subject} differs in shape from its neighbours: the arrays of PostgreSQL are rectangular`,
    {
      hint: 'Give all inner arrays the same length, or hold the value as jsonb.',
    },
  )
}
