// Tables in the order in which they can be made: what is referred to comes first. Circles are named, so that they can be cut.
import type { Table } from '@oriel/sql'

export interface TableOrder {
  /** Every table behind those that it refers to, circles apart. */
  readonly tables: readonly Table[]
  /** The tables that lie on a circle of foreign keys, themselves alone not counted. */
  readonly inCircle: ReadonlySet<Table>
}

/** Can one table be reached from another along foreign keys? */
function reaches(from: Table, goal: Table, among: ReadonlySet<Table>): boolean {
  const seen = new Set<Table>([from])
  const next = [from]
  for (let table = next.pop(); table; table = next.pop())
    for (const key of table.foreignKeys) {
      const target = key.target()
      if (target === goal) return true
      if (seen.has(target) || !among.has(target)) continue
      seen.add(target)
      next.push(target)
    }
  return false
}

/** Sorts tables by their foreign keys. Tables that do not depend on each other keep their order. */
export function orderTables(tables: readonly Table[]): TableOrder {
  const all = new Set(tables)
  const done = new Set<Table>()
  const entered = new Set<Table>()
  const visit = (table: Table): void => {
    if (entered.has(table) || !all.has(table)) return
    entered.add(table)
    for (const key of table.foreignKeys) visit(key.target())
    done.add(table)
  }
  for (const table of tables) visit(table)
  const others = (table: Table): Table[] =>
    table.foreignKeys.map((key) => key.target()).filter((target) => target !== table)
  const inCircle = new Set(tables.filter((table) => others(table).some((target) => reaches(target, table, all))))
  return { tables: [...done], inCircle }
}
