// The properties that a row gives, and what that means: rows of one set go into one statement. Their values become texts here.
import { ArgumentError, suggest } from '@oriel/sql'
import type { ColumnProperty, Mapper } from '../registry/mapper.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import type { BulkPlan } from './bulk-plan.ts'

/** A reason against a row, before it has a number. */
export interface Reason {
  readonly property: string | null
  readonly message: string
}

/** What an error says, in one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ')
}

/** Properties that belong together in a statement, in the order of the entity. */
export interface ColumnSet {
  readonly places: readonly Place[]
}

/** Sets by their columns: of the same columns it is the same set. */
export class KnownSets {
  readonly #byPlaces = new Map<string, ColumnSet>()

  of(places: readonly Place[]): ColumnSet {
    const key = places.map(({ index }) => index).join(' ')
    let set = this.#byPlaces.get(key)
    if (!set) {
      set = { places }
      this.#byPlaces.set(key, set)
    }
    return set
  }
}

/** What can be said of a row by the names of its properties alone. */
export type SetVerdict =
  | { readonly set: ColumnSet; readonly reasons: null }
  | { readonly set: null; readonly reasons: readonly Reason[] }

/** Names come from outside: no more of one is shown, or compared with what is known. */
const longestName = 60
/** So many combinations of names are kept in mind. */
const mostSets = 1_000

function unknownReason(mapper: Mapper, name: string): Reason {
  const relationship = mapper.relationships.get(name)
  if (!relationship) {
    const known = [...mapper.properties.keys()]
    const isLong = name.length > longestName
    const shown = isLong ? `${name.slice(0, longestName)}…` : name
    const hint = isLong ? `Properties: ${known.join(', ')}` : suggest(name, known, 'Properties')
    return { property: shown, message: `${mapper.name} has no property '${shown}'. ${hint}` }
  }
  const keys = relationship.keyProperties.join(', ')
  return {
    property: name,
    message: `${mapper.name}.${name} is a relationship, not a column.${keys ? ` Give ${keys}.` : ''}`,
  }
}

function isRequired({ isComputed, isFilled, column }: ColumnProperty): boolean {
  return !isComputed && !isFilled && !column.isNullable
}

function missingReasons({ mapper, keys }: RowFormat, given: ReadonlySet<string>, kind: BulkPlan['kind']): Reason[] {
  const needed =
    kind === 'update' ? keys.map(({ property }) => property) : [...mapper.properties.values()].filter(isRequired)
  return needed
    .filter(({ name }) => !given.has(name))
    .map(({ name }) => ({
      property: name,
      message:
        kind === 'update'
          ? `${mapper.name}.${name} is missing: a row is found by its key.`
          : `${mapper.name}.${name} is missing: it has no default and cannot be null.`,
    }))
}

/** The sets of columns of a load, one per combination of names that its rows have. */
export class ColumnSets {
  readonly #format: RowFormat
  readonly #kind: BulkPlan['kind']
  readonly #byNames = new Map<string, SetVerdict>()
  readonly #sets = new KnownSets()
  #lastNames: readonly string[] = []
  #last: SetVerdict | null = null

  constructor(format: RowFormat, kind: BulkPlan['kind']) {
    this.#format = format
    this.#kind = kind
  }

  /** The set of a row. Rows of one kind follow each other, so the last one is tried first. */
  of(row: object): SetVerdict {
    const names = Object.keys(row)
    const last = this.#lastNames
    if (this.#last && names.length === last.length && names.every((name, i) => name === last[i])) return this.#last
    // Names come from outside, and may have any character in them.
    const key = names.map((name) => `${name.length} ${name}`).join(' ')
    let verdict = this.#byNames.get(key)
    if (!verdict) {
      verdict = this.#judge(names)
      if (this.#byNames.size >= mostSets) this.#byNames.clear()
      this.#byNames.set(key, verdict)
    }
    this.#lastNames = names
    this.#last = verdict
    return verdict
  }

  #judge(names: readonly string[]): SetVerdict {
    const { mapper, byProperty, places } = this.#format
    const given = new Set(names)
    const reasons: Reason[] = []
    for (const name of names) {
      const place = byProperty.get(name)
      if (!place) reasons.push(unknownReason(mapper, name))
      else if (place.property.isComputed)
        reasons.push({ property: name, message: `${place.column.label} is computed by the database. Leave it out.` })
    }
    reasons.push(...missingReasons(this.#format, given, this.#kind))
    if (names.length === 0 && reasons.length === 0)
      reasons.push({ property: null, message: `The row is empty: it gives no property of ${mapper.name}.` })
    if (reasons.length > 0) return { set: null, reasons }
    return { set: this.#sets.of(places.filter(({ name }) => given.has(name))), reasons: null }
  }
}

function encodeValue(value: unknown, { column, codec }: Place): string | null {
  if (value === null) {
    if (column.isNullable) return null
    throw new ArgumentError(`${column.label} cannot be null.`)
  }
  if (value === undefined)
    throw new ArgumentError(`${column.label} is undefined. Give a value or null, or leave it out.`)
  return codec.store ? codec.store(value, column.label) : codec.encode(value, column.label)
}

/** The values of a row as texts, in the order of its set; or what is wrong with them. */
export function encodeRow(
  row: Readonly<Record<string, unknown>>,
  { places }: ColumnSet,
  texts: (string | null)[],
): readonly Reason[] | null {
  let reasons: Reason[] | null = null
  for (let i = 0; i < places.length; i++) {
    const place = places[i]
    if (!place) continue
    try {
      texts[i] = encodeValue(row[place.name], place)
    } catch (error) {
      reasons ??= []
      reasons.push({ property: place.name, message: messageOf(error) })
    }
  }
  return reasons
}
