// The queries of a set operation fit together by position; where their rows are objects, they are meant by name.
import type { QueryNode } from '../ast/node.ts'
import type { Selection } from '../ast/statement-node.ts'
import { selectionOf } from '../compiler/selection.ts'
import { ArgumentError } from '../error/oriel-error.ts'

function keysOf(selection: Selection): string[] {
  return selection.items.map((item) => item.label ?? '')
}

/** A further query of a set operation, its columns in the order of the first query's. Throws ArgumentError where the names differ. */
export function memberOf(first: QueryNode, query: QueryNode, where: string): QueryNode {
  const [wanted, given] = [selectionOf(first), selectionOf(query)]
  if (wanted?.form !== 'object' || given?.form !== 'object') return query
  const [keys, others] = [keysOf(wanted), keysOf(given)]
  if (keys.length === others.length && keys.every((key, i) => key === others[i])) return query
  const items = keys.flatMap((key) => given.items.filter((item) => item.label === key))
  if (query.kind === 'select' && items.length === keys.length && items.length === others.length)
    return Object.freeze({ ...query, selection: Object.freeze({ ...given, items: Object.freeze(items) }) })
  throw new ArgumentError(`${where}: the first query gives ${keys.join(', ')}, and another ${others.join(', ')}.`, {
    hint: 'Select the same keys in the same order.',
  })
}
