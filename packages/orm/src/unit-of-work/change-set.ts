// What a flush has to write of each object: the columns of a new one, and of a known one those that differ from its row.
import { ArgumentError } from '@oriel/sql'
import { FlushError } from '../error.ts'
import type { SessionState } from '../session/session-state.ts'
import { describeObject } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { keyText } from '../state/identity-key.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { Place } from '../state/row-format.ts'
import type { Links } from './links.ts'
import { own } from './members.ts'

type Texts = ReadonlyMap<Place, string | null>

/** The change sets of one flush, encoded. */
export interface ChangeSets {
  readonly inserts: Map<InstanceState, Texts>
  readonly updates: Map<InstanceState, Texts>
}

function encode(value: unknown, place: Place): string | null {
  if (value === null) return null
  return place.property.isKey ? keyText(value, place) : place.codec.encode(value, place.column.label)
}

/** The columns of a new object. Throws FlushError, before anything is sent, where a required one is missing. */
export function insertSet(state: InstanceState, session: SessionState, links: Links): Texts {
  const texts = new Map<Place, string | null>()
  const linked = new Set(
    [...(links.targets.get(state)?.entries() ?? [])].flatMap(([relationship, target]) =>
      target ? relationship.keyProperties : [],
    ),
  )
  for (const place of session.format(state.mapper).places) {
    const { property, column } = place
    const value = own(state.object, place.name)
    if (property.isComputed || (linked.has(place.name) && value === undefined)) continue
    if (value === undefined && property.isKey && column.generated === 'uuid') {
      // The same random key that the database would make, known before the row is there.
      texts.set(place, crypto.randomUUID())
      continue
    }
    if (value === undefined || (value === null && linked.has(place.name))) {
      if (value === undefined && !property.isFilled && !column.isNullable) throw missing(state, place)
      continue
    }
    if (value === null && !column.isNullable) throw missing(state, place, true)
    texts.set(place, encode(value, place))
  }
  return texts
}

function missing(state: InstanceState, { column }: Place, isNull = false): FlushError {
  return new FlushError(
    `${column.label} of ${describeObject(state)} ${isNull ? 'is null' : 'is not set'}, and cannot be null.`,
    {
      hint: isNull ? 'Give it a value.' : 'It has no default: give it a value.',
    },
  )
}

/** The columns that differ from the row. */
export function updateSet(state: InstanceState, session: SessionState): Texts {
  const texts = new Map<Place, string | null>()
  const { object, row } = state
  for (const place of session.format(state.mapper).places) {
    const descriptor = Object.getOwnPropertyDescriptor(object, place.name)
    if (!descriptor || place.property.isComputed) continue
    const { value } = descriptor
    const text = row[place.index]
    if (value === undefined) {
      if (text === undefined) continue
      throw new ArgumentError(`${place.column.label} of ${describeObject(state)} is undefined.`, {
        hint: 'Set it to null for NULL, or to the value that it had.',
      })
    }
    if (!differs(value, text, place)) continue
    if (value === null && !place.column.isNullable) throw missing(state, place, true)
    texts.set(place, encode(value, place))
  }
  return texts
}
