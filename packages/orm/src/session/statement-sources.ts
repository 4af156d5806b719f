// Which mapped classes a statement reads, so that autoflush looks at those only.
import { type QueryNode, walk } from '@oriel/sql'
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
