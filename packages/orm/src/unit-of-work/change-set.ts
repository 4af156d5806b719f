// What a flush has to write of each object: the columns of a new one, and of a known one those that differ from its row.
import { ArgumentError } from '@oriel/sql'
import { FlushError } from '../error.ts'
import type { SessionState } from '../session/session-state.ts'
import { describeObject } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { keyText } from '../state/identity-key.ts'
import type { InstanceState, RawRow } from '../state/instance-state.ts'
import type { Place } from '../state/row-format.ts'
import type { Links } from './links.ts'
import { own } from './members.ts'

/** The change sets of one flush, encoded: texts by place, undefined for what is not written. */
export interface ChangeSets {
  readonly inserts: Map<InstanceState, RawRow>
  readonly updates: Map<InstanceState, RawRow>
}

function encode(value: unknown, place: Place): string | null {
  if (value === null) return null
  const { codec, column, property } = place
  if (!property.isKey) return codec.store ? codec.store(value, column.label) : codec.encode(value, column.label)
  codec.store?.(value, column.label)
  return keyText(value, place)
}

type Targets = ReturnType<Links['targets']['get']>

/** Does the value of a property come from a relationship? */
function isLinked({ references }: Place, targets: Targets): boolean {
  if (targets === undefined) return false
  for (let i = 0; i < references.length; i++) {
    const reference = references[i]
    if (reference && targets.get(reference)) return true
  }
  return false
}

/** The columns of a new object. Throws FlushError, before anything is sent, where a required one is missing. */
export function insertSet(state: InstanceState, session: SessionState, links: Links): RawRow {
  const targets = links.targets.get(state)
  const { places } = session.format(state.mapper)
  const texts: RawRow = new Array(places.length)
  for (let i = 0; i < places.length; i++) {
    const place = places[i]
    if (place) texts[i] = insertText(state, place, targets)
  }
  return texts
}

function insertText(state: InstanceState, place: Place, targets: Targets): string | null | undefined {
  const { property, column } = place
  if (property.isComputed) return undefined
  const value = own(state.object, place.name)
  if (value === undefined) {
    if (isLinked(place, targets)) return undefined
    // The same random key that the database would make, known before the row is there.
    if (property.isKey && column.generated === 'uuid') return crypto.randomUUID()
    if (!property.isFilled && !column.isNullable) throw missing(state, place)
    return undefined
  }
  if (value === null) {
    if (isLinked(place, targets)) return undefined
    if (!column.isNullable) throw missing(state, place, true)
    return null
  }
  return encode(value, place)
}

function missing(state: InstanceState, { column, name }: Place, isNull = false): FlushError {
  const reference = state.mapper.related.find(({ keyProperties }) => keyProperties.includes(name))
  const orSet = reference ? `, or set ${reference.name}` : ''
  return new FlushError(
    `${column.label} of ${describeObject(state)} ${isNull ? 'is null' : 'is not set'}, and cannot be null.`,
    {
      hint: isNull ? `Give it a value${orSet}.` : `It has no default: give it a value${orSet}.`,
    },
  )
}

/** The columns that differ from the row; null where none does. */
export function updateSet(state: InstanceState, session: SessionState): RawRow | null {
  let texts: RawRow | null = null
  const { object, row } = state
  const { places } = session.format(state.mapper)
  for (let i = 0; i < places.length; i++) {
    const place = places[i]
    if (!place) continue
    const value = own(object, place.name)
    const text = row[i]
    // Nearly every value is the text that the row holds, or is not there.
    if ((value === text && (place.isText || typeof value !== 'string')) || place.property.isComputed) continue
    if (value === undefined) {
      if (!Object.hasOwn(object, place.name)) continue
      throw new ArgumentError(`${place.column.label} of ${describeObject(state)} is undefined.`, {
        hint: 'Set it to null for NULL, or to the value that it had.',
      })
    }
    if (!differs(value, text, place)) continue
    if (value === null && !place.column.isNullable) throw missing(state, place, true)
    texts ??= new Array<undefined>(places.length).fill(undefined)
    texts[i] = encode(value, place)
  }
  return texts
}
