// Values for columns: names checked, undefined refused, expressions taken as they are.
import type { ExpressionNode, NodeOf } from '../ast/node.ts'
import type { Assignment } from '../ast/source-node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'
import { isIntegral, numberType } from '../expression/common-type.ts'
import { Element, parameter, scalarNodeOf, shown } from '../expression/operand.ts'
import type { Column } from '../schema/column.ts'
import { type ClauseElement, hasClauseElement } from '../source/clause-element.ts'
import { isQuery } from './query.ts'

/** The column of a property. Throws ArgumentError with the nearest names. */
export function columnOf(element: ClauseElement, property: string, where: string): Column {
  const column = element.columns.get(property)
  if (column) return column
  if (element.relationships.has(property))
    throw new ArgumentError(`${where}: ${element.name}.${property} is a relationship, not a column.`, {
      hint: 'Give the column that holds its key.',
    })
  throw new ArgumentError(`${where}: ${element.name} has no property '${property}'.`, {
    hint: suggest(property, element.columns.keys(), 'Properties'),
  })
}

const fractions: readonly string[] = ['real', 'double', 'numeric']

/** May it have a fraction? What is of unknown type is left to the server, as is an extract(…). */
function mayBeFraction(node: ExpressionNode): boolean {
  if (node.kind === 'labelled') return mayBeFraction(node.operand)
  if (node.kind === 'binary') return mayBeFraction(node.left) || mayBeFraction(node.right)
  // A whole number beside an expression of unknown type is sent as numeric.
  if (node.kind === 'parameter' && Number.isInteger(node.value)) return false
  const isExtract = node.kind === 'fragment' && node.type === numberType
  return fractions.includes(node.type.spec.name) && !isExtract
}

/** Refuses an expression that the server would round into an integer column without a word. */
export function refuseFraction(node: ExpressionNode, column: Column): void {
  if (isIntegral(column.type) && mayBeFraction(node))
    throw new ArgumentError(
      `${column.label} is ${column.type.spec.name}, and was given an expression that may have a fraction: the server would round it.`,
      { hint: `Say that it is meant: .cast(t.${column.type.spec.name}()), or func.round(…).cast(…).` },
    )
}

/** A value for a column, as a node. */
export function valueNode(value: unknown, column: Column): ExpressionNode {
  if (column.computed) throw new ArgumentError(`${column.label} is computed by the database and cannot be written.`)
  if (value instanceof Element) {
    const node = scalarNodeOf(value, column.label)
    refuseFraction(node, column)
    return node
  }
  if (isQuery(value))
    throw new ArgumentError(`${column.label} was given a query.`, {
      hint: 'A query of one column becomes a value by .scalar().',
    })
  if (hasClauseElement(value)) throw new ArgumentError(`${column.label} was given ${shown(value)}.`)
  return parameter(value, column.type, column.label)
}

/** The assignments of SET. */
export function assignmentNodes(element: ClauseElement, values: unknown, where: string): Assignment[] {
  if (typeof values !== 'object' || values === null)
    throw new ArgumentError(`${where} takes an object of columns and values, got ${shown(values)}.`)
  return Object.entries(values).map(([property, value]) => {
    const column = columnOf(element, property, where)
    return { column: column.name, value: valueNode(value, column) }
  })
}

/** The table that a statement writes to. Throws ArgumentError where the entity is only read. */
export function tableNode(element: ClauseElement): NodeOf<'table'> {
  if (element.isReadOnly)
    throw new ArgumentError(`${element.name} is read-only: it is not inserted, updated or deleted.`, {
      hint: `Write to what it is made from, or drop readOnly from its @Entity().`,
    })
  return Object.freeze({ kind: 'table', table: element.table, element })
}
