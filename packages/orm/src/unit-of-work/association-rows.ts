// The texts of rows of association tables: keys of the objects on either side, as their rows hold them.
import type { Column, Table } from '@oriel/sql'
import type { ColumnPairs, Mapper } from '../registry/mapper.ts'
import type { SessionState } from '../session/session-state.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { PairChange } from './pair-links.ts'
import { type ColumnTexts, insertMissing, insertRows, type RowStatement } from './row-statement.ts'

function textOf(state: InstanceState, column: Column, session: SessionState): string | null {
  const place = session.format(state.mapper).byColumn.get(column)
  return place ? (state.row[place.index] ?? null) : null
}

/** The rows that say who belongs to whom, column by column. */
export function pairTexts(pairs: readonly PairChange[], session: SessionState): ColumnTexts[] {
  const columns = new Map<Column, (string | null)[]>()
  pairs.forEach(({ relationship, owner, target }, i) => {
    const { association } = relationship
    if (!association) return
    const put = (column: Column, text: string | null) => {
      const texts = columns.get(column) ?? []
      texts[i] = text
      columns.set(column, texts)
    }
    for (const [column, key] of association.toOwner) put(column, textOf(owner, key, session))
    for (const [column, key] of association.toTarget) put(column, textOf(target, key, session))
  })
  const order = pairs[0]?.relationship.association?.table.columns ?? []
  return order.flatMap((column) => {
    const texts = columns.get(column)
    return texts ? [{ column, texts }] : []
  })
}

/** Was it not known whether the row is there? */
function isUnseen({ owner, target, relationship }: PairChange): boolean {
  const inverse = relationship.inverse()
  return owner.partial?.has(relationship.name) === true || (inverse && target.partial?.has(inverse.name)) === true
}

/** The statement that adds rows. A collection that was loaded in part may hold a member unseen: then its row is there. */
export function linkRows(table: Table, pairs: readonly PairChange[], session: SessionState): RowStatement {
  const texts = pairTexts(pairs, session)
  return pairs.some(isUnseen) ? insertMissing(table, texts) : insertRows(table, texts, [])
}

/** The objects of an association entity whose rows agree with one of these. */
export function objectsOfRows(mapper: Mapper, columns: readonly ColumnTexts[], session: SessionState): InstanceState[] {
  const states = session.identityMap.of(mapper)
  if (states.size === 0) return []
  const keyOf = (textAt: (texts: ColumnTexts) => string | null): string => JSON.stringify(columns.map(textAt))
  const count = columns[0]?.texts.length ?? 0
  const gone = new Set(Array.from({ length: count }, (_, i) => keyOf(({ texts }) => texts[i] ?? null)))
  return [...states.values()].filter((state) => gone.has(keyOf(({ column }) => textOf(state, column, session))))
}

/** The keys of owners, all of whose rows go. */
export function ownerTexts(
  toOwner: ColumnPairs,
  owners: readonly InstanceState[],
  session: SessionState,
): ColumnTexts[] {
  return toOwner.map(([column, key]) => ({ column, texts: owners.map((owner) => textOf(owner, key, session)) }))
}
