// The select of one level: the members of a relationship for all their owners at once, by one array of keys per key column.
import {
  type Column,
  type ExpressionNode,
  type JoinNode,
  type NodeOf,
  type Selected,
  type SourceNode,
  types,
} from '@oriel/sql'
import { columnIn, encodedType, equal, parameter } from '../unit-of-work/row-statement.ts'
import { allOf, type Criteria } from './criteria.ts'
import type { Branch } from './load-plan.ts'

type SelectNode = NodeOf<'select'>

/** The texts of the keys that are asked for, by column: all columns have the same number. */
export type KeyTexts = readonly (readonly string[])[]

const booleanType = types.boolean()
const bigintType = types.bigint()
const text = types.text()
const keysName = 'owner_keys'

/** Where the key stands by which members are found: in the association table, or in the target. */
export function keyColumns({ relationship }: Branch): readonly Column[] {
  const { association, pairs } = relationship
  return association ? association.toOwner.map(([column]) => column) : pairs.map(([, column]) => column)
}

/** `unnest($1::integer[], $2::text[]) as owner_keys(order_id, line)`. */
function unnestKeys(columns: readonly Column[], keys: KeyTexts): NodeOf<'functionSource'> {
  const args = columns.map((column, i): ExpressionNode => {
    const type = encodedType(column.type).array()
    return Object.freeze({ kind: 'cast', operand: parameter(keys[i] ?? [], type, column.label), type })
  })
  return Object.freeze({
    kind: 'functionSource',
    call: Object.freeze({ kind: 'call', name: 'unnest', args, type: text }),
    name: keysName,
    columns: columns.map(({ property, name, type }) => ({ key: property, name, type })),
    withOrdinality: false,
  })
}

function isIn(key: ExpressionNode, column: Column, texts: readonly string[]): ExpressionNode {
  return Object.freeze({
    kind: 'membership',
    operand: key,
    values: parameter(texts, encodedType(column.type).array(), column.label),
    isNegated: false,
    type: booleanType,
  })
}

/** Conditions on the number of a member among those of its owner. */
function perOwner(keys: readonly ExpressionNode[], orderBy: readonly ExpressionNode[], { filter }: Branch) {
  const { limit, offset } = filter
  const number: ExpressionNode = Object.freeze({
    kind: 'window',
    call: Object.freeze({ kind: 'windowCall', name: 'row_number', args: [], takesFrame: false, type: bigintType }),
    over: { partitionBy: keys, orderBy, frame: null },
    type: bigintType,
  })
  const compare = (operator: '>' | '<=', bound: number, subject: string): ExpressionNode =>
    Object.freeze({
      kind: 'binary',
      operator,
      left: number,
      right: parameter(bound, bigintType, subject),
      type: booleanType,
    })
  return [
    ...(offset > 0 ? [compare('>', offset, 'offset')] : []),
    ...(limit === null ? [] : [compare('<=', offset + limit, 'limit')]),
  ]
}

/** The order of the members: the filter's, the relationship's own, and where they are counted at least the key's. */
function orderOf({ filter, relationship, target }: Branch, source: SourceNode): readonly ExpressionNode[] {
  if (filter.orderBy.length > 0) return filter.orderBy
  const own = relationship.orderBy === null ? undefined : target.mapper.properties.get(relationship.orderBy)
  if (own && relationship.isMany) return [columnIn(source, own.column)]
  if (filter.limit === null && filter.offset === 0) return []
  return target.mapper.keyProperties.map(({ column }) => columnIn(source, column))
}

/** The select of the members. Its first item is the entity; for an association the owner's key stands behind it. */
export function memberQuery(branch: Branch, keys: KeyTexts, criteria: Criteria): SelectNode {
  const { relationship, filter, target } = branch
  const { association } = relationship
  const source = criteria.source(target.mapper.element)
  const columns = keyColumns(branch)
  const joins: JoinNode[] = []
  let keySource = source
  if (association) {
    const middle = association.mapper?.().element
    keySource = middle
      ? criteria.source(middle)
      : Object.freeze({ kind: 'table', table: association.table, element: null })
    const on = association.toTarget.map(([mine, theirs]) => equal(columnIn(keySource, mine), columnIn(source, theirs)))
    joins.push(Object.freeze({ kind: 'join', form: 'join', source: keySource, on: allOf(on) }))
  }
  const keyNodes = columns.map((column) => columnIn(keySource, column))
  const [only] = columns
  const where: ExpressionNode[] = []
  if (only && columns.length === 1) where.push(isIn(columnIn(keySource, only), only, keys[0] ?? []))
  else {
    const list = unnestKeys(columns, keys)
    const on = columns.map((column) => equal(columnIn(keySource, column), columnIn(list, column)))
    joins.push(Object.freeze({ kind: 'join', form: 'join', source: list, on: allOf(on) }))
  }
  const orderBy = orderOf(branch, source)
  const entity: Selected = { kind: 'entity', source, element: target.element, label: null, names: null }
  const owners = association ? keyNodes.map((expression): Selected => ({ kind: 'value', expression, label: null })) : []
  return {
    kind: 'select',
    selection: { form: 'tuple', items: [entity, ...owners] },
    from: [source],
    joins,
    where: [...where, ...filter.where],
    groupBy: [],
    having: [],
    qualify: perOwner(keyNodes, orderBy, branch),
    windows: [],
    orderBy,
    distinct: 'none',
    limit: null,
    offset: null,
    lock: null,
    ignoresCriteria: false,
    allowed: [],
    options: [],
  }
}

/** Where the owner's key stands in the rows of that select, by position among the columns of the wire. */
export function keyPositions({ relationship, target }: Branch): readonly number[] {
  const { loadedColumns } = target.element
  const { association, pairs } = relationship
  if (association) return association.toOwner.map((_, i) => loadedColumns.length + i)
  return pairs.map(([, column]) => loadedColumns.indexOf(column))
}
