// The keys by which the members of a relationship are found, taken from the rows of their owners: texts, as the server sent them.
import type { Column } from '@oriel/sql'
import { NotLoadedError } from '../error.ts'
import type { RelationshipProperty } from '../registry/mapper.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import { differs } from '../state/difference.ts'
import { keyText } from '../state/identity-key.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { keyForm, keyOf } from '../state/key-form.ts'

const separator = '\u0000'

function ownColumns({ association, pairs }: RelationshipProperty): readonly Column[] {
  return association ? association.toOwner.map(([, column]) => column) : pairs.map(([column]) => column)
}

/** One part of a key; null where it is NULL. A reference that was changed and not written yet leads where it leads now. */
function partOf(state: InstanceState, column: Column, session: SessionState): string | null {
  const place = session.format(state.mapper).byColumn.get(column)
  const text = place && state.row[place.index]
  if (place && !place.property.isKey) {
    const value: unknown = Object.getOwnPropertyDescriptor(state.object, place.name)?.value
    if (value === null) return null
    if (value !== undefined && differs(value, text, place)) return keyText(value, place)
  }
  if (text !== undefined) return text
  throw new NotLoadedError(
    `${column.label} of ${describeObject(state)} is not loaded, and its relationship needs it.`,
    {
      hint: `Load it first: await session.refresh(object, ['${column.property}']).`,
    },
  )
}

/** Owners by their key. Those whose key is NULL have no members, and stand apart. */
export interface OwnerKeys {
  readonly byKey: ReadonlyMap<string, readonly InstanceState[]>
  readonly withoutKey: readonly InstanceState[]
}

function ownerKeyReader(columns: readonly Column[], session: SessionState): (owner: InstanceState) => string | null {
  const forms = columns.map(keyForm)
  const [only, ...more] = columns
  const [form] = forms
  if (only && more.length === 0 && !form) return (owner) => partOf(owner, only, session)
  return (owner) => {
    const parts = columns.map((column) => partOf(owner, column, session))
    const texts = parts.flatMap((part) => part ?? [])
    return texts.length < parts.length ? null : keyOf(texts, forms)
  }
}

export function ownerKeys(
  owners: Iterable<InstanceState>,
  relationship: RelationshipProperty,
  session: SessionState,
): OwnerKeys {
  const keyIn = ownerKeyReader(ownColumns(relationship), session)
  const byKey = new Map<string, InstanceState[]>()
  const withoutKey: InstanceState[] = []
  for (const owner of owners) {
    const key = keyIn(owner)
    if (key === null) {
      withoutKey.push(owner)
      continue
    }
    const known = byKey.get(key)
    if (known) known.push(owner)
    else byKey.set(key, [owner])
  }
  return { byKey, withoutKey }
}

/** The keys, column by column, as a statement takes them. */
export function keyTexts(keys: Iterable<string>, columns: number): string[][] {
  const texts = Array.from({ length: columns }, (): string[] => [])
  for (const key of keys) {
    const parts = columns === 1 ? [key] : key.split(separator)
    texts.forEach((list, i) => {
      list.push(parts[i] ?? '')
    })
  }
  return texts
}

/** Reads the key in a row: the columns of a key, and where they stand. */
export function keyReader(
  columns: readonly Column[],
  positions: readonly number[],
): (row: readonly (string | null)[]) => string {
  const forms = columns.map(keyForm)
  const [only = -1, ...more] = positions
  if (more.length === 0 && !forms[0]) return (row) => row[only] ?? ''
  return (row) =>
    keyOf(
      positions.map((position) => row[position] ?? ''),
      forms,
    )
}
