// How the rows of a mapped class stand in a snapshot: one place per mapped column, with the codec that reads it.
import type { Codec, Column, Dialect } from '@oriel/sql'
import { type Glance, glanceAt } from '../mapped/glance.ts'
import type { ColumnProperty, Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { type KeyForm, keyForm } from './key-form.ts'

/** One mapped column: its place in a snapshot, and how its text is read and written. */
export interface Place {
  readonly property: ColumnProperty
  readonly name: string
  readonly column: Column
  readonly codec: Codec
  readonly index: number
  /** Is the value the text itself? */
  readonly isText: boolean
  /** How a text of it is brought to one form where it is part of a key; null where it has one form. */
  readonly form: KeyForm | null
  /** The references whose key it is part of. */
  readonly references: readonly RelationshipProperty[]
}

/** The places of a mapped class for one dialect. */
export interface RowFormat {
  readonly mapper: Mapper
  readonly places: readonly Place[]
  readonly keys: readonly Place[]
  readonly byColumn: ReadonlyMap<Column, Place>
  readonly byProperty: ReadonlyMap<string, Place>
  /** Do all columns that are written hold what the row says? False where a closer look is needed. */
  readonly holdsRow: Glance
}

const textTypes = new Set(['text', 'varchar', 'uuid'])
const formats = new WeakMap<Dialect, WeakMap<Mapper, RowFormat>>()

function build(mapper: Mapper, dialect: Dialect): RowFormat {
  const places = [...mapper.properties.values()].map(
    (property, index): Place => ({
      property,
      name: property.name,
      column: property.column,
      codec: dialect.codec(property.column.type),
      index,
      isText: textTypes.has(property.column.type.spec.name) && property.column.type.spec.codec === undefined,
      form: keyForm(property.column),
      references: mapper.related.filter(
        ({ holdsKey, pairs }) => holdsKey && pairs.some(([mine]) => mine === property.column),
      ),
    }),
  )
  const byColumn = new Map(places.map((place) => [place.column, place]))
  return {
    mapper,
    places,
    keys: mapper.keyProperties.flatMap(({ column }) => byColumn.get(column) ?? []),
    byColumn,
    byProperty: new Map(places.map((place) => [place.name, place])),
    holdsRow: glanceAt(places.filter(({ property }) => !property.isComputed)),
  }
}

/** The format of a class: built once per dialect. */
export function rowFormat(mapper: Mapper, dialect: Dialect): RowFormat {
  let known = formats.get(dialect)
  if (!known) {
    known = new WeakMap()
    formats.set(dialect, known)
  }
  let format = known.get(mapper)
  if (!format) {
    format = build(mapper, dialect)
    known.set(mapper, format)
  }
  return format
}
