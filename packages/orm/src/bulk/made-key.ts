// Keys that are made by an expression, made before the rows are written: then they are ours, and what comes back is told by them.
import { type ExpressionNode, type NodeOf, types } from '@oriel/sql'
import { StatementOf } from '../session/key-query.ts'
import type { Place } from '../state/row-format.ts'
import { encodedType, parameter, selectOf } from '../unit-of-work/row-statement.ts'
import type { ColumnSet } from './column-set.ts'
import type { LoadParts, Send } from './transport.ts'

const integer = types.integer()

/** The parts of the primary key that have to be made for rows of this set; none where they are not needed, or are given out in order. */
export function keysToMake({ plan, format, keys }: LoadParts, set: ColumnSet): readonly Place[] {
  if (!plan.returning || plan.kind === 'update') return []
  if (plan.kind === 'upsert' && !keys.places?.every((place) => format.keys.includes(place))) return []
  const missing = format.keys.filter((place) => !set.places.includes(place))
  const canBeMade = missing.every(({ column }) => column.generated === 'uuid' || isExpression(column.default))
  return canBeMade ? missing : []
}

/** The texts of these parts for so many rows, part by part. Defaults are computed by the server. */
export async function makeKeys(places: readonly Place[], count: number, send: Send): Promise<(string | null)[][]> {
  const fetched = places.filter(({ column }) => column.generated !== 'uuid')
  const rows = fetched.length > 0 ? (await send(defaultsFor(fetched, count))).all() : []
  return places.map((place) => {
    const at = fetched.indexOf(place)
    if (at < 0) return Array.from({ length: count }, () => crypto.randomUUID())
    return rows.map((row) => textIn(Array.isArray(row) ? row[at] : null))
  })
}

function isExpression(node: ExpressionNode | null): node is ExpressionNode {
  return node !== null && node.kind !== 'parameter'
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** `SELECT default FROM generate_series(1, count)`. */
function defaultsFor(places: readonly Place[], count: number): StatementOf {
  const args = [1, count].map(
    (value): ExpressionNode =>
      Object.freeze({ kind: 'cast', operand: parameter(value, integer, 'number of rows'), type: integer }),
  )
  const source: NodeOf<'functionSource'> = Object.freeze({
    kind: 'functionSource',
    call: Object.freeze({ kind: 'call', name: 'generate_series', args, type: integer }),
    name: 'rows',
    columns: [{ key: 'n', name: 'n', type: integer }],
    withOrdinality: false,
  })
  const items = places.flatMap(({ column }) =>
    column.default
      ? [Object.freeze({ kind: 'cast', operand: column.default, type: encodedType(column.type) } as const)]
      : [],
  )
  return new StatementOf(selectOf(items, [source], []), [])
}
