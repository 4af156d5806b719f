// The select list: which columns the server sends, under which names, and how rows are made of them.

import type { ExpressionNode, NodeOf, QueryNode, SourceNode } from '../ast/node.ts'
import type { DerivedColumn } from '../ast/source-node.ts'
import type { Selected, Selection } from '../ast/statement-node.ts'
import { CompileError } from '../error/oriel-error.ts'
import { commonType } from '../expression/common-type.ts'
import type { Column } from '../schema/column.ts'
import { shortName, snakeCase } from '../schema/name.ts'
import type { ClauseElement } from '../source/clause-element.ts'
import { type SqlType, unknownType } from '../type/sql-type.ts'
import type { ResultColumn, RowItem, RowShape } from './compiled.ts'
import type { CompileContext } from './context.ts'
import { describe } from './describe.ts'

/** One column of the select list. */
export interface PlannedColumn {
  readonly expression: ExpressionNode
  /** What the user calls it. */
  readonly key: string
  /** Its name, unique within the list. */
  readonly name: string
  /** The server would call it otherwise: AS is needed wherever the name matters. */
  readonly isNamed: boolean
  readonly isLabelled: boolean
  readonly type: SqlType<unknown>
}

export interface PlannedSelection {
  readonly columns: readonly PlannedColumn[]
  readonly shape: RowShape
}

/** A column of a source as an expression. */
export function columnNode(source: SourceNode, column: Column, name = column.name): NodeOf<'column'> {
  return Object.freeze({
    kind: 'column',
    source,
    name,
    column,
    type: column.type,
    subject: column.label,
  })
}

function naturalName(node: ExpressionNode): string {
  if (node.kind === 'column') return node.name
  if (node.kind === 'labelled') return node.label
  if (node.kind === 'window') return naturalName(node.call)
  return node.kind === 'aggregate' || node.kind === 'windowCall' || node.kind === 'call' ? node.name : 'value'
}

function planItem(
  item: Selected,
  add: (expression: ExpressionNode, label: string | null, key?: string) => number,
): RowItem {
  if (item.kind === 'value') return { kind: 'value', index: add(item.expression, item.label) }
  const { element, source, names } = item
  const key = element.table.primaryKey?.columns ?? []
  const positions = element.loadedColumns.map((column, i) =>
    add(columnNode(source, column, names?.[i]), null, column.property),
  )
  return {
    kind: 'entity',
    element,
    start: positions[0] ?? 0,
    key: element.loadedColumns.flatMap((column, i) => (key.includes(column) ? [positions[i] ?? 0] : [])),
  }
}

const entityPlans = new WeakMap<ClauseElement, PlannedSelection>()

/** Plans a select list: names are unique, so that a subquery's columns can be told apart. */
export function planSelection(selection: Selection): PlannedSelection {
  const [item, ...more] = selection.items
  // An entity of its own table is selected over and over: its plan is the same each time.
  if (item?.kind !== 'entity' || more.length > 0 || selection.form !== 'tuple') return planItems(selection)
  if (item.source.kind !== 'table' || item.names) return planItems(selection)
  let plan = entityPlans.get(item.element)
  if (!plan) {
    plan = planItems(selection)
    entityPlans.set(item.element, plan)
  }
  return plan
}

function planItems(selection: Selection): PlannedSelection {
  const columns: PlannedColumn[] = []
  const taken = new Set<string>()
  const add = (expression: ExpressionNode, label: string | null, key?: string): number => {
    const natural = naturalName(expression)
    const wanted = shortName(label === null ? natural : snakeCase(label))
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = shortName(`${wanted}_${n}`)
    taken.add(name)
    const bare = expression.kind === 'labelled' ? expression.operand : expression
    columns.push({
      expression,
      key: label ?? key ?? (expression.kind === 'column' ? (expression.column?.property ?? natural) : natural),
      name,
      isNamed: bare.kind !== 'column' || bare.name !== name,
      isLabelled: label !== null || expression.kind === 'labelled',
      type: expression.type,
    })
    return columns.length - 1
  }
  const items = selection.items.map((item) => planItem(item, add))
  return {
    columns,
    shape:
      selection.form === 'tuple'
        ? { kind: 'tuple', items }
        : { kind: 'object', names: selection.items.map((item) => item.label ?? ''), items },
  }
}

/** The columns that a select list gives to the query around it. */
export function derivedColumns(selection: Selection): DerivedColumn[] {
  return planSelection(selection).columns.map(({ key, name, type }) => ({ key, name, type }))
}

/** The columns of a set operation: each of the type that it has in common with the same column of a further query. */
export function commonColumns<C extends { readonly type: SqlType<unknown> }>(
  columns: readonly C[],
  further: QueryNode,
): readonly C[] {
  const others = columnsGiven(further)
  if (!others) return columns
  const common = columns.map((column, i) => {
    const type = commonType(column.type, others[i]?.type ?? unknownType)
    return type === column.type ? column : { ...column, type }
  })
  return common.every((column, i) => column === columns[i]) ? columns : common
}

/** The columns that a query gives to the query around it; null where only the server knows them. */
export function columnsGiven(query: QueryNode): readonly DerivedColumn[] | null {
  if (query.kind === 'raw')
    return query.columns && Object.entries(query.columns).map(([key, type]) => ({ key, name: key, type }))
  if (query.kind === 'compound') {
    const [first, ...rest] = query.queries
    return first ? rest.reduce((columns, next) => columns && commonColumns(columns, next), columnsGiven(first)) : null
  }
  const selection = selectionOf(query)
  return selection && derivedColumns(selection)
}

/** The select list that a query's rows are made of. */
export function selectionOf(query: QueryNode): Selection | null {
  switch (query.kind) {
    case 'select':
      return query.selection
    case 'compound': {
      const [first] = query.queries
      return first ? selectionOf(first) : null
    }
    case 'insert':
    case 'update':
    case 'delete':
      return query.returning
    default:
      return null
  }
}

/** Refuses a query of several columns where a value, or a list of values, is meant. */
export function refuseSeveralColumns(query: QueryNode, where: string): void {
  const selection = selectionOf(query)
  const width = selection ? planSelection(selection).columns.length : 1
  if (width !== 1)
    throw new CompileError(`${where} takes a query of exactly one column, got ${width}.`, {
      hint: 'Select the column that is meant.',
    })
}

/** Does AS stand behind the column? */
export function isNameWritten({ isNamed, isLabelled }: PlannedColumn, isDerived: boolean): boolean {
  return isNamed && (isLabelled || isDerived)
}

/** Writes the list. `isDerived`: the query around this one needs every column's name. */
export function writeSelection(plan: PlannedSelection, ctx: CompileContext, isDerived: boolean): void {
  plan.columns.forEach((column, i) => {
    if (i > 0) ctx.write(', ')
    ctx.visit(column.expression)
    if (isNameWritten(column, isDerived)) ctx.write(' as ').identifier(column.name)
  })
}

const reports = new WeakMap<PlannedSelection, readonly ResultColumn[]>()

/** The columns as the engine reads them: the same list for the same plan, so that a reader of rows can be kept by it. */
function reportOf(plan: PlannedSelection): readonly ResultColumn[] {
  let columns = reports.get(plan)
  if (!columns) {
    columns = plan.columns.map(
      (column): ResultColumn => ({
        name: column.name,
        type: column.type ?? unknownType,
        subject: column.expression.kind === 'column' ? column.expression.subject : describe(column.expression),
      }),
    )
    reports.set(plan, columns)
  }
  return columns
}

/** Tells the context what the query gives. */
export function reportSelection(plan: PlannedSelection, ctx: CompileContext): void {
  ctx.columns = reportOf(plan)
  ctx.shape = plan.shape
}
