// Which sources stand in FROM: the selected ones minus the joined ones, unless `.from()` says it. And what a join without ON means.
import { isExpressionNode } from '../ast/children.ts'
import type { ExpressionNode, NodeOf, SourceNode } from '../ast/node.ts'
import { walk } from '../ast/rewrite.ts'
import type { JoinNode } from '../ast/source-node.ts'
import { CompileError } from '../error/oriel-error.ts'
import type { Column, ForeignKey } from '../schema/column.ts'
import type { Table } from '../schema/table.ts'
import { describeSource, isSameSource } from './scope.ts'
import { columnNode } from './selection.ts'

/** Adds the sources that an expression reads, queries inside it apart. */
export function collectSources(expression: ExpressionNode, found: SourceNode[]): void {
  const add = (source: SourceNode) => {
    if (!found.some((known) => isSameSource(known, source))) found.push(source)
  }
  walk(expression, (node) => {
    if (node.kind === 'column') add(node.source)
    return node.kind !== 'column' && isExpressionNode(node)
  })
}

/** The sources of FROM, joins apart. */
export function fromSources(node: NodeOf<'select'>): readonly SourceNode[] {
  if (node.from.length > 0) return node.from
  const selected: SourceNode[] = []
  for (const item of node.selection.items) {
    if (item.kind === 'value') collectSources(item.expression, selected)
    else if (!selected.some((known) => isSameSource(known, item.source))) selected.push(item.source)
  }
  if (node.joins.length === 0) return selected
  const isJoined = (source: SourceNode) => node.joins.some((join) => isSameSource(join.source, source))
  const roots = selected.filter((source) => !isJoined(source))
  if (roots.length > 0) return roots
  // Only joined sources are selected: the join conditions tell where they are joined to.
  const named: SourceNode[] = []
  for (const join of node.joins) if (join.on) collectSources(join.on, named)
  const others = named.filter((source) => !isJoined(source))
  const [first] = node.joins
  if (others.length === 0 && first)
    throw new CompileError(`${describeSource(first.source)} is joined to nothing.`, {
      hint: 'Say what it is joined to with .from(…); to join a table to itself give one of the two a name with aliased(…).',
    })
  return others
}

/** The table behind a source, where there is one. */
export function tableOf(source: SourceNode): Table | null {
  if (source.kind === 'table') return source.table
  const isNamed = source.kind === 'aliased' || source.kind === 'anonymous'
  return isNamed && source.source.kind === 'table' ? source.source.table : null
}

interface Link {
  readonly key: ForeignKey
  readonly from: SourceNode
  readonly to: SourceNode
}

function linksBetween(a: SourceNode, b: SourceNode): Link[] {
  const [tableA, tableB] = [tableOf(a), tableOf(b)]
  if (!tableA || !tableB) return []
  return [
    ...tableA.foreignKeys.filter((key) => key.target() === tableB).map((key) => ({ key, from: a, to: b })),
    ...tableB.foreignKeys.filter((key) => key.target() === tableA).map((key) => ({ key, from: b, to: a })),
  ]
}

/** `a.x = b.y and …` for pairs of columns of two sources. */
export function equalPairs(
  pairs: readonly (readonly [Column, Column])[],
  left: SourceNode,
  right: SourceNode,
): readonly ExpressionNode[] {
  return pairs.map(([a, b]) =>
    Object.freeze({
      kind: 'binary',
      operator: '=',
      left: columnNode(left, a),
      right: columnNode(right, b),
      type: a.type,
    }),
  )
}

/** The condition of a join: its own, or the one that follows from the only foreign key between the sources. */
export function joinCondition(join: JoinNode, known: readonly SourceNode[]): readonly ExpressionNode[] {
  if (join.on) return [join.on]
  const links = known.flatMap((source) => linksBetween(source, join.source))
  const [link, ...others] = links
  if (!link)
    throw new CompileError(
      `The join with ${describeSource(join.source)} needs a condition: no foreign key leads to it or from it.`,
      {
        hint: 'Give one: .join(target, target.id.eq(other.targetId)).',
      },
    )
  if (others.length > 0)
    throw new CompileError(
      `The join with ${describeSource(join.source)} could follow any of these foreign keys: ${links
        .map(({ key }) => `${key.name} (${key.columns.map((column) => column.label).join(', ')})`)
        .join('; ')}.`,
      { hint: 'Join by a relationship, or give the condition.' },
    )
  const targets = link.key.targetColumns()
  return equalPairs(
    link.key.columns.flatMap((column, i) => {
      const target = targets[i]
      return target ? [[column, target] as const] : []
    }),
    link.from,
    link.to,
  )
}
