// The names of a query's output columns as ORDER BY and DISTINCT ON read them: there, a bare name means an output column first,
// also one that the server named itself. GROUP BY reads the column of the source first, and needs none of this.
import type { ExpressionNode } from '../ast/node.ts'
import type { Scope } from './scope.ts'
import { isNameWritten, type PlannedSelection } from './selection.ts'

/** What the server calls a column without AS; null where that is not certain, since it looks deep into casts, CASE and subqueries. */
function serverName(node: ExpressionNode): string | null {
  switch (node.kind) {
    case 'column':
      return node.name
    case 'labelled':
      return serverName(node.operand)
    case 'window':
      return serverName(node.call)
    case 'call':
    case 'aggregate':
    case 'windowCall': {
      const name = node.name.split('.').at(-1) ?? node.name
      return name === 'trim' ? 'btrim' : name
    }
    case 'unary':
    case 'binary':
    case 'logical':
    case 'nullTest':
    case 'between':
    case 'like':
    case 'membership':
    case 'parameter':
      return '?column?'
    default:
      return null
  }
}

/** May the server call the expression so, where no AS stands behind it? */
export function mayBeCalled(expression: ExpressionNode, name: string): boolean {
  const own = serverName(expression)
  return own === null || own === name
}

/** Notes the names that mean an output column, before ORDER BY or DISTINCT ON is written. */
export function noteOutputNames(plan: PlannedSelection, scope: Scope, isDerived: boolean): void {
  for (const column of plan.columns) {
    if (isNameWritten(column, isDerived)) {
      scope.shadowed.add(column.name)
      continue
    }
    const name = serverName(column.expression)
    scope.unlabelled.add(name)
    const isPlain = column.expression.kind === 'column' || !column.isNamed
    if (!isPlain) scope.shadowed.add(name)
  }
}
