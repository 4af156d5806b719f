// The key of an object from elsewhere, in the forms in which a merge needs it. merge-reads.ts asks for the rows.
import type { Mapper } from '../registry/mapper.ts'
import { keyText } from '../state/identity-key.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { own } from '../unit-of-work/members.ts'

/** A part of a key. */
interface Part {
  readonly place: Place
  readonly text: string
}

export class MergeKey {
  readonly mapper: Mapper
  readonly #parts: readonly Part[]
  /** Its parts as texts, in the one form that each has. */
  readonly texts: readonly string[]
  /** What the identity map calls it. */
  readonly identity: string

  constructor(mapper: Mapper, parts: readonly Part[]) {
    this.mapper = mapper
    this.#parts = parts
    this.texts = parts.map(({ place, text }) => place.form?.(text) ?? text)
    this.identity = this.texts.join('\u0000')
  }

  /** The same for all objects of one row, whatever form their keys were given in. */
  get name(): string {
    return `${this.mapper.table.qualifiedName} ${this.identity}`
  }

  /** Its properties, with values as the session would have read them. */
  *values(): Generator<[name: string, value: unknown]> {
    for (const { place, text } of this.#parts) yield [place.name, place.codec.decode(text)]
  }
}

/** The key of an object; null where a part of it is not there. Throws ArgumentError for values that no key can have. */
export function mergeKey(object: object, { mapper, keys }: RowFormat): MergeKey | null {
  const parts: Part[] = []
  for (const place of keys) {
    const value = own(object, place.name)
    if (value === undefined || value === null) return null
    parts.push({ place, text: keyText(value, place) })
  }
  return new MergeKey(mapper, parts)
}
