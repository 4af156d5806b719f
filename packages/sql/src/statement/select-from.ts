// `select(…)`: where a SELECT begins.
import { emptySelect } from '../ast/empty-select.ts'
import type { Columns, Cte } from '../source/derived.ts'
import { type Fields, Select, type Selectable } from './select.ts'
import { selectionFrom } from './selection.ts'

/**
 * A SELECT. Columns give tuples, one object gives objects, a CTE all its columns, an entity class its entities.
 * FROM is what is selected, unless `.from()` says otherwise.
 *
 *     select({ id: o.id, who: c.email }).join(o.customer)
 *     // select orders.id, customers.email as who from orders join customers on orders.customer_id = customers.id
 */
export function select<R, S>(from: Cte<R, S>): Select<Columns<R, S>>
export function select<F extends readonly Selectable[]>(...columns: F): Select<F>
export function select<F extends Fields>(fields: F): Select<F>
export function select(...items: unknown[]): Select<unknown> {
  return new Select({ ...emptySelect, selection: selectionFrom(items) })
}
