// The base of a recursive CTE sets its column types, down to length and scale, and the server refuses a step whose types are others.
import { frozen } from '../ast/freeze.ts'
import type { ExpressionNode, NodeOf, QueryNode } from '../ast/node.ts'
import { planSelection, selectionOf } from '../compiler/selection.ts'
import { bareType } from '../expression/operand.ts'
import type { SqlType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'

/** The type without its limits; a varchar as text, since what is computed of it is text. A char is padded: it stays. */
function unlimited(type: SqlType<unknown>): SqlType<unknown> {
  const { spec } = type
  const bare = bareType(type)
  if (bare === type || spec.name === 'char') return type
  if (spec.name !== 'varchar' || spec.codec) return bare
  return spec.isNullable ? types.text().nullable() : types.text()
}

function unlabelled(node: ExpressionNode): ExpressionNode {
  return node.kind === 'labelled' ? node.operand : node
}

/** The CTE, its base cast to types without length, precision and scale where the step computes the column. */
export function widened(cte: NodeOf<'cte'>, step: QueryNode): NodeOf<'cte'> {
  const { query } = cte
  const computed = selectionOf(step)
  // What is ordered and distinct is known by its very expressions. Entities are plain columns in base and step.
  if (query.kind !== 'select' || query.distinct !== 'none' || !computed) return cte
  const { items } = query.selection
  if (items.some((item) => item.kind === 'entity')) return cte
  const others = planSelection(computed).columns
  const columns = [...cte.columns]
  const cast = items.map((item, i) => {
    const [column, other] = [columns[i], others[i]]
    if (item.kind === 'entity' || !column || !other || unlabelled(other.expression).kind === 'column') return item
    const operand = unlabelled(item.expression)
    const type = unlimited(operand.type)
    if (type === operand.type) return item
    columns[i] = { ...column, type }
    const node: ExpressionNode = frozen({ kind: 'cast', operand, type })
    const expression =
      item.label === null ? frozen({ kind: 'labelled', operand: node, label: column.name, type } as const) : node
    return { ...item, expression }
  })
  if (cast.every((item, i) => item === items[i])) return cte
  return frozen({ ...cte, columns, query: { ...query, selection: { ...query.selection, items: cast } } })
}
