// Arrays of any element type. PostgreSQL has one array type for all depths, and only rectangular ones.
import { ArgumentError, type Codec } from '@oriel/sql'
import { parseArray, writeElement } from './array-text.ts'
import { elementSubject, refusal } from './refusal.ts'

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
      return encodeList(value, subject, { shape, depth: 1 }).text
    },
  }
}

interface Position {
  readonly shape: ArrayShape
  readonly depth: number
}

interface EncodedList {
  readonly text: string
  /** `2 3` for two lists of three. */
  readonly dimensions: string
}

function encodeList(list: readonly unknown[], subject: string, position: Position): EncodedList {
  const { shape, depth } = position
  const isNested = shape.isLeafOpen ? depth < shape.depth : Array.isArray(list[0])
  return isNested ? encodeNested(list, subject, { shape, depth: depth + 1 }) : encodeFlat(list, subject, shape)
}

/** Bulk statements send whole columns this way, so an element's name is only made when it is refused. */
function encodeFlat(list: readonly unknown[], subject: string, shape: ArrayShape): EncodedList {
  // Joined at the end: a text that grows by each of them is a chain of as many objects.
  const texts: string[] = new Array(list.length)
  for (let i = 0; i < list.length; i++) {
    const item = list[i]
    if (item === null) texts[i] = 'NULL'
    else if (item === undefined) throw refusal(elementSubject(subject, i), 'a value or null', item)
    else if (Array.isArray(item) && !shape.isLeafOpen) throw ragged(elementSubject(subject, i))
    else texts[i] = writeElement(encodeLeaf(shape.leaf, item, { subject, index: i }))
  }
  return { text: `{${texts.join(',')}}`, dimensions: String(list.length) }
}

interface Place {
  readonly subject: string
  readonly index: number
}

function encodeLeaf(leaf: Codec, item: unknown, place: Place): string {
  try {
    return leaf.encode(item, place.subject)
  } catch {
    // Refuses it again, this time under its full name.
    return leaf.encode(item, elementSubject(place.subject, place.index))
  }
}

function encodeNested(list: readonly unknown[], subject: string, position: Position): EncodedList {
  let first: string | undefined
  const texts = Array.from(list, (item, i) => {
    const name = elementSubject(subject, i)
    if (!Array.isArray(item)) throw ragged(name)
    if (item.length === 0) {
      throw new ArgumentError(`${name} is an empty array inside an array, which PostgreSQL cannot hold`)
    }
    const { text, dimensions } = encodeList(item, name, position)
    first ??= dimensions
    if (dimensions !== first) throw ragged(name)
    return text
  })
  return { text: `{${texts.join(',')}}`, dimensions: `${list.length} ${first ?? ''}` }
}

function ragged(subject: string): ArgumentError {
  return new ArgumentError(
    `${subject} differs in shape from its neighbours: the arrays of PostgreSQL are rectangular`,
    {
      hint: 'Give all inner arrays the same length, or hold the value as jsonb.',
    },
  )
}
