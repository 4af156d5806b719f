// A SELECT before anything is said in it but what it selects.
import { none } from './freeze.ts'
import type { NodeOf } from './node.ts'

/** Every clause of a SELECT, empty: spread it, and add a selection. */
export const emptySelect: Omit<NodeOf<'select'>, 'selection'> = Object.freeze({
  kind: 'select',
  from: none,
  joins: none,
  where: none,
  groupBy: none,
  having: none,
  qualify: none,
  windows: none,
  orderBy: none,
  distinct: 'none',
  limit: null,
  offset: null,
  lock: null,
  ignoresCriteria: false,
  allowed: none,
  options: none,
})
