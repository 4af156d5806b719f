// What a statement reads, so that autoflush looks at those classes only, and whether it may write.
import { type Dialect, type Executable, isQuery, type QueryNode, queryNode, walk } from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import type { SessionState } from './session-state.ts'

/** The classes that a statement reads; null where its text may read anything. */
export function classesRead(query: QueryNode, session: SessionState): ReadonlySet<Mapper> | null {
  const mappers = new Set<Mapper>()
  let isOpen = false
  walk(query, (node) => {
    if (node.kind === 'fragment') isOpen = true
    if (node.kind === 'table') {
      const mapper = session.mapperOfTable(node.table)
      if (mapper) mappers.add(mapper)
    }
    return undefined
  })
  return isOpen ? null : mappers
}

/** May the statement change rows? A row lock alone does not; text and functions that are not known to read may. */
export function mayWrite(statement: Executable<unknown>, dialect: Dialect): boolean {
  if (!isQuery(statement)) return true
  let isFound = false
  walk(statement[queryNode], (node) => {
    switch (node.kind) {
      case 'insert':
      case 'update':
      case 'delete':
      case 'raw':
      case 'fragment':
        isFound = true
        break
      case 'call':
        if (!dialect.isReadOnlyFunction(node.name)) isFound = true
        break
      default:
    }
    return !isFound
  })
  return isFound
}
