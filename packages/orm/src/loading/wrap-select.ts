// A select put into a subquery, so that what is joined outside neither counts for its LIMIT nor meets its GROUP BY. Order is kept.
import { type ExpressionNode, type NodeOf, Select, type Selected, sourceNode, types, unknownType } from '@oriel/sql'

type SelectNode = NodeOf<'select'>

const wrapperName = 'parents'
const bigintType = types.bigint()

function bare(expression: ExpressionNode): ExpressionNode {
  return expression.kind === 'labelled' ? expression.operand : expression
}

const operandOf = (key: ExpressionNode): ExpressionNode => bare(key.kind === 'ordering' ? key.operand : key)

/** The same rows, from a subquery. The places of the select list stay what they were. */
export function wrapSelect(select: SelectNode): SelectNode {
  const { items } = select.selection
  const keys = select.orderBy.map(
    (key, i): Selected => ({ kind: 'value', expression: operandOf(key), label: `order_${i + 1}` }),
  )
  const inner: SelectNode = { ...select, selection: { form: 'tuple', items: [...items, ...keys] }, options: [] }
  const parents = new Select<unknown>(inner).subquery(wrapperName)[sourceNode]
  let position = 0
  const next = (): ExpressionNode => {
    const { name, key, type } = parents.columns[position++] ?? { name: '', key: '', type: unknownType }
    return Object.freeze({ kind: 'column', source: parents, name, column: null, type, subject: key })
  }
  const outside = items.map((item): Selected => {
    if (item.kind === 'value') return { ...item, expression: next() }
    const names = item.element.loadedColumns.map(() => parents.columns[position++]?.name ?? '')
    return { ...item, source: parents, names }
  })
  const orderBy = select.orderBy.map((key): ExpressionNode => {
    const operand = next()
    return key.kind === 'ordering' ? Object.freeze({ ...key, operand }) : operand
  })
  return {
    ...select,
    selection: { ...select.selection, items: outside },
    from: [parents],
    joins: [],
    where: [],
    groupBy: [],
    having: [],
    qualify: [],
    windows: [],
    orderBy,
    distinct: 'none',
    limit: null,
    offset: null,
    lock: null,
    options: [],
  }
}

const rowNumber: Selected = Object.freeze({
  kind: 'value',
  expression: Object.freeze({
    kind: 'window',
    call: Object.freeze({ kind: 'windowCall', name: 'row_number', args: [], takesFrame: false, type: bigintType }),
    over: { partitionBy: [], orderBy: [], frame: null },
    type: bigintType,
  }),
  label: 'row_number',
})

/** The same rows, with a number for each behind its items. */
export function numberRows(select: SelectNode): SelectNode {
  // A number would make every row distinct, and a window cannot stand beside a lock.
  const counted = select.distinct === 'rows' || select.lock ? wrapSelect(select) : select
  const { form, items } = counted.selection
  return { ...counted, selection: { form, items: [...items, rowNumber] } }
}
